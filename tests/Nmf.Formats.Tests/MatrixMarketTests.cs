using System.IO.Compression;
using System.Text;

namespace Nmf.Formats.Tests;

public sealed class MatrixMarketTests : IDisposable
{
    private const string Banner = "%%MatrixMarket matrix coordinate real general\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("general.mtx", false)]
    [InlineData("integer.mtx", false)]
    [InlineData("pattern.mtx", false)]
    [InlineData("symmetric.mtx", false)]
    [InlineData("skew.mtx", false)]
    [InlineData("array.mtx", true)]
    [InlineData("symmetric-array.mtx", true)]
    [InlineData("skew-array.mtx", true)]
    public void What_SciPy_has_written_is_read(string name, bool isDense)
    {
        var (path, values) = Golden.Write(_folder, name);
        Assert.Equal(isDense, MatrixMarketFile.IsDense(path));
        Require.Equal(values, MatrixMarketFile.ReadDense<double>(path));
        if (isDense)
            Assert.Throws<MatrixFormatException>(() => MatrixMarketFile.ReadSparse<double>(path));
        else
            Require.Equal(values, MatrixMarketFile.ReadSparse<double>(path));
    }

    [Theory]
    [InlineData("m.mtx")]
    [InlineData("m.mtx.gz")]
    public void What_is_written_comes_back_to_the_bit(string name)
    {
        var (path, values) = Golden.Write(_folder, "general.mtx");
        MatrixMarketFile.Write(_folder.File(name), MatrixMarketFile.ReadSparse<double>(path));
        Require.Equal(values, MatrixMarketFile.ReadSparse<double>(_folder.File(name)));
        MatrixMarketFile.Write(_folder.File(name), MatrixMarketFile.ReadDense<float>(path));
        Require.Equal(values, MatrixMarketFile.ReadDense<float>(_folder.File(name)));
    }

    [Theory]
    [InlineData("", "line 1: a Matrix Market file begins")]
    [InlineData("1 2 3\n", "line 1: a Matrix Market file begins")]
    [InlineData("%%MatrixMarket matrix coordinate complex general\n", "complex")]
    [InlineData("%%MatrixMarket matrix sparse real general\n", "\"sparse\" is not one of")]
    [InlineData(Banner, "ends before the sizes")]
    [InlineData(Banner + "% comment\n\n2 2\n", "line 4: the sizes are rows, columns and entries")]
    [InlineData(Banner + "2 2 2\n1 1 1\n", "1 of 2 entries")]
    [InlineData(Banner + "2 2 1\n1 1 1\n2 2 2\n", "line 4: there is more")]
    [InlineData(Banner + "2 2 1\n3 1 1\n", "line 3: the row must be a whole number from 1 to 2, not \"3\"")]
    [InlineData(Banner + "2 2 1\n1 0 1\n", "line 3: the column must be")]
    [InlineData(Banner + "2 2 1\n1 1 x\n", "line 3: \"x\" is not a number")]
    [InlineData(Banner + "2 2 1\n1 1 1e999\n", "too large")]
    [InlineData(Banner + "2 2 1\n1 1\n", "line 3: an entry is a row, a column and a value")]
    [InlineData("%%MatrixMarket matrix coordinate real symmetric\n2 3 0\n", "square")]
    [InlineData("%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n", "before the entry of row 2, column 2")]
    [InlineData("%%MatrixMarket matrix array real general\n9999999999 2\n", "the sizes are")]
    [InlineData("%%MatrixMarket matrix array real general\n2000000 2000000\n1\n", "line 2: 2000000 x 2000000 values")]
    [InlineData(Banner + "2 2147483646 1\n1 1 1\n", "line 2: the sizes are")]
    public void What_is_broken_is_said_with_its_line(string text, string message)
    {
        var path = _folder.File("m.mtx");
        File.WriteAllText(path, text);
        var error = Assert.Throws<MatrixFormatException>(() => MatrixMarketFile.ReadDense<double>(path)).Message;
        Assert.StartsWith("m.mtx: line ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    /// <summary>SciPy's word for the counts of unsigned types.</summary>
    [Fact]
    public void Unsigned_integers_are_read()
    {
        var path = _folder.File("m.mtx");
        File.WriteAllText(path, "%%MatrixMarket matrix coordinate unsigned-integer general\n1 2 1\n1 2 7\n");
        Assert.Equal([7f], MatrixMarketFile.ReadSparse<float>(path).RowValues(0).ToArray());
    }

    [Fact]
    public void A_compressed_file_that_is_cut_off_anywhere_is_an_error_or_has_all_entries()
    {
        var (path, random) = (_folder.File("m.mtx.gz"), new Random(1));
        foreach (var end in new[] { "", "\n" })
        {
            var text = Banner + "1 20 20\n" + string.Join(
                "\n", Enumerable.Range(1, 20).Select(j => $"1 {j} {random.Next(100000, 999999)}")) + end;
            var whole = Compressed(text);
            File.WriteAllBytes(path, whole);
            var values = MatrixMarketFile.ReadSparse<float>(path).RowValues(0).ToArray();
            for (var length = 0; length < whole.Length; length++)
            {
                File.WriteAllBytes(path, whole[..length]);
                try
                {
                    Assert.Equal(values, MatrixMarketFile.ReadSparse<float>(path).RowValues(0).ToArray());
                }
                catch (MatrixFormatException)
                {
                }
            }

            var at = text.Length / 2;
            File.WriteAllBytes(path, [.. Compressed(text[..at]), .. Compressed(text[at..] + "\n")]);
            Assert.Equal(values, MatrixMarketFile.ReadSparse<float>(path).RowValues(0).ToArray());
        }

        static byte[] Compressed(string text)
        {
            using var bytes = new MemoryStream();
            using (var stream = new GZipStream(bytes, CompressionLevel.Fastest))
                stream.Write(Encoding.ASCII.GetBytes(text));
            return bytes.ToArray();
        }
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        var path = _folder.File("m.mtx");
        File.WriteAllText(
            path,
            "%%MatrixMarket matrix array real general\n400 400\n" + string.Concat(Enumerable.Repeat("1\n", 160000)));
        Assert.Throws<OperationCanceledException>(
            () => MatrixMarketFile.ReadDense<float>(path, new CancellationToken(canceled: true)));
    }
}

using System.IO.Compression;
using Nmf.Kernels;

namespace Nmf.Formats.Tests;

public sealed class NpzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csr.npz")]
    [InlineData("csr-compressed.npz")]
    [InlineData("csc.npz")]
    [InlineData("csc-compressed.npz")]
    [InlineData("coo.npz")]
    [InlineData("coo-compressed.npz")]
    [InlineData("duplicates.npz")]
    [InlineData("unsorted.npz")]
    public void Sparse_matrices_of_SciPy_are_read(string name)
    {
        var (path, values) = Golden.Write(_folder, name);
        using var file = NpzFile.Open(path);
        Assert.True(file.IsSparse);
        Require.Equal(values, file.ReadSparse<double>());
        Require.Equal(values, file.ReadSparse<float>());
    }

    [Theory]
    [InlineData("bsr.npz")]
    [InlineData("dia-compressed.npz")]
    public void Other_formats_of_SciPy_are_refused_with_advice(string name)
    {
        using var file = NpzFile.Open(Golden.Write(_folder, name).Path);
        Assert.Contains(
            "tocsr()", Assert.Throws<MatrixFormatException>(() => file.ReadSparse<double>()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Dense_arrays_are_read_by_name()
    {
        var (path, values) = Golden.Write(_folder, "two.npz");
        using var file = NpzFile.Open(path);
        Assert.False(file.IsSparse);
        Assert.Equal(["W", "H"], file.Names);
        Assert.Equal([5, 3], file.ReadHeader("H").Shape);
        Require.Equal(values, file.ReadMatrix<double>("W"));
        Assert.Contains(
            "no array 'V'; there are W, H",
            Assert.Throws<MatrixFormatException>(() => file.ReadMatrix<double>("V")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "W, H", Assert.Throws<MatrixFormatException>(() => file.ReadSparse<double>()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_comes_back()
    {
        var (path, values) = Golden.Write(_folder, "csc.npz");
        using (var file = NpzFile.Open(path))
            NpzFile.WriteSparse(_folder.File("s.npz"), file.ReadSparse<float>());
        using (var file = NpzFile.Open(_folder.File("s.npz")))
            Require.Equal(values, file.ReadSparse<float>());
        var dense = Matrix<double>.FromRowMajor([1, 2, 3, 4, 5, 6], 2, 3);
        NpzFile.Write(_folder.File("d.npz"), ("a", dense), ("b", dense));
        using var two = NpzFile.Open(_folder.File("d.npz"));
        Assert.Equal(["a", "b"], two.Names);
        Assert.Equal(dense.ToRowMajor(), two.ReadMatrix<double>("b").ToRowMajor());
    }

    [Theory]
    [InlineData("indptr", "indptr goes from 0 to 9, not")]
    [InlineData("indices", "index 99")]
    [InlineData("data", "values")]
    [InlineData("shape", "not that of a matrix")]
    public void Arrays_that_disagree_are_said(string array, string message)
    {
        var (path, _) = Golden.Write(_folder, "csr.npz");
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            archive.GetEntry(array + ".npy")!.Delete();
            using var stream = archive.CreateEntry(array + ".npy").Open();
            switch (array)
            {
                case "indptr":
                    NpyFile.WriteValues<int>(stream, [0, 1, 2, 3, 4, 5, 9], 7);
                    break;
                case "indices":
                    NpyFile.WriteValues<int>(stream, [.. Enumerable.Repeat(99, 12)], 12);
                    break;
                case "data":
                    NpyFile.WriteValues<double>(stream, [1, 2], 2);
                    break;
                default:
                    NpyFile.WriteValues<long>(stream, [6, 5, 4], 3);
                    break;
            }
        }

        using var file = NpzFile.Open(path);
        var error = Assert.Throws<MatrixFormatException>(() => file.ReadSparse<double>()).Message;
        Assert.StartsWith("csr.npz: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_archive_is_an_error_that_names_it()
    {
        var good = Golden.Bytes("csr-compressed.npz");
        var random = new Random(3);
        var path = _folder.File("damaged.npz");
        for (var trial = 0; trial < 2000; trial++)
        {
            var bytes = good[..(trial % 3 == 0 ? random.Next(good.Length) : good.Length)];
            for (var i = 0; i < 1 + (trial % 3) && bytes.Length > 0; i++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, bytes);
            var error = Record.Exception(() =>
            {
                using var file = NpzFile.Open(path);
                file.ReadSparse<float>();
            });
            Assert.True(error is null or MatrixFormatException, $"{error}");
        }
    }

    [Fact]
    public void A_file_that_is_no_archive_is_said()
    {
        var path = _folder.File("text.npz");
        File.WriteAllText(path, "not an archive");
        Assert.StartsWith("text.npz: this is not an archive", Assert.Throws<MatrixFormatException>(
            () => NpzFile.Open(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }
}

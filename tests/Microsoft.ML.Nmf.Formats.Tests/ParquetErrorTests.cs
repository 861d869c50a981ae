using Microsoft.ML.Data;

namespace Microsoft.ML.Nmf.Formats.Tests;

public sealed class ParquetErrorTests : IDisposable
{
    private static readonly string Types = Path.Combine(AppContext.BaseDirectory, "parquet", "types.parquet");

    private readonly string _folder = Directory.CreateTempSubdirectory("parquet").FullName;
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_no_Parquet_file_is_said_to_be_none()
    {
        var path = Path.Combine(_folder, "a.parquet");
        foreach (var text in new[] { "", "a,b\n1,2\n", new string('x', 1000) })
        {
            File.WriteAllText(path, text);
            var error = Assert.Throws<MatrixFormatException>(() => _ml.Data.LoadFromParquet(path));
            Assert.StartsWith("a.parquet: this is not a Parquet file", error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<FileNotFoundException>(() => _ml.Data.LoadFromParquet(Path.Combine(_folder, "none.parquet")));
        Assert.Throws<FileNotFoundException>(
            () => _ml.Data.LoadFromParquet(Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName));
    }

    /// <summary>A damaged file is an error of the format, or other values, or the same; nothing else.</summary>
    [Fact]
    public void Damaged_files_are_errors_that_name_the_file()
    {
        var bytes = File.ReadAllBytes(Types);
        var (path, random, errors) = (Path.Combine(_folder, "damaged.parquet"), new Random(1), 0);
        for (var i = 0; i < 200; i++)
        {
            byte[] damaged = i % 2 == 0 ? [.. bytes] : bytes[..random.Next(bytes.Length)];
            for (var j = 0; j < 3 && damaged.Length > 0; j++)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, damaged);
            try
            {
                var data = _ml.Data.LoadFromParquet(path);
                using var cursor = data.GetRowCursor(data.Schema);
                while (cursor.MoveNext())
                {
                }
            }
            catch (MatrixFormatException e)
            {
                Assert.StartsWith("damaged.parquet: ", e.Message, StringComparison.Ordinal);
                errors++;
            }
        }

        Assert.InRange(errors, 100, 200);
    }

    [Fact]
    public void A_column_that_is_not_there_is_named_with_those_that_are()
    {
        var error = Assert.Throws<MatrixFormatException>(
            () => _ml.Data.LoadFromParquet(Types, new() { Columns = ["text", "txet"] }));
        Assert.StartsWith(
            "types.parquet: there is no column 'txet'; there are bool, int8,", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<MatrixFormatException>(
            () => _ml.Data.LoadFromParquet(Types, new() { Columns = ["bytes"] }));
        Assert.Contains("'bytes'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_out_is_a_warning()
    {
        var warnings = new List<string>();
        _ml.Log += (_, message) =>
        {
            if (message.Kind == Runtime.ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        _ml.Data.LoadFromParquet(Types);
        Assert.Contains("types.parquet: the column 'bytes'", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_written_is_named_and_leaves_the_file_that_is_there()
    {
        var path = Path.Combine(_folder, "b.parquet");
        File.WriteAllText(path, "before");
        var data = _ml.Data.LoadFromEnumerable([new Row { Value = 1, Span = TimeSpan.FromDays(3) }]);
        var error = Assert.ThrowsAny<ArgumentException>(() => _ml.Data.SaveAsParquet(data, path));
        Assert.Contains("'Span' is of type TimeSpan", error.Message, StringComparison.Ordinal);
        error = Assert.ThrowsAny<ArgumentException>(
            () => _ml.Data.SaveAsParquet(data, path, new() { Columns = ["Valeu"] }));
        Assert.Contains("There is no column 'Valeu'; there are Value, Span", error.Message, StringComparison.Ordinal);
        error = Assert.ThrowsAny<ArgumentException>(
            () => _ml.Data.SaveAsParquet(data, path, new() { Columns = ["Value"], SparseColumns = ["Value"] }));
        Assert.Contains("only vectors", error.Message, StringComparison.Ordinal);

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => _ml.Data.SaveAsParquet(data, path, new() { Columns = ["Value"] }, cancelled.Token));
        var broken = _ml.Data.LoadFromEnumerable(Failing());
        Assert.Throws<NotFiniteNumberException>(
            () => _ml.Data.SaveAsParquet(broken, path, new() { Columns = ["Value"] }));
        Assert.Equal("before", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));

        static IEnumerable<Row> Failing()
        {
            yield return new Row();
            throw new NotFiniteNumberException();
        }
    }

    [Fact]
    public void A_cancelled_context_stops_reading()
    {
        var data = _ml.Data.LoadFromParquet(Types);
        using var cursor = data.GetRowCursor(data.Schema);
        _ml.CancelExecution();
        Assert.ThrowsAny<OperationCanceledException>(() => cursor.MoveNext());
    }

    [Fact]
    public void A_getter_of_another_type_or_column_is_an_error()
    {
        var data = _ml.Data.LoadFromParquet(Types);
        using var cursor = data.GetRowCursor([data.Schema["int32"]]);
        Assert.ThrowsAny<ArgumentException>(() => cursor.GetGetter<float>(data.Schema["int32"]));
        Assert.ThrowsAny<ArgumentException>(() => cursor.GetGetter<float>(data.Schema["float"]));
        var get = cursor.GetGetter<int>(data.Schema["int32"]);
        var value = 0;
        Assert.Throws<InvalidOperationException>(() => get(ref value));
    }

    private sealed class Row
    {
        public float Value { get; set; }

        public TimeSpan Span { get; set; }
    }
}

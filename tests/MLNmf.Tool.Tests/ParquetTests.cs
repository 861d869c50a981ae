using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf.Formats;

namespace MLNmf.Tool.Tests;

/// <summary>Parquet files in and out.</summary>
public sealed class ParquetTests : IDisposable
{
    private readonly ToolRun _tool = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task Texts_with_dates_and_classes_are_read()
    {
        var texts = ToolRun.TwoTopics();
        Save("t.parquet", texts.Select((text, i) => new TextRow
        {
            Id = i, Note = "n", Body = text, Published = new DateTime(2026, 1, 1).AddDays(i), Class = i % 2 == 0,
        }));
        _tool.Write("t.csv", "body\n" + string.Join('\n', texts));
        await _tool.Good("topics", "@t.csv", "--topics", "2", "--no-explorer", "-o", "@csv.zip");
        var expected = _tool.Output;
        await _tool.Good(
            "topics", "@t.parquet", "--topics", "2", "-o", "@t.zip", "--date", "published", "--class", "class");
        Assert.Equal(expected, _tool.Output);
        Assert.Contains("column \"Body\"", _tool.Error, StringComparison.Ordinal);
        Assert.Contains("2026-02", File.ReadAllText(_tool.File("t.html")), StringComparison.Ordinal);
        await _tool.Good("transform", "@t.zip", "@t.parquet", "--id", "id", "-o", "@s.parquet");
        var shares = _ml.Data.LoadFromParquet(_tool.File("s.parquet"));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"{i}"), shares.GetColumn<string>("name"));
        Assert.All(shares.GetColumn<float[]>("values"), row => Assert.Equal(1, row.Sum(), 1e-5));
        Assert.Contains(
            "there is no column \"boddy\" (--column). There are Id,",
            await _tool.Bad("topics", "@t.parquet", "--column", "boddy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_matrix_is_a_column_of_lists_or_all_columns_of_numbers()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 40).Select(i =>
        {
            float a = random.NextSingle(), b = random.NextSingle();
            return new NumberRow { Name = $"r{i}", A = a, B = a + b, C = b, List = [a, a + b, b] };
        }).ToList();
        Save("v.parquet", rows);
        NpyFile.Write(_tool.File("v.npy"), [.. rows.SelectMany(row => row.List)], 40, 3);
        await _tool.Good("fit", "@v.npy", "--rank", "2", "-o", "@npy.zip", "--activations", "@h.npy");
        await _tool.Good("fit", "@v.parquet", "--rank", "2", "-o", "@p.zip", "--activations", "@h.parquet");
        Assert.Contains("The column Name has no numbers", _tool.Error, StringComparison.Ordinal);
        await _tool.Good(
            "fit", "@v.parquet", "--ignore", "List", "--rank", "2", "-o", "@q.zip", "--activations", "@h2.npy",
            "--components", "@w.parquet");
        var expected = NpyFile.ReadMatrix<float>(_tool.File("h.npy")).ToRowMajor();
        var activations = _ml.Data.LoadFromParquet(_tool.File("h.parquet"));
        Assert.Equal(expected, activations.GetColumn<float[]>("values").SelectMany(row => row));
        Assert.Equal(rows.Select(row => row.Name), activations.GetColumn<string>("name"));
        Assert.Equal(expected, NpyFile.ReadMatrix<float>(_tool.File("h2.npy")).ToRowMajor());
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        _ml.Data.LoadFromParquet(_tool.File("w.parquet")).Schema["values"].GetSlotNames(ref names);
        Assert.Equal(["A", "B", "C"], names.DenseValues().Select(name => name.ToString()));
        await _tool.Good("transform", "@q.zip", "@v.parquet", "--ignore", "List", "-o", "@h3.npy");
        Assert.Equal(expected, NpyFile.ReadMatrix<float>(_tool.File("h3.npy")).ToRowMajor());
        await _tool.Good("convert", "@q.zip", "@c.parquet", "--json");
        Assert.Equal(2, _tool.Json.GetProperty("components").GetInt32());
    }

    [Fact]
    public async Task What_is_no_matrix_is_said()
    {
        Save("t.parquet", [new TextRow { Body = "b" }]);
        Assert.Contains(
            "the columns Note, Body, Published have no numbers", await _tool.Bad("fit", "@t.parquet"),
            StringComparison.Ordinal);
        Save("l.parquet", [new ListRow { List = [1] }, new ListRow { List = [1, 2] }]);
        Assert.Contains("different lengths", await _tool.Bad("fit", "@l.parquet"), StringComparison.Ordinal);
        _tool.Write("x.parquet", "no file of this kind");
        Assert.StartsWith("x.parquet: this is not a Parquet file", await _tool.Bad("fit", "@x.parquet"));
        Assert.StartsWith("x.parquet: this is not a Parquet file", await _tool.Bad("topics", "@x.parquet"));
        Assert.Contains("There is no file", await _tool.Bad("fit", "@none.parquet"), StringComparison.Ordinal);
    }

    private void Save<T>(string name, IEnumerable<T> rows)
        where T : class
        => _ml.Data.SaveAsParquet(_ml.Data.LoadFromEnumerable(rows), _tool.File(name));

    private sealed class TextRow
    {
        public int Id { get; set; }

        public string Note { get; set; } = "";

        public string Body { get; set; } = "";

        public DateTime Published { get; set; }

        public bool Class { get; set; }
    }

    private sealed class NumberRow
    {
        public string Name { get; set; } = "";

        public float A { get; set; }

        public double B { get; set; }

        public float C { get; set; }

        [VectorType(3)]
        public float[] List { get; set; } = [];
    }

    private sealed class ListRow
    {
        public float[] List { get; set; } = [];
    }
}

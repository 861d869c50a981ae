using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.Nmf.Formats.Tests;

/// <summary>Files whose columns are not alike, or not told apart: what other programs make of one table.</summary>
public sealed class ParquetSchemaTests : IDisposable
{
    private static readonly string Names = Path.Combine(AppContext.BaseDirectory, "parquet", "names.parquet");

    private readonly string _folder = Directory.CreateTempSubdirectory("parquet").FullName;
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_file_says_whether_values_may_be_missing(bool completeFirst)
    {
        var (complete, gaps) = completeFirst ? ("a.parquet", "b.parquet") : ("b.parquet", "a.parquet");
        var (number, element) = (new DataField<int>("n"), new DataField<float>("element"));
        await Write(
            complete, [number, new ListField("v", element)],
            async group =>
            {
                await group.WriteAllPartsAsync<int>(number, new[] { 1, 2 }, null, null, default);
                await group.WriteAllPartsAsync<float>(
                    element, new[] { 1f, 2, 3, 4 }, new[] { 2, 2, 2, 2 }, new[] { 0, 1, 0, 1 }, default);
            });
        var some = new DataField("n", typeof(int), isNullable: true);
        var nullable = new DataField("element", typeof(float), isNullable: true);
        await Write(
            gaps, [some, new ListField("v", nullable)],
            async group =>
            {
                await group.WriteAllPartsAsync<int>(some, new[] { 5 }, new[] { 0, 1 }, null, default);
                await group.WriteAllPartsAsync<float>(
                    nullable, new[] { 6f, 7, 8 }, new[] { 2, 3, 3, 3 }, new[] { 0, 1, 0, 1 }, default);
            });
        var data = _ml.Data.LoadFromParquet(_folder);
        double[] numbers = [.. data.GetColumn<double>("n")];
        Assert.Equal(completeFirst ? [1, 2, double.NaN, 5] : [double.NaN, 5, 1, 2], numbers);
        float[][] whole = [[1, 2], [3, 4]], broken = [[float.NaN, 6], [7, 8]];
        Assert.Equal(
            completeFirst ? [.. whole, .. broken] : [.. broken, .. whole], data.GetColumn<float[]>("v").ToArray());
    }

    [Fact]
    public async Task Times_of_two_units_are_not_taken_for_one()
    {
        await Time("a.parquet", TimeUnitPrecision.Micros);
        await Time("b.parquet", TimeUnitPrecision.Nanos);
        var error = Assert.Throws<MatrixFormatException>(() => _ml.Data.LoadFromParquet(_folder));
        Assert.Equal(
            "b.parquet: the column 't' has values of type Int64 in Nanos; in other files here it has Int64 in Micros.",
            error.Message);

        async Task Time(string name, TimeUnitPrecision unit)
        {
            var field = new TimeDataField("t", unit, isNullable: false);
            await Write(name, [field], async group => await group.WriteAllPartsAsync<long>(
                field, new[] { 3_600_000_000L }, null, null, default));
        }
    }

    [Fact]
    public void Columns_that_share_a_name_or_have_none_are_left_out()
    {
        var warnings = new List<string>();
        _ml.Log += (_, message) =>
        {
            if (message.Kind == Runtime.ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        var data = _ml.Data.LoadFromParquet(Names);
        Assert.Equal(["a.b", "A.B", "a b", "a/b", "ä€𝄞", "later"], data.Schema.Select(column => column.Name));
        Assert.Equal([1, 2], data.GetColumn<int>("a.b"));
        Assert.Equal([3, 4], data.GetColumn<int>("A.B"));
        Assert.Equal([5, 6], data.GetColumn<int>("a b"));
        Assert.Equal([7, 8], data.GetColumn<int>("a/b"));
        Assert.Equal([[9], [10]], data.GetColumn<float[]>("ä€𝄞").ToArray());
        Assert.Equal(
            [
                "names.parquet: there are 2 columns 'twice', which nothing tells apart. It is left out.",
                "names.parquet: there are 2 columns 'twice', which nothing tells apart. It is left out.",
                "names.parquet: a column has no name. It is left out.",
            ],
            warnings);
        var error = Assert.Throws<MatrixFormatException>(() => _ml.Data.LoadFromParquet(
            Names, new() { Columns = ["twice"] }));
        Assert.Equal("names.parquet: there are 2 columns 'twice', which nothing tells apart.", error.Message);
    }

    [Fact]
    public void A_value_that_is_not_read_is_an_error_that_names_column_and_rows()
    {
        var data = _ml.Data.LoadFromParquet(Names, new() { Columns = ["later"] });
        var error = Assert.Throws<MatrixFormatException>(() => data.GetColumn<DateTime>("later").Count());
        Assert.StartsWith(
            "names.parquet: column 'later', rows 0 to 1: damaged, or values that are not read: ", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sizes_of_columns_that_have_no_vectors_are_an_error()
    {
        DataField<int>[] fields = [new("n"), new("m")];
        await Write("a.parquet", fields, async group =>
        {
            foreach (var field in fields)
                await group.WriteAllPartsAsync<int>(field, new[] { 1 }, null, null, default);
        });
        foreach (string[]? columns in new[] { null, new[] { "m" } })
        {
            var error = Assert.Throws<MatrixFormatException>(() => _ml.Data.LoadFromParquet(
                Path.Combine(_folder, "a.parquet"),
                new() { Columns = columns, VectorSizes = new Dictionary<string, int> { ["n"] = 3 } }));
            Assert.Equal("a.parquet: the column 'n' of VectorSizes is not loaded, or has no vectors.", error.Message);
        }
    }

    /// <summary>The format does not forbid it.</summary>
    [Fact]
    public async Task Metadata_with_a_key_twice_are_done_without()
    {
        var path = Path.Combine(_folder, "a.parquet");
        var field = new DataField<int>("n");
        await using (var stream = File.Create(path))
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field), stream);
            writer.CustomMetadata = new Dictionary<string, string> { ["first key"] = "1", ["other key"] = "2" };
            using var group = writer.CreateRowGroup();
            await group.WriteAllPartsAsync<int>(field, new[] { 4, 5 }, null, null, default);
            group.CompleteValidate();
        }

        var bytes = File.ReadAllBytes(path);
        "first key"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("other key"u8)));
        File.WriteAllBytes(path, bytes);
        Assert.Equal([4, 5], _ml.Data.LoadFromParquet(path).GetColumn<int>("n"));
    }

    private async Task Write(string name, Field[] fields, Func<ParquetRowGroupWriter, Task> write)
    {
        await using var stream = File.Create(Path.Combine(_folder, name));
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
        using var group = writer.CreateRowGroup();
        await write(group);
        group.CompleteValidate();
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace MLNmf.Tests;

public class RowReaderTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(1.0, false, false)]
    [InlineData(0.5, true, false)]
    [InlineData(0.1, true, true)]
    [InlineData(0.1, false, true)]
    public void The_number_of_non_zeros_decides_on_the_form(double density, bool sparseVectors, bool sparseData)
    {
        var values = TestRows.Values(rows: 150, features: 37, density: density);

        var data = Read(TestRows.View(_context, values, sparseVectors));

        Assert.Equal(sparseData, data.IsSparse);
        AssertSame(values, data);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_of_both_forms_may_be_mixed(bool mostlyZeros)
    {
        // Every tenth row is full, or every tenth is empty but for one entry.
        var random = new Random(5);
        var values = Enumerable.Range(0, 200).Select(n => Enumerable.Range(0, 30).Select(f =>
            (n % 10 == 0) == mostlyZeros || f == n % 30 ? 1 + random.NextSingle() : 0).ToArray()).ToArray();
        var rows = values.Select((row, n) => new TestRows.Row { Id = n, Features =
            n % 3 == 0 ? TestRows.Sparse(row) : new VBuffer<float>(row.Length, row) }).ToArray();
        var definition = SchemaDefinition.Create(typeof(TestRows.Row));
        definition[nameof(TestRows.Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 30);

        var data = Read(_context.Data.LoadFromEnumerable(rows, definition));

        Assert.Equal(mostlyZeros, data.IsSparse);
        AssertSame(values, data);
    }

    [Fact]
    public void Data_of_many_chunks_arrive_in_order()
    {
        var values = TestRows.Values(rows: 700, features: 500, rank: 2, density: 0.15);

        var data = Read(TestRows.View(_context, values, sparse: true));

        Assert.Equal(values.Sum(row => row.LongCount(value => value != 0)), data.StoredEntries);
        AssertSame(values, data);
    }

    [Fact]
    public void Zeros_that_are_stored_explicitly_are_dropped()
    {
        var rows = Enumerable.Range(0, 20).Select(
            n => new TestRows.Row { Id = n, Features = new VBuffer<float>(50, 2, [n + 1, 0], [n, n + 1]) });
        var definition = SchemaDefinition.Create(typeof(TestRows.Row));
        definition[nameof(TestRows.Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 50);

        var data = Read(_context.Data.LoadFromEnumerable(rows, definition));

        Assert.Equal(20, data.StoredEntries);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.1)]
    public void Rows_of_parallel_cursors_come_in_the_order_of_the_file(double density)
    {
        var values = TestRows.Values(rows: 3000, features: 6, density: density);
        using var file = new TextFile(values);
        var view = file.Load(_context);
        var cursors = view.GetRowCursorSet(view.Schema, 3);
        Array.ForEach(cursors, cursor => cursor.Dispose());
        Assert.True(cursors.Length > 1, "The loader offers one cursor only: this test tests nothing.");

        foreach (var threads in new[] { 1, 2, 3 })
        {
            var data = Read(view, threads);
            AssertSame(values, data);
        }
    }

    [Fact]
    public void The_first_row_at_fault_is_named_whatever_the_cursors_met_first()
    {
        var values = TestRows.Values(rows: 3000, features: 6);
        foreach (var n in new[] { 1234, 1235, 2500, 2999 })
            values[n][n % 6] = -1 - n;
        using var file = new TextFile(values);
        var view = file.Load(_context);
        for (var i = 0; i < 5; i++)
        {
            var error = Assert.Throws<NmfDataException>(() => Read(view, threads: 3));
            Assert.Equal((1234, 1234 % 6, -1235), (error.Sample, error.Feature, error.Value));
        }
    }

    private NmfData<float> Read(IDataView view, int? threads = null)
    {
        var host = ((IHostEnvironment)_context).Register("Test");
        using var channel = host.Start("Reading");
        using var cancellation = new FitCancellation(host, default);
        return RowReader.Read(
            channel, view, ColumnGuard.ForInput(host, view.Schema, "Features", 1), cancellation, threads);
    }

    private static void AssertSame(float[][] expected, NmfData<float> data)
    {
        Assert.Equal((expected.Length, expected[0].Length), (data.Samples, data.Features));
        Assert.Equal(expected.Sum(row => row.Sum(value => (double)value)), data.Sum, 1e-6);
        // The rows themselves, by a dictionary that returns them: with W = I the activations of β = 2 are the data.
        var identity = new Nmf.Kernels.Matrix<float>(data.Features, data.Features);
        for (var f = 0; f < data.Features; f++)
            identity[f, f] = 1;
        var start = new NmfStart<float>(identity);
        var model = NmfFactorizer.Fit(
            data, new NmfOptions { Rank = data.Features, Iterations = new() { MaximumIterations = 0 },
                Scale = ComponentScale.None, Threads = 1 }, start);
        var columns = Enumerable.Range(0, data.Features)
            .Select(k => Enumerable.Range(0, data.Features).Single(f => model.Dictionary[f, k] != 0)).ToArray();
        for (var n = 0; n < data.Samples; n++)
        {
            for (var k = 0; k < columns.Length; k++)
                Assert.Equal(expected[n][columns[k]], model.Activations[n, k], 1e-5f);
        }
    }

    /// <summary>Rows as tab-separated text, which ML.NET's loader parses with several threads.</summary>
    private sealed class TextFile : IDisposable
    {
        private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        private readonly int _features;

        public TextFile(float[][] values)
        {
            _features = values[0].Length;
            File.WriteAllLines(_path, values.Select(row => string.Join(
                '\t', row.Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))));
        }

        public IDataView Load(MLContext context)
            => context.Data.LoadFromTextFile(
                _path, [new TextLoader.Column("Features", DataKind.Single, 0, _features - 1)]);

        public void Dispose() => File.Delete(_path);
    }
}

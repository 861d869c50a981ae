using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Batches collected sample by sample: the same data as from whole matrices.</summary>
public sealed class NmfBatchBuilderTests
{
    private const int Features = 40;

    private readonly NmfBatchMemory<float> _memory = new();

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.24)]
    [InlineData(0.26)]
    [InlineData(0.9)]
    [InlineData(1)]
    public void A_batch_holds_what_was_added_in_whatever_form(double density)
    {
        var rows = Rows(30, _ => density, 1);
        var dense = Build(rows, 30, sparsely: _ => false);
        var mixed = Build(rows, 30, sparsely: n => n % 3 != 0);
        var values = rows.SelectMany(row => row).ToArray();
        foreach (var batch in new[] { dense, mixed })
        {
            Assert.Equal(values.Count(v => v != 0) <= values.Length / 4, batch.IsSparse);
            Assert.Equal(values, Values(batch));
            Assert.Equal(values.Sum(v => (double)v), batch.Sum, 1e-5 * batch.Sum);
            Assert.Equal(values.Sum(v => (double)v * v), batch.SumOfSquares, 1e-5 * batch.SumOfSquares);
            Assert.Equal(values.Length, batch.ObservedEntries);
            for (var n = 0; n < rows.Length; n++)
                Assert.Equal(rows[n].Sum(v => (double)v), batch.SampleSum(n), 1e-5 * batch.SampleSum(n));
        }

        Assert.Equal(dense.Sum, mixed.Sum);
        Assert.Equal(dense.SumOfSquares, mixed.SumOfSquares);
    }

    [Theory]
    [InlineData(0.03, 0.9, 4, true)]
    [InlineData(0.03, 0.9, 2, false)]
    public void Sparse_and_dense_samples_in_turn_end_in_one_form(double thin, double thick, int every, bool sparse)
    {
        // More samples than a matrix begins with, the last ones sparse: the batch may grow while rows are missing.
        var rows = Rows(2100, n => n < 2000 && n % every == 1 ? thick : thin, 3);
        var batch = Build(rows, 5000, sparsely: n => n % 5 == 0);

        Assert.Equal(sparse, batch.IsSparse);
        Assert.Equal(2100, batch.Samples);
        Assert.Equal(rows.SelectMany(row => row), Values(batch));
        if (!sparse)
            return;
        using var team = new WorkTeam(1);
        var pass = batch.CreatePass(2, 1, team);
        var h = Matrix<float>.FromRowMajor([.. Enumerable.Range(0, 4200).Select(i => (float)(i % 7))], 2100, 2);
        var found = new Matrix<float>(Features, 2);
        pass.DictionaryProduct(h, found);
        for (var f = 0; f < Features; f++)
            Assert.Equal(
                rows.Select((row, n) => row[f] * h[n, 1]).Sum(v => (double)v), found[f, 1], 1e-3 * (1 + found[f, 1]));
    }

    [Theory]
    [InlineData(-0.001f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_cannot_be_factorised_is_refused_wherever_it_is(float value)
    {
        var builder = new NmfBatchBuilder<float>(Features, 4, _memory);
        for (var f = 0; f < Features; f++)
        {
            var row = Rows(1, _ => 1, f)[0];
            row[f] = value;
            Assert.False(builder.TryAdd(row, out _));
            Assert.False(builder.TryAdd([f], [value], out _));
            Assert.Equal(0, builder.Count);
        }

        // A dense sample before it changes the way in which the next one is checked.
        Assert.True(builder.TryAdd(Rows(1, _ => 1, 0)[0], out _));
        Assert.False(builder.TryAdd([value, .. new float[Features - 1]], out _));
        Assert.Equal(1, builder.Count);
    }

    [Fact]
    public void Large_values_and_negative_zeros_are_fine()
    {
        var builder = new NmfBatchBuilder<float>(4, 1, _memory);
        Assert.True(builder.TryAdd([-0f, float.MaxValue, float.MaxValue, 1e-40f], out var nonZeros));
        var batch = builder.Take();
        Assert.Equal(3, nonZeros);
        Assert.Equal(2.0 * float.MaxValue, batch.Sum, 1e25);
    }

    [Fact]
    public void The_first_zero_is_named_where_the_divergence_is_infinite()
    {
        var rows = Rows(10, _ => 1, 5);
        rows[6][9] = 0;
        var dense = Build(rows, 10, sparsely: n => n == 6);
        var error = Assert.Throws<NmfDataException>(() => dense.RequireValidFor(0));
        Assert.Contains("sample 6, feature 9 is 0", error.Message);

        rows = Rows(10, _ => 0.1, 5);
        rows[0] = [.. Enumerable.Repeat(1f, 3), .. new float[Features - 3]];
        var sparse = Build(rows, 10, sparsely: _ => true);
        Assert.Contains(
            "sample 0, feature 3 is 0", Assert.Throws<NmfDataException>(() => sparse.RequireValidFor(0)).Message);
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        var builder = new NmfBatchBuilder<float>(3, 2, _memory);
        Assert.Throws<InvalidOperationException>(builder.Take);
        Assert.Contains(
            "has 4 values, but there are 3 features",
            Assert.Throws<ArgumentException>(() => builder.TryAdd([1, 2, 3, 4], out _)).Message);
        foreach (var indices in new int[][] { [1, 1], [2, 1], [-1, 0], [1, 3] })
            Assert.Contains(
                "indices must increase strictly",
                Assert.Throws<ArgumentException>(() => builder.TryAdd(indices, [1, 1], out _)).Message);
        Assert.Contains(
            "1 indices but 2 values",
            Assert.Throws<ArgumentException>(() => builder.TryAdd([1], [1, 1], out _)).Message);
        builder.TryAdd([1, 2, 3], out _);
        builder.TryAdd([1], [2], out _);
        Assert.True(builder.IsFull);
        Assert.Contains(
            "has its 2 samples",
            Assert.Throws<InvalidOperationException>(() => builder.TryAdd([1, 2, 3], out _)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new NmfBatchBuilder<float>(0, 1, _memory));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NmfBatchBuilder<float>(1, 0, _memory));
    }

    [Fact]
    public void Memory_may_serve_sources_of_different_widths()
    {
        foreach (var features in new[] { 30, 7, 50 })
        {
            var builder = new NmfBatchBuilder<float>(features, 3, _memory);
            float[] row = [.. Enumerable.Range(1, features).Select(f => (float)f)];
            Assert.True(builder.TryAdd(row, out _));
            Assert.True(builder.TryAdd([2], [5f], out _));
            var batch = builder.Take();
            Assert.Equal((2, features), (batch.Samples, batch.Features));
            Assert.Equal([.. row, 0, 0, 5, .. new float[features - 3]], Values(batch));
        }
    }

    [Fact]
    public void Sums_that_overflow_are_an_error()
    {
        var memory = new NmfBatchMemory<double>();
        var builder = new NmfBatchBuilder<double>(2, 1, memory);
        Assert.True(builder.TryAdd([double.MaxValue, double.MaxValue], out _));
        Assert.Contains("sum overflows", Assert.Throws<NmfDataException>(builder.Take).Message);
    }

    private NmfData<float> Build(float[][] rows, int batchSize, Func<int, bool> sparsely)
    {
        var builder = new NmfBatchBuilder<float>(Features, batchSize, _memory);
        for (var n = 0; n < rows.Length; n++)
        {
            // A sparse row may hold zeros.
            var indices = Enumerable.Range(0, Features).Where(f => rows[n][f] != 0 || f % 5 == 0).ToArray();
            var added = sparsely(n)
                ? builder.TryAdd(indices, Array.ConvertAll(indices, f => rows[n][f]), out var nonZeros)
                : builder.TryAdd(rows[n], out nonZeros);
            Assert.True(added);
            Assert.Equal(rows[n].Count(v => v != 0), nonZeros);
        }

        return builder.Take();
    }

    private static float[] Values(NmfData<float> data)
    {
        if (data.Dense is { } dense)
            return dense.ToRowMajor();
        var values = new float[data.Samples * data.Features];
        for (var n = 0; n < data.Samples; n++)
        {
            for (var j = 0; j < data.Sparse!.RowIndices(n).Length; j++)
                values[(n * data.Features) + data.Sparse.RowIndices(n)[j]] = data.Sparse.RowValues(n)[j];
        }

        return values;
    }

    private static float[][] Rows(int count, Func<int, double> density, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(n => Enumerable.Range(0, Features)
            .Select(_ => random.NextDouble() < density(n) ? 0.1f + random.NextSingle() : 0f).ToArray())];
    }
}

using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Data collected sample by sample: the same as from whole matrices, whatever form the samples came in and
/// wherever they waited.</summary>
public class NmfDataBuilderTests
{
    private const int Features = 40;

    [Theory]
    [InlineData(0.02, 0)]
    [InlineData(0.24, 0)]
    [InlineData(0.24, 300)]
    [InlineData(0.26, 0)]
    [InlineData(0.26, 300)]
    [InlineData(1, 0)]
    [InlineData(1, 300)]
    [InlineData(1, 120)]
    [InlineData(1, 1000)]
    public void Data_hold_what_was_added_in_whatever_form(double density, int expected)
    {
        var rows = Rows(300, _ => density, 1);
        var data = Fill(new NmfDataBuilder<float>(Features, expectedSamples: expected), rows, n => n % 3 == 1).ToData();

        Assert.Equal(rows.Sum(row => row.Count(v => v != 0)) <= rows.Length * Features / 4, data.IsSparse);
        Assert.Equal(rows.SelectMany(row => row), Values(data));
        AssertWalked(data);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(2, false)]
    public void Sparse_and_dense_samples_in_turn_end_in_one_form(int every, bool sparse)
    {
        var rows = Rows(2100, n => n % every == 1 ? 0.9 : 0.03, 3);
        foreach (var expected in new[] { 0, 2100, 1500 })
        {
            var data = Fill(new NmfDataBuilder<float>(Features, expectedSamples: expected), rows, n => n % 5 == 0)
                .ToData();
            Assert.Equal(sparse, data.IsSparse);
            Assert.Equal(rows.SelectMany(row => row), Values(data));
            AssertWalked(data);
        }
    }

    [Fact]
    public void Samples_larger_than_a_block_and_more_than_a_block_arrive_in_order()
    {
        var wide = Enumerable.Range(0, 5)
            .Select(n => Enumerable.Range(0, 1_200_000).Select(f => 1f + ((n + f) % 7)).ToArray()).ToArray();
        var builder = new NmfDataBuilder<float>(wide[0].Length);
        foreach (var row in wide)
            Assert.True(builder.TryAdd(row, out _));
        var data = builder.ToData();
        for (var n = 0; n < wide.Length; n++)
            Assert.True(data.Dense!.Row(n).SequenceEqual(wide[n]));
    }

    [Fact]
    public void Missing_entries_keep_the_data_dense_or_are_left_out()
    {
        var rows = Rows(60, _ => 0.1, 7);
        foreach (var (n, f) in new[] { (0, 0), (17, 3), (59, 39) })
            rows[n][f] = float.NaN;
        var dense = Fill(new NmfDataBuilder<float>(Features, MissingValues.NaN), rows, n => n % 2 == 0);
        Assert.Equal((60 * Features) - 3, dense.ObservedEntries);
        var data = dense.ToData();
        Assert.False(data.IsSparse);
        Assert.Equal((60L * Features) - 3, data.ObservedEntries);
        Assert.Equal(rows.SelectMany(row => row), Values(data));
        AssertWalked(data, MissingValues.NaN);

        var observed = rows.Sum(row => row.LongCount(v => v > 0));
        var sparse = Fill(
            new NmfDataBuilder<float>(Features, MissingValues.NaN, AbsentEntries.Missing, 60), rows, n => n % 2 == 0);
        Assert.Equal(observed, sparse.ObservedEntries);
        data = sparse.ToData();
        Assert.True(data.IsSparse);
        Assert.Equal(observed, data.ObservedEntries);
        Assert.Equal(rows.SelectMany(row => row).Select(v => float.IsNaN(v) ? 0 : v), Values(data));
        AssertWalked(data);
    }

    [Theory]
    [InlineData(-0.001f)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NaN)]
    public void A_value_that_cannot_be_factorised_is_refused_and_nothing_is_added(float value)
    {
        foreach (var missing in new[] { MissingValues.Error, MissingValues.NaN })
        {
            if (missing == MissingValues.NaN && float.IsNaN(value))
                continue;
            var builder = new NmfDataBuilder<float>(Features, missing, expectedSamples: 3);
            float[] good = [.. Enumerable.Repeat(1f, Features)], bad = [.. good[1..], value];
            Assert.False(builder.TryAdd(bad, out _));
            Assert.True(builder.TryAdd(good, out _));
            Assert.False(builder.TryAdd(bad, out _));
            Assert.False(builder.TryAdd([0, 5], [1, value], out _));
            Assert.True(builder.TryAdd([], [], out _));
            Assert.Equal(good.Concat(new float[Features]), Values(builder.ToData()));
        }
    }

    [Fact]
    public void Builders_are_merged_in_the_order_of_their_runs()
    {
        var rows = Rows(100, n => n % 10 < 5 ? 1 : 0.05, 9);
        var builders = new[] { new NmfDataBuilder<float>(Features), new NmfDataBuilder<float>(Features) };
        var runs = new List<(NmfDataBuilder<float>, int)>();
        for (var n = 0; n < rows.Length; n += 20)
        {
            var builder = builders[n / 20 % 2];
            Fill(builder, rows[n..(n + 20)], _ => false);
            runs.Add((builder, 20));
        }

        Assert.Equal(rows.SelectMany(row => row), Values(NmfDataBuilder<float>.Merge(runs)));
    }

    [Fact]
    public void Features_without_an_observed_entry_are_known_wherever_samples_waited()
    {
        var rows = Rows(50, _ => 0.9, 11);
        foreach (var row in rows)
            row[7] = float.NaN;
        foreach (var expected in new[] { 0, 20, 50 })
        {
            var data = Fill(
                new NmfDataBuilder<float>(Features, MissingValues.NaN, expectedSamples: expected), rows, _ => false)
                .ToData();
            Assert.Equal(Enumerable.Range(0, Features).Select(f => f != 7), data.ObservedFeatures!);
            AssertWalked(data, MissingValues.NaN);
        }
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        var builder = new NmfDataBuilder<float>(3);
        Assert.Throws<NmfDataException>(builder.ToData);
        builder.TryAdd([1, 2, 3], out _);
        Assert.Contains(
            "other numbers of samples",
            Assert.Throws<ArgumentException>(() => NmfDataBuilder<float>.Merge([(builder, 2)])).Message);
        Assert.Contains(
            "different features",
            Assert.Throws<ArgumentException>(() => NmfDataBuilder<float>.Merge([(builder, 1), (new(4), 0)])).Message);
        Assert.Throws<ArgumentException>(() => NmfDataBuilder<float>.Merge([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NmfDataBuilder<float>(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NmfDataBuilder<float>(1, expectedSamples: -1));
        builder.ToData();
        Assert.Throws<ArgumentException>(builder.ToData);
    }

    // What the builder found on the way is what a walk over the data finds, to the bit, and the sums are right.
    private static void AssertWalked(NmfData<float> data, MissingValues missing = MissingValues.Error)
    {
        var walked = data.Dense is { } dense
            ? NmfData<float>.FromMatrix(dense, missing)
            : NmfData<float>.FromMatrix(data.Sparse!, data.AbsentEntries);
        Assert.Equal(
            (walked.Sum, walked.SumOfSquares, walked.TotalWeight, walked.ObservedEntries),
            (data.Sum, data.SumOfSquares, data.TotalWeight, data.ObservedEntries));
        Assert.Equal(walked.ObservedFeatures, data.ObservedFeatures);
        var observed = Values(data).Where(value => !float.IsNaN(value)).Select(value => (double)value).ToArray();
        Assert.Equal(observed.Sum(), data.Sum, 1e-13 * data.Sum);
        Assert.Equal(observed.Sum(value => value * value), data.SumOfSquares, 1e-13 * data.SumOfSquares);
    }

    private static NmfDataBuilder<float> Fill(NmfDataBuilder<float> builder, float[][] rows, Func<int, bool> sparsely)
    {
        for (var n = 0; n < rows.Length; n++)
        {
            // A sparse row may hold zeros.
            var indices = Enumerable.Range(0, Features).Where(f => rows[n][f] != 0 || f % 5 == 0).ToArray();
            Assert.True(sparsely(n)
                ? builder.TryAdd(indices, Array.ConvertAll(indices, f => rows[n][f]), out var nonZeros)
                : builder.TryAdd(rows[n], out nonZeros));
            Assert.Equal(rows[n].Count(v => v != 0), nonZeros);
        }

        return builder;
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
        return [.. Enumerable.Range(0, count).Select(n
            => Enumerable.Range(0, Features)
                .Select(_ => random.NextDouble() < density(n) ? 0.1f + random.NextSingle() : 0f).ToArray())];
    }
}

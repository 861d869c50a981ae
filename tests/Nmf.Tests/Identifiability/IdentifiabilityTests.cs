using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class IdentifiabilityTests
{
    public sealed record ScatterCase(int Rank, int Rows, double[] Values, bool Holds, double? Largest);

    private static readonly ScatterCase[] Cases = JsonSerializer.Deserialize<ScatterCase[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "identifiability.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Rows_are_scattered_where_the_vertices_that_Qhull_finds_say_so(int number)
    {
        var (rank, rows, values, holds, largest) = Cases[number];
        var scatter = FactorScatter.Of(Matrix<double>.FromRowMajor(values, rows, rank), CancellationToken.None);
        Assert.Equal(holds ? ScatterCondition.Holds : ScatterCondition.Fails, scatter.Condition);
        Assert.Equal(rank, scatter.Rank);
        if (scatter.LargestRatio is { } ratio)
            Assert.Equal(largest!.Value, ratio, 1e-6 * ratio);
        if (holds)
            return;

        // A witness is one whatever found it: nonnegative along every row, and not shorter than its sum.
        var witness = scatter.Witness!.ToArray();
        for (var n = 0; n < rows; n++)
            Assert.True(Dot(values.AsSpan(n * rank, rank), witness) >= -1e-9);
        Assert.True(1 >= witness.Sum() - 1e-9);
        Assert.True(witness.Max() < 1 - 1e-12);
    }

    [Fact]
    public void The_golden_cases_have_both_answers()
    {
        Assert.True(Cases.Count(c => c.Holds) >= 5);
        Assert.True(Cases.Count(c => !c.Holds) >= 5);
    }

    [Fact]
    public void One_component_is_unique()
    {
        var report = Identifiability.Of(Positive(7, 1, 1), Positive(9, 1, 2));
        Assert.Equal(Uniqueness.Unique, report.Verdict);
        Assert.Contains("One component", report.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Factors_with_anchors_on_both_sides_are_unique()
    {
        var report = Identifiability.Of(WithAnchors(8, 3, 1), WithAnchors(20, 3, 2));
        Assert.Equal(Uniqueness.Unique, report.Verdict);
        Assert.True(report.Activations.IsSeparable);
        Assert.Equal([0, 1, 2], report.Activations.PurestRow);
        Assert.Empty(report.Exchanges);
    }

    [Fact]
    public void With_pure_samples_only_it_is_unique_of_least_volume()
    {
        // Every component has features that the others have not, so that nothing can be exchanged, and no more.
        var w = Positive(9, 3, 1);
        for (var k = 0; k < 3; k++)
            w[k, (k + 1) % 3] = 0;
        var report = Identifiability.Of(w, WithAnchors(20, 3, 2));
        Assert.Equal(Uniqueness.UniqueOfLeastVolume, report.Verdict);
        Assert.Contains("a sample of its own", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_exchanged_leaves_the_product_and_the_signs()
    {
        var (w, h) = (Positive(6, 3, 1), Positive(10, 3, 2));
        var report = Identifiability.Of(w, h);
        Assert.Equal(Uniqueness.NotUnique, report.Verdict);
        Assert.Equal(6, report.Exchanges.Count);
        Assert.Equal(report.Exchanges.OrderByDescending(e => e.Share), report.Exchanges);
        foreach (var exchange in report.Exchanges)
        {
            var (k, l) = (exchange.From, exchange.To);
            var all = Enumerable.Range(0, 10).Sum(n => h[n, k]);
            var moved = exchange.ActivationShare * all / Enumerable.Range(0, 10).Sum(n => h[n, l]);
            var column = exchange.DictionaryShare * Enumerable.Range(0, 6).Sum(f => w[f, l]);
            var taken = column / Enumerable.Range(0, 6).Sum(f => w[f, k]);

            // As far as they go and no farther: something becomes zero, nothing negative.
            Assert.Equal(0, Enumerable.Range(0, 10).Min(n => h[n, k] - (moved * h[n, l])), 1e-12);
            Assert.Equal(0, Enumerable.Range(0, 6).Min(f => w[f, l] - (taken * w[f, k])), 1e-12);
        }
    }

    [Fact]
    public void Scale_order_unit_and_type_do_not_matter()
    {
        var (w, h) = (WithAnchors(8, 4, 3), WithAnchors(25, 4, 4));
        for (var f = 0; f < 8; f++)
            w[f, 0] += 0.3 * w[f, 1];
        var expected = Identifiability.Of(w, h);
        double[] scale = [1e-200, 1e150, 3, 0.01];
        int[] order = [2, 0, 3, 1];
        var (scaledW, scaledH) = (new Matrix<double>(8, 4), new Matrix<double>(25, 4));
        var (floatW, floatH) = (new Matrix<float>(8, 4), new Matrix<float>(25, 4));
        for (var k = 0; k < 4; k++)
        {
            for (var f = 0; f < 8; f++)
                (scaledW[f, k], floatW[f, k]) = (w[f, order[k]] * scale[k], (float)w[f, order[k]]);
            for (var n = 0; n < 25; n++)
                (scaledH[n, k], floatH[n, k]) = (h[n, order[k]] / scale[k], (float)h[n, order[k]]);
        }

        Assert.Equal(Uniqueness.NotUnique, expected.Verdict);
        foreach (var report in new[] { Identifiability.Of(scaledW, scaledH), Identifiability.Of(floatW, floatH) })
        {
            Assert.Equal(expected.Verdict, report.Verdict);
            Assert.Equal(order[report.Exchanges[0].From], expected.Exchanges[0].From);
            Assert.Equal(order[report.Exchanges[0].To], expected.Exchanges[0].To);
            Assert.Equal(expected.Exchanges[0].Share, report.Exchanges[0].Share, 1e-6);
        }
    }

    [Fact]
    public void Zero_components_are_left_out_and_named()
    {
        var (w, h) = (WithAnchors(8, 4, 3), WithAnchors(25, 4, 4));
        for (var n = 0; n < 25; n++)
            h[n, 2] = 0;
        var report = Identifiability.Of(w, h);
        Assert.Equal([2], report.EmptyComponents);
        Assert.Equal(3, report.Activations.Purity.Count);
        Assert.Contains("left out: component 2", report.ToText(), StringComparison.Ordinal);
        var zeros = new Matrix<double>(3, 2);
        Assert.Equal(Uniqueness.Unknown, Identifiability.Of(zeros, zeros).Verdict);
    }

    [Fact]
    public void Small_entries_count_as_zero()
    {
        var (w, h) = (WithAnchors(8, 3, 1), WithAnchors(20, 3, 2));
        for (var k = 0; k < 3; k++)
            w[k, (k + 1) % 3] = h[k, (k + 1) % 3] = 1e-5;
        Assert.Equal(Uniqueness.Unique, Identifiability.Of(w, h).Verdict);
        Assert.NotEqual(Uniqueness.Unique, Identifiability.Of(w, h, tolerance: 0).Verdict);
    }

    [Fact]
    public void Parallel_columns_have_no_certificate()
    {
        var (w, h) = (WithAnchors(8, 3, 1), WithAnchors(20, 3, 2));
        for (var f = 0; f < 8; f++)
            w[f, 2] = w[f, 1];
        Assert.Equal(2, Identifiability.Of(w, h).Dictionary.Rank);
        Assert.NotEqual(Uniqueness.Unique, Identifiability.Of(w, h).Verdict);
    }

    [Fact]
    public void Many_rays_are_undecided_and_not_endless()
    {
        // Rows that miss one of twenty components each, and one row that misses none: the dual cone has very many rays.
        var random = new Random(5);
        var h = new Matrix<double>(400, 20);
        for (var n = 0; n < 400; n++)
        {
            for (var k = 0; k < 20; k++)
                h[n, k] = random.NextDouble() < 0.25 ? 0 : -Math.Log(1 - random.NextDouble());
        }

        Assert.Equal(ScatterCondition.Undecided, FactorScatter.Of(h, CancellationToken.None).Condition);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Identifiability.Of(h, h, cancellationToken: cancelled.Token));
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var (w, h) = (Positive(6, 3, 1), Positive(10, 3, 2));
        Assert.Throws<ArgumentException>(() => Identifiability.Of(w, Positive(10, 2, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Identifiability.Of(w, h, tolerance: 1));
        h[4, 1] = -2;
        Assert.Contains(
            "row 4, component 1 is -2", Assert.Throws<ArgumentException>(() => Identifiability.Of(w, h)).Message,
            StringComparison.Ordinal);
    }

    private static double Dot(ReadOnlySpan<double> first, double[] second)
    {
        double sum = 0;
        for (var k = 0; k < second.Length; k++)
            sum += first[k] * second[k];
        return sum;
    }

    private static Matrix<double> Positive(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix<double>(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            for (var k = 0; k < columns; k++)
                matrix[i, k] = 0.2 + random.NextDouble();
        }

        return matrix;
    }

    // The first rows have one component each.
    private static Matrix<double> WithAnchors(int rows, int columns, int seed)
    {
        var matrix = Positive(rows, columns, seed);
        for (var i = 0; i < columns; i++)
        {
            for (var k = 0; k < columns; k++)
                matrix[i, k] = i == k ? matrix[i, k] : 0;
        }

        return matrix;
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class SuccessiveProjectionTests
{
    /// <summary>Eight mixtures of three pure samples, which stand at 1, 3 and 5 (shared mathematics, section on
    /// separable NMF).</summary>
    private static double[] Separable()
    {
        double[][] mixtures = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.2, 0.3, 0.5], [0.5, 0.5, 0], [0.1, 0.8, 0.1],
            [0.6, 0.2, 0.2], [0.3, 0.3, 0.4]];
        int[] order = [3, 0, 6, 1, 4, 2, 7, 5];
        return [.. order.SelectMany(n => Enumerable.Range(0, 6).Select(
            f => Enumerable.Range(0, 3).Sum(k => mixtures[n][k] * (1 + (((f * f) + (3 * f * k) + (5 * k)) % 7)))))];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pure_samples_are_found_in_the_order_of_the_published_example(bool sparse)
    {
        // Without normalisation 3, 5, 1: models.md; with it 1, 3, 5: the same algorithm in numpy.
        Check<double>();
        Check<float>();

        void Check<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var data = sparse ? TestData.Sparse<T>(Separable(), 8, 6) : TestData.Dense<T>(Separable(), 8, 6);
            Assert.Equal([3, 5, 1], Pick(data, 3, normalize: false));
            Assert.Equal([1, 3, 5], Pick(data, 3));

            // They span all samples: there is no fourth direction.
            Assert.Equal([3, 5, 1], Pick(data, 5, normalize: false));
        }
    }

    [Fact]
    public void Picks_are_those_of_the_definition_whatever_the_storage_and_the_threads()
    {
        const int samples = 300, features = 40, rank = 12;
        var values = TestData.Counts(samples, features, 15, 3);
        var expected = Definition(values, samples, features, rank);
        var dense = TestData.Dense<double>(values, samples, features);
        var sparse = TestData.Sparse<double>(values, samples, features);
        foreach (var threads in new[] { 1, 2, 5 })
        {
            Assert.Equal(expected, Pick(dense, rank, normalize: false, threads));
            Assert.Equal(expected, Pick(sparse, rank, normalize: false, threads));
        }
    }

    [Fact]
    public void The_dictionary_holds_the_samples_as_columns()
    {
        var values = Separable();
        var data = TestData.Sparse<double>(values, 8, 6);
        var dictionary = SuccessiveProjection.Dictionary(data, [5, 2]);
        for (var f = 0; f < 6; f++)
        {
            Assert.Equal(values[(5 * 6) + f], dictionary[f, 0]);
            Assert.Equal(values[(2 * 6) + f], dictionary[f, 1]);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => SuccessiveProjection.Dictionary(data, [8]));
    }

    [Fact]
    public void Zero_samples_are_never_picked_and_cancellation_stops()
    {
        var values = Separable();
        values.AsSpan(3 * 6, 6).Clear();
        var data = TestData.Dense<float>(values, 8, 6);
        Assert.DoesNotContain(3, Pick(data, 6));
        Assert.Throws<OperationCanceledException>(
            () => Pick(data, 2, cancellationToken: new CancellationToken(true)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_start_is_positive_where_the_data_are_and_has_their_sums(bool sparse)
    {
        const int samples = 60, features = 30, rank = 5;
        var values = TestData.Counts(samples, features, 4, 9);
        for (var n = 0; n < samples; n++)
            values[(n * features) + 7] = 0;
        var data = sparse
            ? TestData.Sparse<double>(values, samples, features)
            : TestData.Dense<double>(values, samples, features);
        using var team = new WorkTeam(2);
        var start = FirstStart(
            data, new NmfOptions { Rank = rank, Initialization = NmfInitialization.SuccessiveProjection }, team);
        for (var f = 0; f < features; f++)
            Assert.All(start.Dictionary.Row(f).ToArray(), v => Assert.True(f == 7 ? v == 0 : v > 0));
        var sums = new double[rank];
        FactorKernels.ColumnSums(start.Dictionary, sums);
        Assert.All(sums, sum => Assert.Equal(1, sum, 1e-12));
        for (var n = 0; n < samples; n++)
            Assert.Equal(
                values.Skip(n * features).Take(features).Sum(), start.Activations!.Row(n).ToArray().Sum(), 1e-9);
    }

    [Fact]
    public void Separable_data_are_fitted_almost_at_once()
    {
        var data = TestData.Dense<float>(Separable(), 8, 6);
        foreach (var beta in new[] { 2.0, 1 })
        {
            var model = NmfFactorizer.Fit(
                data,
                new NmfOptions { Rank = 3, Problem = beta, Initialization = NmfInitialization.SuccessiveProjection,
                    Iterations = new() { MaximumIterations = 300, Tolerance = 0 } });
            Assert.True(model.ExplainedPart > 0.99, $"β = {beta}: {model.ExplainedPart}");
        }
    }

    [Fact]
    public void A_rank_beyond_what_the_data_span_is_filled_up()
    {
        var data = TestData.Dense<float>(Separable(), 8, 6);
        var model = NmfFactorizer.Fit(
            data, new NmfOptions { Rank = 12, Problem = 1, Initialization = NmfInitialization.SuccessiveProjection });
        Assert.All(model.Dictionary.ToRowMajor(), v => Assert.True(v >= 0 && float.IsFinite(v)));
        Assert.True(model.ExplainedPart > 0.99);
    }

    // The definition, on a matrix that is really projected.
    private static int[] Definition(double[] values, int samples, int features, int rank)
    {
        var rest = (double[])values.Clone();
        var picked = new int[rank];
        for (var i = 0; i < rank; i++)
        {
            var norms = Enumerable.Range(0, samples)
                .Select(n => rest.Skip(n * features).Take(features).Sum(v => v * v)).ToArray();
            picked[i] = Array.IndexOf(norms, norms.Max());
            var u = rest.Skip(picked[i] * features)
                .Take(features).Select(v => v / Math.Sqrt(norms[picked[i]])).ToArray();
            for (var n = 0; n < samples; n++)
            {
                var product = Enumerable.Range(0, features).Sum(f => u[f] * rest[(n * features) + f]);
                for (var f = 0; f < features; f++)
                    rest[(n * features) + f] -= product * u[f];
            }
        }

        return picked;
    }

    private static NmfStart<T> FirstStart<T>(NmfData<T> data, NmfOptions options, WorkTeam team)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => options.Problem.CreateStart(data, options, 0, team, CancellationToken.None);

    private static int[] Pick<T>(
        NmfData<T> data, int rank, bool normalize = true, int threads = 2,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(threads);
        return SuccessiveProjection.Pick(data, rank, normalize, team, null, cancellationToken);
    }
}

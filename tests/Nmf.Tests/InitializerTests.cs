using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class InitializerTests
{
    private static readonly NmfOptions Options = new() { Rank = Fixture.Rank };

    [Fact]
    public void Nndsvd_agrees_with_scikit_learn_on_the_fixture()
    {
        using var team = new WorkTeam(1);
        var data = Fixture.Data<double>();
        var start = FirstStart(data, Options with { Initialization = NmfInitialization.Nndsvd }, team);
        var w = start.Dictionary;
        var h = start.Activations!;
        AssertRow([3.22869905, 2.53376748, 0], w.Row(0).ToArray());
        AssertRow([2.28790718, 0, 1.22750086], h.Row(0).ToArray());
        Assert.Equal(27.13824933, w.ToRowMajor().Sum(), 1e-7);
        Assert.Equal(30.85368142, h.ToRowMajor().Sum(), 1e-7);
        Assert.Equal(6, w.ToRowMajor().Count(v => v == 0));
        Assert.Equal(6, h.ToRowMajor().Count(v => v == 0));
    }

    [Theory]
    [InlineData(NmfInitialization.Nndsvda, 0.3)]
    [InlineData(NmfInitialization.Nndsvdar, 0.01)]
    public void Filled_nndsvd_keeps_the_rest_and_fills_with_factor_sized_values(NmfInitialization kind, double largest)
    {
        using var team = new WorkTeam(1);
        var data = Fixture.Data<double>();
        var plain = FirstStart(data, Options with { Initialization = NmfInitialization.Nndsvd }, team);
        var filled = FirstStart(data, Options with { Initialization = kind }, team);
        var scale = Math.Sqrt(data.Mean / Fixture.Rank);
        foreach (var (zeros, full) in
            new[] { (plain.Dictionary, filled.Dictionary), (plain.Activations!, filled.Activations!) })
        {
            Assert.Contains(0, zeros.ToRowMajor());
            foreach (var (before, after) in zeros.ToRowMajor().Zip(full.ToRowMajor()))
            {
                if (before == 0)
                    Assert.InRange(after, double.Epsilon, largest * scale * (1 + 1e-12));
                else
                    Assert.Equal(before, after);
            }
        }
    }

    [Fact]
    public void Nndsvd_of_larger_data_leads_with_the_best_rank_one_fit()
    {
        // The first component is the leading singular pair: its residual is Σ v² - σ1², the best of all rank-one fits.
        const int samples = 150, features = 80;
        var values = TestData.Counts(samples, features, 5, 17);
        using var team = new WorkTeam(2);
        foreach (var sparse in new[] { false, true })
        {
            var data = sparse
                ? TestData.Sparse<float>(values, samples, features)
                : TestData.Dense<float>(values, samples, features);
            var start = FirstStart(data, new NmfOptions { Rank = 1, Initialization = NmfInitialization.Nndsvd }, team);
            var hals = NmfFactorizer.Fit(
                data, new NmfOptions { Rank = 1, Iterations = new() { MaximumIterations = 300, Tolerance = 0 },
                    Initialization = NmfInitialization.Random });
            var pass = data.CreatePass(1, 2, team);
            Assert.Equal(
                hals.Report.Objective, pass.Objective(start.Dictionary, start.Activations!),
                1e-4 * hals.Report.Objective);
        }
    }

    [Fact]
    public void A_random_start_is_positive_and_has_the_mean_of_the_data()
    {
        const int samples = 300, features = 200, rank = 10;
        var data = TestData.Dense<double>(TestData.Counts(samples, features, 4, 5), samples, features);
        using var team = new WorkTeam(1);
        var start = FirstStart(
            data, new NmfOptions { Rank = rank, Initialization = NmfInitialization.Random, Seed = 1 }, team);
        Assert.All(start.Dictionary.ToRowMajor().Concat(start.Activations!.ToRowMajor()), v => Assert.True(v > 0));
        var w = new double[rank];
        var h = new double[rank];
        FactorKernels.ColumnSums(start.Dictionary, w);
        FactorKernels.ColumnSums(start.Activations, h);
        Assert.Equal(data.Mean, w.Zip(h, (a, b) => a * b).Sum() / samples / features, 0.05 * data.Mean);
    }

    [Theory]
    [InlineData(NmfInitialization.Nndsvd)]
    [InlineData(NmfInitialization.Nndsvda)]
    [InlineData(NmfInitialization.Nndsvdar)]
    public void A_rank_above_what_nndsvd_allows_is_an_error_that_names_the_limit(NmfInitialization kind)
    {
        var data = Fixture.Data<float>();
        var error = Assert.Throws<ArgumentException>(
            () => NmfFactorizer.Fit(data, new NmfOptions { Rank = 7, Initialization = kind }));
        Assert.Contains("at most 6", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_automatic_start_handles_any_rank()
    {
        var data = Fixture.Data<float>();
        var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 20 });
        Assert.Equal(20, model.Dictionary.Columns);
    }

    [Fact]
    public void Data_of_lower_rank_than_asked_for_give_finite_factors()
    {
        // Rank one, asked for four: the missing singular directions must not become NaN.
        var values = new double[20 * 10];
        for (var n = 0; n < 20; n++)
            for (var f = 0; f < 10; f++)
                values[(n * 10) + f] = (n + 1) * (f + 2);
        var data = TestData.Dense<float>(values, 20, 10);
        var model = NmfFactorizer.Fit(
            data, new NmfOptions { Rank = 4, Problem = 1, Initialization = NmfInitialization.Nndsvda });
        Assert.All(model.Dictionary.ToRowMajor(), v => Assert.True(float.IsFinite(v)));
        Assert.True(model.ExplainedPart > 0.999);
    }

    private static void AssertRow(double[] expected, double[] actual)
    {
        for (var k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], actual[k], 1e-7);
    }

    private static NmfStart<T> FirstStart<T>(NmfData<T> data, NmfOptions options, WorkTeam team)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => options.Problem.CreateStart(data, options, 0, team, CancellationToken.None);
}

using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class SeparableTests
{
    [Theory]
    [InlineData(EndmemberSearch.SuccessiveProjection)]
    [InlineData(EndmemberSearch.SuccessiveNonnegativeProjection)]
    public void The_known_example_gives_its_pure_samples_in_order(EndmemberSearch search)
    {
        var data = Example();
        Assert.Equal([3, 5, 1], SeparableNmf.Pick(data, 3, search));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Vertex_component_analysis_finds_the_pure_samples_whatever_the_seed(int seed)
    {
        var data = Example();
        Assert.Equal(
            [1, 3, 5], SeparableNmf.Pick(data, 3, EndmemberSearch.VertexComponentAnalysis, seed: seed).Order());
    }

    [Theory]
    [InlineData(EndmemberSearch.NFindr)]
    [InlineData(EndmemberSearch.PixelPurityIndex)]
    public void Searches_of_the_affine_hull_find_the_pure_samples_and_a_dark_one(EndmemberSearch search)
    {
        Assert.Equal([1, 3, 5], SeparableNmf.Pick(Example(), 3, search).Order());

        // The last sample is nearly black: the shortest of all, but a corner.
        double[] values = [0.5, 0.5, 0.5, 0.9, 0.1, 0.2, 0.1, 0.8, 0.6, 0.3, 0.3, 0.3, 0.5, 0.4, 0.4, 0.02, 0.03, 0.01];
        var data = NmfData<double>.FromDense(values, 6, 3);
        Assert.Equal([1, 2, 5], SeparableNmf.Pick(data, 3, search).Order());
    }

    [Fact]
    public void Convex_hulls_show_more_endmembers_than_there_are_features()
    {
        // Four corners of a square in two dimensions, away from the origin, and points inside.
        double[] values = [2, 2, 1, 2, 1.4, 1.6, 2, 1, 1.5, 1.5, 1, 1, 1.2, 1.9];
        var data = NmfData<double>.FromDense(values, 7, 2);
        Assert.Equal(2, SeparableNmf.Pick(data, 4).Length);
        // The corner next to the origin is a mixture of the others and shade.
        Assert.Equal([0, 1, 3], SeparableNmf.Pick(data, 4, EndmemberSearch.SuccessiveNonnegativeProjection).Order());
    }

    [Theory]
    [InlineData(EndmemberSearch.SuccessiveProjection)]
    [InlineData(EndmemberSearch.SuccessiveNonnegativeProjection)]
    [InlineData(EndmemberSearch.VertexComponentAnalysis)]
    [InlineData(EndmemberSearch.NFindr)]
    [InlineData(EndmemberSearch.PixelPurityIndex)]
    public void Sparse_storage_and_threads_do_not_matter(EndmemberSearch search)
    {
        var values = TestData.Positive(300, 20, 4, 1);
        var dense = TestData.Dense<float>(values, 300, 20);
        var sparse = TestData.Sparse<float>(values, 300, 20);
        var expected = SeparableNmf.Pick(dense, 4, search, threads: 1);
        Assert.Equal(4, expected.Distinct().Count());
        Assert.Equal(expected, SeparableNmf.Pick(dense, 4, search, threads: 3));
        Assert.Equal(expected, SeparableNmf.Pick(sparse, 4, search, threads: 2));
    }

    [Fact]
    public void A_weak_signal_is_reduced_around_its_mean_and_still_gives_nearly_pure_samples()
    {
        const int features = 60, rank = 3, samples = 400;
        var (values, truth) = UnmixingScene.Create(samples, features, rank, decibels: 15, purity: 1, seed: 3);
        var data = NmfData<double>.FromDense(values, samples, features);
        var picked = SeparableNmf.Pick(data, rank, EndmemberSearch.VertexComponentAnalysis);
        Assert.Equal(
            rank, picked.Select(n => Array.IndexOf(truth.Abundances[n], truth.Abundances[n].Max())).Distinct().Count());
        Assert.All(picked, n => Assert.True(truth.Abundances[n].Max() > 0.8));
    }

    [Theory]
    [InlineData(NmfInitialization.SuccessiveNonnegativeProjection)]
    [InlineData(NmfInitialization.VertexComponentAnalysis)]
    public void Searches_start_fits_of_abundances_only(NmfInitialization initialization)
    {
        var data = Example();
        var options = new NmfOptions { Rank = 3, Initialization = initialization };
        Assert.Throws<ArgumentException>(() => NmfFactorizer.Fit(data, options));
        var model = NmfFactorizer.Fit(data, options with { Problem = new AbundanceNmf() });
        Assert.Equal(0, model.Objective, 1e-9);
    }

    [Fact]
    public void Sparse_data_with_zeros_give_the_picks_of_exact_projections()
    {
        const int samples = 120, features = 15, rank = 5;
        var values = TestData.Counts(samples, features, rank, 6);
        var dense = TestData.Dense<double>(values, samples, features);
        var sparse = TestData.Sparse<double>(values, samples, features);
        foreach (var normalize in new[] { false, true })
        {
            var expected = ByExactAbundances(values, samples, features, rank, normalize);
            Assert.Equal(
                expected, SeparableNmf.Pick(dense, rank, EndmemberSearch.SuccessiveNonnegativeProjection, normalize));
            Assert.Equal(
                expected, SeparableNmf.Pick(sparse, rank, EndmemberSearch.SuccessiveNonnegativeProjection, normalize));
        }
    }

    [Theory]
    [InlineData(EndmemberSearch.SuccessiveProjection)]
    [InlineData(EndmemberSearch.SuccessiveNonnegativeProjection)]
    [InlineData(EndmemberSearch.VertexComponentAnalysis)]
    [InlineData(EndmemberSearch.NFindr)]
    [InlineData(EndmemberSearch.PixelPurityIndex)]
    public void A_search_tells_its_picks_and_stops_between_them(EndmemberSearch search)
    {
        var data = TestData.Dense<float>(TestData.Positive(300, 20, 6, 1), 300, 20);
        using var source = new CancellationTokenSource();
        var reported = new List<int>();
        Assert.Equal(5, SeparableNmf.Pick(data, 5, search, progress: new Recorder(reported.Add)).Length);
        Assert.Equal([1, 2, 3, 4, 5], reported);

        reported.Clear();
        var stopping = new Recorder(count =>
        {
            reported.Add(count);
            if (count == 2)
                source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(
            () => SeparableNmf.Pick(data, 5, search, progress: stopping, cancellationToken: source.Token));
        Assert.Equal([1, 2], reported);
    }

    [Fact]
    public void A_fit_can_be_cancelled_while_its_start_is_looked_for()
    {
        var data = Example();
        using var team = new WorkTeam(1);
        foreach (var problem in new NmfProblem[] { new BetaNmf(), new AbundanceNmf() })
        {
            var options =
                new NmfOptions { Rank = 3, Problem = problem, Initialization = NmfInitialization.SuccessiveProjection };
            Assert.ThrowsAny<OperationCanceledException>(
                () => problem.CreateStart(data, options, 0, team, new CancellationToken(true)));
        }
    }

    // Residuals as differences, sample by sample, with the abundances of the row solver.
    private static int[] ByExactAbundances(double[] values, int samples, int features, int rank, bool normalize)
    {
        var rows = values.Chunk(features).Select(
            row => Array.ConvertAll(row, value => value / (normalize && row.Sum() > 0 ? row.Sum() : 1))).ToArray();
        var picked = new List<int>();
        while (picked.Count < rank)
        {
            var residuals = Array.ConvertAll(rows, row => row.Sum(value => value * value));
            if (picked.Count > 0)
            {
                var w = new Matrix<double>(features, picked.Count);
                for (var f = 0; f < features; f++)
                {
                    for (var k = 0; k < picked.Count; k++)
                        w[f, k] = rows[picked[k]][f];
                }

                var solver = new AbundanceNmf { Sum = AbundanceConstraint.SumToAtMostOne }.CreateRowSolver(
                    w, new InferenceOptions());
                var (scratch, h) = (solver.CreateScratch(), new double[picked.Count]);
                for (var n = 0; n < samples; n++)
                {
                    solver.Solve(rows[n], h, scratch);
                    residuals[n] = Enumerable.Range(0, features).Sum(
                        f => Math.Pow(rows[n][f] - h.Select((share, k) => share * w[f, k]).Sum(), 2));
                }
            }

            picked.Add(Array.IndexOf(residuals, residuals.Max()));
        }

        return [.. picked];
    }

    private sealed class Recorder(Action<int> action) : IProgress<int>
    {
        public void Report(int value) => action(value);
    }

    private static NmfData<double> Example()
    {
        int[] places = [3, 0, 6, 1, 4, 2, 7, 5];
        double[][] abundances = [
            [1, 0, 0], [0, 1, 0], [0, 0, 1], [.2, .3, .5], [.5, .5, 0], [.1, .8, .1], [.6, .2, .2], [.3, .3, .4]];
        var values = new double[8 * 6];
        for (var n = 0; n < 8; n++)
        {
            for (var f = 0; f < 6; f++)
            {
                for (var k = 0; k < 3; k++)
                    values[(n * 6) + f] += abundances[places[n]][k] * (1 + (((f * f) + (3 * f * k) + (5 * k)) % 7));
            }
        }

        return NmfData<double>.FromDense(values, 8, 6);
    }
}

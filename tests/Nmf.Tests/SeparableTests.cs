using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class SeparableTests
{
    [Theory]
    [InlineData(EndmemberSearch.SuccessiveProjection)]
    [InlineData(EndmemberSearch.SuccessiveNonnegativeProjection)]
    public void The_known_example_gives_its_pure_samples_in_order(EndmemberSearch search)
    {
        using var data = Example();
        Assert.Equal([3, 5, 1], SeparableNmf.Pick(data, 3, search));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Vertex_component_analysis_finds_the_pure_samples_whatever_the_seed(int seed)
    {
        using var data = Example();
        Assert.Equal([1, 3, 5], SeparableNmf.Pick(data, 3, EndmemberSearch.VertexComponentAnalysis, seed: seed).Order());
    }

    [Fact]
    public void Convex_hulls_show_more_endmembers_than_there_are_features()
    {
        // Four corners of a square in two dimensions, away from the origin, and points inside.
        double[] values = [2, 2, 1, 2, 1.4, 1.6, 2, 1, 1.5, 1.5, 1, 1, 1.2, 1.9];
        using var data = NmfData<double>.FromDense(values, 7, 2);
        Assert.Equal(2, SeparableNmf.Pick(data, 4).Length);
        // The corner next to the origin is a mixture of the others and shade.
        Assert.Equal([0, 1, 3], SeparableNmf.Pick(data, 4, EndmemberSearch.SuccessiveNonnegativeProjection).Order());
    }

    [Theory]
    [InlineData(EndmemberSearch.SuccessiveProjection)]
    [InlineData(EndmemberSearch.SuccessiveNonnegativeProjection)]
    [InlineData(EndmemberSearch.VertexComponentAnalysis)]
    public void Sparse_storage_and_threads_do_not_matter(EndmemberSearch search)
    {
        var values = TestData.Positive(300, 20, 4, 1);
        using var dense = TestData.Dense<float>(values, 300, 20);
        using var sparse = TestData.Sparse<float>(values, 300, 20);
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
        using var data = NmfData<double>.FromDense(values, samples, features);
        var picked = SeparableNmf.Pick(data, rank, EndmemberSearch.VertexComponentAnalysis);
        Assert.Equal(rank, picked.Select(n => Array.IndexOf(truth.Abundances[n], truth.Abundances[n].Max())).Distinct().Count());
        Assert.All(picked, n => Assert.True(truth.Abundances[n].Max() > 0.8));
    }

    [Theory]
    [InlineData(NmfInitialization.SuccessiveNonnegativeProjection)]
    [InlineData(NmfInitialization.VertexComponentAnalysis)]
    public void Searches_start_fits_of_abundances_only(NmfInitialization initialization)
    {
        using var data = Example();
        var options = new NmfOptions { Rank = 3, Initialization = initialization };
        Assert.Throws<ArgumentException>(() => NmfFactorizer.Fit(data, options));
        using var model = NmfFactorizer.Fit(data, options with { Abundances = AbundanceConstraint.SumToOne });
        Assert.Equal(0, model.Objective, 1e-9);
    }

    private static NmfData<double> Example()
    {
        int[] places = [3, 0, 6, 1, 4, 2, 7, 5];
        double[][] abundances = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [.2, .3, .5], [.5, .5, 0], [.1, .8, .1], [.6, .2, .2], [.3, .3, .4]];
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

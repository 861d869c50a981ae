using System.Numerics;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels.Tests;

/// <summary>What a production fit relies on: the same bits for any number of threads, and no garbage.</summary>
public sealed class DenseThreadingTests
{
    private static readonly (int Features, int Samples, int Rank)[] Shapes = [
        (361, 800, 10), (40, 1500, 17), (500, 90, 5), (3, 7, 2)];

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(1.3)]
    public void Results_do_not_depend_on_the_number_of_threads(double beta)
    {
        foreach (var (features, samples, rank) in Shapes)
        {
            using var one = new WorkTeam(1);
            var expected = new DenseProblem<float>(features, samples, rank, beta, one);
            var objective = expected.ActivationGradient(withObjective: true);
            expected.DictionaryGradient();
            foreach (var threads in new[] { 2, 3, 5 })
            {
                using var team = new WorkTeam(threads);
                var problem = new DenseProblem<float>(features, samples, rank, beta, team);
                for (var repeat = 0; repeat < 3; repeat++)
                {
                    problem.ClearResults();
                    Assert.Equal(objective, problem.ActivationGradient(withObjective: true));
                    problem.DictionaryGradient();
                    SameResults();
                    problem.ClearResults();
                    Assert.Equal(objective, problem.JointGradient(withObjective: true));
                    SameResults();
                }

                void SameResults()
                {
                    foreach (var (a, b) in expected.Results().Zip(problem.Results()))
                        MatrixAssert.Same(a, b);
                }
            }
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(0, 2)]
    [InlineData(1.3, 1)]
    public void A_pass_allocates_nothing(double beta, int threads)
    {
        using var team = new WorkTeam(threads);
        var problem = new DenseProblem<float>(130, 700, 11, beta, team);
        Allocation.AssertNone(() =>
        {
            problem.ActivationGradient(withObjective: true);
            problem.DictionaryGradient();
            problem.JointGradient(withObjective: true);
            problem.Pass.Objective(problem.W, problem.H);
            problem.Pass.ActivationProduct(problem.W, problem.NegativeH);
            problem.Pass.DictionaryProduct(problem.H, problem.NegativeW);
        });
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(48, 96, 8)]
    [InlineData(10_000, 2_000, 50)]
    [InlineData(300, 200_000, 200)]
    [InlineData(100_000, 20, 3)]
    [InlineData(0, 5, 2)]
    [InlineData(300, 2_000_000, 200)]
    public void Every_tile_belongs_to_exactly_one_block(int samples, int features, int rank)
    {
        var cut = new DenseCut(samples, features, rank, 16, sizeof(float));
        var rows = new int[cut.RowTiles];
        for (var slab = 0; slab < cut.Slabs; slab++)
            for (var (tile, end) = cut.SlabTiles(slab); tile < end; tile++)
                rows[tile]++;
        var columns = new int[cut.FeatureTiles];
        for (var group = 0; group < cut.FeatureGroups; group++)
            for (var (tile, end) = cut.GroupTiles(group); tile < end; tile++)
                columns[tile]++;
        Assert.All(rows, count => Assert.Equal(1, count));
        Assert.All(columns, count => Assert.Equal(1, count));
        Assert.Equal(samples, Enumerable.Range(0, cut.RowTiles).Sum(cut.RowsOf));
        Assert.Equal(features, Enumerable.Range(0, cut.FeatureTiles).Sum(cut.ColumnsOf));
        Assert.Equal(features < 200_000, cut.JointIsFused);
        Assert.True(cut.PaddedRank >= rank && cut.PaddedRank % cut.Lanes == 0);
    }
}

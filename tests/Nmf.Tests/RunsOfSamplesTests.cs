using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Runs of samples, such as shards, of data with missing entries and weights, of which they may have none.
/// </summary>
public sealed class RunsOfSamplesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    public void Stored_entries_of_which_none_is_missing_take_any_beta_as_a_whole_and_in_shards(double beta)
    {
        const int samples = 24;
        const int features = 7;
        var values = TestData.Positive(samples, features, 2, 6);
        var (whole, holes) = (Ratings(_ => false), Ratings(n => n < 8));
        var options = new NmfOptions
        {
            Rank = 2, Problem = beta, Seed = 1, Threads = 1, Initialization = NmfInitialization.Random,
            Solver = NmfSolver.MultiplicativeUpdate, Iterations = new() { MaximumIterations = 20, Tolerance = 0 },
        };
        var dense = NmfFactorizer.Fit(TestData.Dense<double>(values, samples, features), options);
        var sparse = NmfFactorizer.Fit(whole, options);
        Assert.Equal(dense.Objective, sparse.Objective, 1e-9 * dense.Objective);

        // Only the first shard has missing entries.
        var together = NmfFactorizer.Fit(holes, options);
        var sharded = NmfFactorizer.Fit(holes, options with { Shards = 3 });
        Assert.True(double.IsFinite(together.Objective) && double.IsFinite(sharded.Objective));

        NmfData<double> Ratings(Func<int, bool> hasHoles)
        {
            var (starts, indices, stored) = (new List<long> { 0 }, new List<int>(), new List<double>());
            for (var n = 0; n < samples; n++)
            {
                for (var f = 0; f < features; f++)
                {
                    if (hasHoles(n) && f == n % features)
                        continue;
                    indices.Add(f);
                    stored.Add(values[(n * features) + f]);
                }

                starts.Add(stored.Count);
            }

            return NmfData<double>.FromMatrix(
                SparseMatrix<double>.FromCsr(samples, features, [.. starts], [.. indices], [.. stored]),
                AbsentEntries.Missing);
        }
    }

    [Fact]
    public void Weights_that_are_1_in_a_run_of_samples_are_none_there()
    {
        var (values, weights) = (new Matrix<float>(4, 3), new Matrix<float>(4, 3));
        for (var n = 0; n < 4; n++)
        {
            values.Row(n).Fill(1 + n);
            weights.Row(n).Fill(n < 2 ? 1 : 2);
        }

        values[1, 1] = float.NaN;
        weights[1, 1] = 0.5f;
        var data = NmfData<float>.FromMatrix(values, MissingValues.NaN).WithWeights(weights);
        Assert.False(data.RowsFrom(0, 2).HasElementWeights);
        Assert.True(data.RowsFrom(1, 2).HasElementWeights);
        Assert.True(data.RowsFrom(2, 2).HasElementWeights);
        weights.Row(2).Fill(1);
        weights.Row(3).Fill(1);
        Assert.False(NmfData<float>.FromMatrix(values, MissingValues.NaN).WithWeights(weights).HasElementWeights);
    }
}

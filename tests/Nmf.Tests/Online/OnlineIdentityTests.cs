using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class OnlineIdentityTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.3)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    public void One_batch_without_history_is_the_update_of_the_whole(double beta)
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        var flat = FlatActivations(data, start.Dictionary);
        using var team = new WorkTeam(1);
        var pass = data.CreatePass(Fixture.Rank, beta, team);
        var negativeH = new Matrix<double>(Fixture.Samples, Fixture.Rank);
        var positiveH = new Matrix<double>(Fixture.Samples, Fixture.Rank);
        var negativeW = new Matrix<double>(Fixture.Features, Fixture.Rank);
        var positiveW = new Matrix<double>(Fixture.Features, Fixture.Rank);
        pass.ActivationGradient(start.Dictionary, flat, negativeH, positiveH, withObjective: false);
        FactorKernels.MultiplicativeUpdate(flat, negativeH, positiveH, BetaDivergence.FastExponent(beta), team);
        pass.DictionaryGradient(start.Dictionary, flat, negativeW, positiveW);
        var expected = start.Dictionary.Clone();
        FactorKernels.MultiplicativeUpdate(
            expected, negativeW, positiveW, BetaDivergence.MajorizationExponent(beta), team);

        var options = new OnlineNmfOptions
        {
            Rank = Fixture.Rank, Beta = beta, StartWeight = 0, Threads = 1, Learning = new()
            {
                Update = OnlineUpdate.MajorizationMinimization, InnerIterations = 1, InnerTolerance = 0
            },
        };
        using var learner = new OnlineNmf<double>(options, start.Dictionary);
        learner.PartialFit(data);
        var learnt = learner.CopyDictionary();

        for (var k = 0; k < Fixture.Rank; k++)
        {
            // The learner keeps its columns at sums between one and two, by powers of two.
            var scale = Math.ScaleB(1, (int)Math.Round(Math.Log2(Sum(expected, k) / Sum(learnt, k))));
            for (var f = 0; f < Fixture.Features; f++)
                Assert.Equal(expected[f, k], learnt[f, k] * scale, 1e-15 * expected[f, k] * 4);
        }
    }

    [Fact]
    public void A_start_that_counts_for_all_the_samples_in_the_world_does_not_move()
    {
        foreach (var beta in new[] { 0, 1, 1.5, 2, 3 })
        {
            foreach (var update in new[] { OnlineUpdate.Auto, OnlineUpdate.MajorizationMinimization })
            {
                var data = Fixture.Data<double>();
                var start = Fixture.Start<double>();
                var options = new OnlineNmfOptions
                {
                    Rank = Fixture.Rank, Beta = beta, Learning = new() { Update = update },
                    StartWeight = 1e18, Threads = 1
                };
                using var learner = new OnlineNmf<double>(options, start.Dictionary);
                learner.PartialFit(data);
                learner.PartialFit(data);
                var learnt = learner.CopyDictionary();
                for (var k = 0; k < Fixture.Rank; k++)
                {
                    var scale = Sum(start.Dictionary, k) / Sum(learnt, k);
                    for (var f = 0; f < Fixture.Features; f++)
                        Assert.Equal(start.Dictionary[f, k], learnt[f, k] * scale, 1e-9);
                }
            }
        }
    }

    [Fact]
    public void The_first_batch_does_not_overwrite_a_start_that_counts()
    {
        // The same data, once moved by their own batch alone and once held by a start that counts
        // for three times the batch.
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        double Move(double weight)
        {
            var options = new OnlineNmfOptions { Rank = Fixture.Rank, Beta = 1, StartWeight = weight,
                Learning = new() { Forgetting = 1 }, Scale = ComponentScale.None, Threads = 1 };
            using var learner = new OnlineNmf<double>(options, start.Dictionary);
            learner.PartialFit(data);
            var learnt = learner.CopyDictionary();
            var scale = Math.ScaleB(1, (int)Math.Round(Math.Log2(Sum(start.Dictionary, 0) / Sum(learnt, 0))));
            return (learnt[0, 0] * scale) - start.Dictionary[0, 0];
        }

        // For beta = 1 the update is the weighted mean of start and batch: a quarter of the way.
        Assert.Equal(Move(0) / 4, Move(3 * Fixture.Samples), 1e-12);
        Assert.NotEqual(0, Move(0));
    }

    [Fact]
    public void A_start_is_forgotten_as_slowly_as_the_samples_that_it_counts_for()
    {
        // Automatic periods: a start of weight 3 N is learnt with batches of N, so the first of them is forgotten over
        // 4 N samples, as if 3 N had been seen.
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        double[] Learnt(long? period)
        {
            var options = new OnlineNmfOptions { Rank = Fixture.Rank, Beta = 1, StartWeight = 3
                * Fixture.Samples, Learning = new() { Forgetting = 0.2, ForgettingPeriod = period }, Threads = 1 };
            using var learner = new OnlineNmf<double>(options, start.Dictionary);
            learner.PartialFit(data);
            var dictionary = learner.CopyDictionary();
            return dictionary.ToRowMajor();
        }

        Assert.Equal(Learnt(4 * Fixture.Samples), Learnt(null));
        Assert.NotEqual(Learnt(Fixture.Samples), Learnt(null));
    }

    [Fact]
    public void The_same_batch_twice_is_not_the_same_as_once()
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        using var learner = new OnlineNmf<double>(
            new OnlineNmfOptions { Rank = Fixture.Rank, Beta = 1 }, start.Dictionary);
        learner.PartialFit(data);
        var once = learner.CopyDictionary();
        learner.PartialFit(data);
        var twice = learner.CopyDictionary();

        Assert.NotEqual(once.ToRowMajor(), twice.ToRowMajor());
        Assert.Equal(2 * Fixture.Samples, learner.SamplesSeen);
    }

    /// <summary>Activations with which every component explains the same part of the sum of a sample.</summary>
    private static Matrix<double> FlatActivations(NmfData<double> data, Matrix<double> dictionary)
    {
        var flat = new Matrix<double>(data.Samples, dictionary.Columns);
        for (var n = 0; n < data.Samples; n++)
            for (var k = 0; k < dictionary.Columns; k++)
                flat[n, k] = data.Dense!.Row(n).ToArray().Sum() / (dictionary.Columns * Sum(dictionary, k));
        return flat;
    }

    private static double Sum(Matrix<double> matrix, int k) => Enumerable.Range(0, matrix.Rows).Sum(f => matrix[f, k]);
}

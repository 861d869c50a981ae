using System.Numerics;
using Nmf.Tests.Units;

namespace Nmf.Tests;

/// <summary>Components that penalties of both factors drive to nothing.</summary>
public sealed class DeadComponentTests
{
    private const int Samples = 20;
    private const int Features = 15;
    private const int Rank = 10;

    public static TheoryData<double> Betas => [0.0, 0.5, 1.0, 1.2, 1.5, 1.8, 2.0];

    [Theory]
    [MemberData(nameof(Betas))]
    public void L1_and_l2_of_both_factors(double beta)
    {
        var activations = Elastic(0.75, 1.5, PenalizedFactor.Activations);
        var dictionary = Elastic(1, 2, PenalizedFactor.Dictionary);
        for (var seed = 0; seed < 10; seed++)
        {
            // Components are on their way to zero when the fit ends.
            foreach (var iterations in new[] { 40, 80, 120, 160, 200, 240 })
                Check<double>(beta, seed, 1, activations, dictionary, iterations);
            Check<double>(beta, seed, 1, activations, dictionary);
            Check<float>(beta, seed, 1, activations, dictionary);
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void Every_pair_of_penalties(double beta)
    {
        NmfPenalty[][] ofH = [
            [], [new L1Penalty(1)], [new L2Penalty(1)], [new LogPenalty(1, 0.1)], [new SmoothnessPenalty(1)],
            [new GroupPenalty([[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]], 1, 0.1)]];
        foreach (var activations in ofH)
        {
            foreach (var dictionary in new[]
                { Elastic(1, 0, PenalizedFactor.Dictionary), Elastic(0, 2, PenalizedFactor.Dictionary) })
            {
                foreach (var strength in new[] { 1.0, 1e3, 1e8 })
                {
                    Check<double>(beta, 3, strength, activations, dictionary);
                    Check<float>(beta, 3, strength, activations, dictionary);
                }
            }
        }
    }

    private static NmfPenalty[] Elastic(double l1, double l2, PenalizedFactor factor)
        => [new L1Penalty(l1) { Factor = factor }, new L2Penalty(l2) { Factor = factor }];

    private static void Check<T>(
        double beta, int seed, double strength, NmfPenalty[] activations, NmfPenalty[] dictionary,
        int? iterations = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, Samples * Features).Select(_ => strength == 1 ? random.NextDouble() + 1e-9
            : (random.NextDouble() + 1e-9) / strength).ToArray();
        var model = NmfFactorizer.Fit(
            TestData.Dense<T>(values, Samples, Features),
            new NmfOptions
            {
                Rank = Rank,
                Problem = new BetaNmf(beta) { Penalties = [.. activations, .. dictionary] },
                Initialization = NmfInitialization.Random,
                Iterations = iterations is { } most ? new() { MaximumIterations = most, Tolerance = 0 }
                    : new() { MaximumIterations = 300 },
                Seed = seed,
                Threads = 1,
            });
        UnitBits.Descends(model.Report);
        Assert.True(double.IsFinite(model.Objective));
        Assert.All(
            model.Dictionary.ToRowMajor().Concat(model.Activations.ToRowMajor()),
            value => Assert.True(T.IsFinite(value) && value >= T.Zero));
        Assert.All(
            (model.Penalty?.Linear ?? []).Concat(model.Penalty?.Quadratic ?? []),
            weight => Assert.True(double.IsFinite(weight)));
        Assert.Equal(Rank, model.Dictionary.Columns);

        // What has died is zero on both sides.
        for (var k = 0; k < Rank; k++)
        {
            var size = Enumerable.Range(0, Features).Sum(f => double.CreateChecked(model.Dictionary[f, k]));
            Assert.True(size > 0.9 || (size == 0 && model.Contributions[k] == 0), $"A column has the sum {size}.");
        }

        var inferred = model.Transform(TestData.Dense<T>(values, Samples, Features));
        Assert.All(inferred.ToRowMajor(), value => Assert.True(T.IsFinite(value)));
    }
}

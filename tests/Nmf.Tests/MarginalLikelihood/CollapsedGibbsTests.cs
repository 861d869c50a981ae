using MathNet.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>The Gamma-Poisson model by collapsed Gibbs sampling: expectations that are known, planted components, and
/// what is refused.</summary>
public sealed class CollapsedGibbsTests
{
    [Fact]
    public void Expected_counts_are_those_of_all_ways_to_share_them()
    {
        double[] w = [1, 0.5, 0.25, 2], shape = [1.5, 2];
        var (first, second, total) = (0.0, 0.0, 0.0);
        for (var a = 0; a <= 2; a++)
        {
            for (var b = 0; b <= 3; b++)
            {
                var p = Math.Pow(w[0], a) * Math.Pow(w[1], 2 - a) * Math.Pow(w[2], b) * Math.Pow(w[3], 3 - b)
                    * SpecialFunctions.Gamma(shape[0] + a + b) / Math.Pow(1 + 1.25, a + b)
                    * SpecialFunctions.Gamma(shape[1] + 5 - a - b) / Math.Pow(1 + 2.5, 5 - a - b)
                    / (SpecialFunctions.Factorial(a) * SpecialFunctions.Factorial(2 - a)
                        * SpecialFunctions.Factorial(b) * SpecialFunctions.Factorial(3 - b));
                (first, second, total) = (first + (p * a), second + (p * b), total + p);
            }
        }

        using var team = new WorkTeam(1);
        var solver = new CollapsedGibbsSolver<double>(
            NmfData<double>.FromDense([2, 3], 1, 2), Matrix<double>.FromRowMajor(w, 2, 2),
            Matrix<double>.FromRowMajor([2.0, 2.0], 1, 2), [.. shape], [1, 1], false, 1, 0, 100_000, team);
        solver.Step();

        // w_fk = β E[c_fk] / (N α_k).
        Assert.Equal(first / total, solver.W[0, 0] * shape[0], 0.01);
        Assert.Equal(second / total, solver.W[1, 0] * shape[0], 0.01);
        Assert.Equal(2, (solver.W[0, 0] * shape[0]) + (solver.W[0, 1] * shape[1]), 1e-6);
    }

    [Fact]
    public void Planted_counts_are_about_as_likely_as_by_the_variational_method_whatever_the_threads()
    {
        var data = PlantedCounts.Create(200, 30, 3, 2);
        var options = new MarginalLikelihoodOptions
        {
            Rank = 6, Seed = 2, Method = MarginalMethod.MonteCarlo, Sweeps = 1, Threads = 1,
            Iterations = new() { MaximumIterations = 120, CheckInterval = 20 },
        };
        var model = MarginalLikelihood.Fit(data, options);
        var other = MarginalLikelihood.Fit(data, options with { Method = MarginalMethod.Variational });
        Assert.InRange(model.Report!.Objective, 0.9 * other.Report!.Objective, 1.1 * other.Report.Objective);
        Assert.Equal(120, model.Report.Iterations);
        var two = MarginalLikelihood.Fit(data, options with { Threads = 3 });
        Assert.Equal(model.Dictionary.ToRowMajor(), two.Dictionary.ToRowMajor());
        Assert.Equal(model.Report.StartObjectives, two.Report!.StartObjectives);
    }

    [Fact]
    public void With_one_component_nothing_is_drawn_and_the_variational_posterior_is_exact()
    {
        var data = PlantedCounts.Create(60, 12, 2, 3);
        var options = new MarginalLikelihoodOptions
        {
            Rank = 1, Seed = 4, Iterations = new() { MaximumIterations = 30, Tolerance = 0 },
        };
        var variational = MarginalLikelihood.Fit(data, options);
        var sampled = MarginalLikelihood.Fit(data, options with { Method = MarginalMethod.MonteCarlo, Sweeps = 1 });
        for (var f = 0; f < 12; f++)
            Assert.Equal(variational.Dictionary[f, 0], sampled.Dictionary[f, 0], 1e-6);
        Assert.Equal(variational.Report!.Objective, sampled.Report!.Objective, 1e-6 * variational.Report.Objective);
    }

    [Fact]
    public void Counts_that_are_not_whole_are_named()
    {
        var error = Assert.Throws<NmfDataException>(() => MarginalLikelihood.Fit(
            TestData.Sparse<float>([1, 2, 0, 2.5], 2, 2),
            new MarginalLikelihoodOptions { Rank = 2, Method = MarginalMethod.MonteCarlo }));
        Assert.Contains("sample 1, feature 1 is 2.5", error.Message, StringComparison.Ordinal);
    }
}

using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class SolutionStabilityTests
{
    // Three blocks of features and pure samples: one solution, which every start finds.
    private static NmfData<double> Blocks()
    {
        var values = new double[30 * 9];
        for (var n = 0; n < 30; n++)
        {
            for (var f = 0; f < 9; f++)
                values[(n * 9) + f] = f / 3 == n % 3 ? (1 + (n * 0.1)) * (f + 1) : 0;
        }

        return NmfData<double>.FromDense(values, 30, 9);
    }

    private static readonly NmfOptions Options = new()
    {
        Rank = 3, Problem = 1, Iterations = new() { MaximumIterations = 300, Tolerance = 1e-9 }, Seed = 3,
    };

    [Fact]
    public void A_unique_solution_is_found_by_all_starts()
    {
        var report = SolutionStability.Run(Blocks(), Options, starts: 6);
        Assert.Equal(6, report.Runs.Count);
        Assert.Equal(report.Runs.Min(run => run.Objective), report.Runs[report.BestStart].Objective);
        Assert.Equal(Uniqueness.Unique, report.Identifiability.Verdict);
        var best = report.Runs[report.BestStart].Objective;
        var alike = report.Runs.Count(run => run.Objective < best + 1e-6);
        Assert.All(report.Components, component =>
        {
            Assert.True(component.Cosines.Count(cosine => cosine > 0.9999) >= alike);
            Assert.Equal(1, component.Cosines[report.BestStart], 12);
            Assert.InRange(component.Mean.Sum(), (alike / 6.0) - 1e-9, 1 + 1e-9);
            Assert.Equal(6, component.Contributions.Count);
        });
        Assert.Contains("Of 6 starts", report.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Starts_that_stop_early_differ()
    {
        var data = TestData.Dense<double>(TestData.Positive(40, 12, 3, 2), 40, 12);
        var options = Options with { Problem = 2, Iterations = new() { MaximumIterations = 5 } };
        var report = SolutionStability.Run(data, options, starts: 5);
        Assert.All(report.Components, component => Assert.InRange(component.Stability, 0.3, 1));
        Assert.Contains(report.Components, component => component.StandardDeviation.Max() > 1e-4);
    }

    [Fact]
    public void Threads_do_not_matter()
    {
        var data = TestData.Dense<float>(TestData.Positive(40, 12, 3, 2), 40, 12);
        var options = Options with { Iterations = new() { MaximumIterations = 20 } };
        var one = SolutionStability.Run(data, options with { Threads = 1 }, starts: 4);
        var three = SolutionStability.Run(data, options with { Threads = 3 }, starts: 4);
        Assert.Equal(one.ToText(), three.ToText());
        Assert.Equal(one.Runs.Select(run => run.Objective), three.Runs.Select(run => run.Objective));
        Assert.Equal(one.Components[1].StandardDeviation, three.Components[1].StandardDeviation);
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SolutionStability.Run(Blocks(), Options, starts: 1));
        Assert.Throws<ArgumentException>(
            () => SolutionStability.Run(Blocks(), Options with { Problem = new AutomaticRelevance { Beta = 1 } }));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => SolutionStability.Run(Blocks(), Options, cancellationToken: cancelled.Token));
    }
}

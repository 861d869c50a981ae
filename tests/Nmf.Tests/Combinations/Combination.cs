namespace Nmf.Tests.Combinations;

/// <summary>Two choices in one fit, or one alone.</summary>
internal sealed record Combination(ModelChoice First, ModelChoice Second)
{
    /// <summary>The values of β that are tried.</summary>
    public static readonly double[] Betas = [0, 0.5, 1, 1.5, 2, 3];

    // In units of the objective before; in double precision the passes round far below.
    private const double Rounding = 1e-9;

    /// <summary>Whether the two cannot even be asked for together.</summary>
    public bool IsExclusive
        => First != Second && (First.Property == Second.Property || !First.Problems.Intersect(Second.Problems).Any());

    /// <summary>Fits, at one β.</summary>
    /// <returns>The message with which it was refused, or null.</returns>
    public string? Refusal(double beta)
    {
        try
        {
            _ = Objectives(beta, First, Second);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NmfDataException or NotSupportedException)
        {
            return e.Message;
        }
    }

    /// <summary>Whether one of the two is ignored: the fit is then the same as that of the other alone.</summary>
    public bool Ignores(ModelChoice choice, double beta)
    {
        var other = choice == First ? Second : First;
        var together = Objectives(beta, First, Second);
        var without = Objectives(beta, other, other);
        return together.Zip(without, (a, b) => Math.Abs(a - b) <= 1e-12 * Math.Abs(b)).All(same => same);
    }

    /// <summary>Fits from a random start, checks what every fit must satisfy, and returns the history of
    /// the objective.</summary>
    private static double[] Objectives(double beta, ModelChoice first, ModelChoice second)
    {
        var options = new NmfOptions
        {
            Rank = CombinationData.Rank, Problem = beta, Initialization = NmfInitialization.Random, Seed = 2,
            Iterations = new() { MaximumIterations = 30, Tolerance = 0, CheckInterval = 1 }, Threads = 1,
            Inference = new() { Tolerance = 1e-3 },
        };
        options = options with { Problem = first.Apply(options.Problem) };
        if (second != first)
            options = options with { Problem = second.Apply(options.Problem) };
        var zeros = options.Problem.Entry.AllowsZeros;
        var data = CombinationData.Create(first.Traits | second.Traits, zeros);
        var model = NmfFactorizer.Fit(data, options);
        var objectives = model.Report.History.Select(point => point.Objective).ToArray();
        for (var i = 1; i < objectives.Length; i++)
        {
            Assert.True(
                objectives[i] <= objectives[i - 1] + (Rounding * Math.Abs(objectives[i - 1])),
                $"{first.Name} with {second.Name}, beta = {beta}: "
                + $"the objective rose from {objectives[i - 1]:R} to {objectives[i]:R} in iteration {i}.");
        }

        var activations = model.Transform(data);
        Assert.Equal((CombinationData.Samples, model.Dictionary.Columns), (activations.Rows, activations.Columns));
        Assert.All(
            activations.ToRowMajor().Concat(model.Dictionary.ToRowMajor()).Concat(model.Activations.ToRowMajor()),
            v => Assert.True(v >= 0 && double.IsFinite(v)));
        Assert.InRange(model.ExplainedPart, double.MinValue, 1);
        return objectives;
    }
}

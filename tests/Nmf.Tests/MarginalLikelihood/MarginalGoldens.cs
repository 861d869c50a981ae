using System.Text.Json;

namespace Nmf.Tests;

/// <summary>What an independent program gives (tests/goldens/make_marginal_goldens.py).</summary>
internal sealed record MarginalGoldens(
    MarginalTrajectory[] Poisson, MarginalTrajectory[] Exponential, TinyProblem[] Exact, TinyProblem[] ExactExponential,
    GammaValues Gamma, BesselValues[] Bessel)
{
    public static readonly MarginalGoldens Values = JsonSerializer.Deserialize<MarginalGoldens>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "marginal.json")), JsonSerializerOptions.Web)!;
}

internal sealed record MarginalTrajectory(double Shape, MarginalState[] Iterations);

internal sealed record MarginalState(double Objective, double[] Dictionary, double[] Rates);

/// <summary>One sample of two components, whose likelihood is known.</summary>
internal sealed record TinyProblem(double[] Values, double[] Dictionary, double Shape, double[] Rates, double Log);

internal sealed record GammaValues(double[] Arguments, double[] Digamma, double[] LogGamma);

internal sealed record BesselValues(double Order, double[] Arguments, double[] LogScaled, double[] Ratio);

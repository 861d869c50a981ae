using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Chooses the solver of a measure of fit other than a β-divergence, and of the outlier term.</summary>
internal static class MeasureSolver
{
    public static Solver<T> Create<T>(NmfData<T> data, NmfOptions options, NmfStart<T> start, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (options.Outliers is { } outliers)
        {
            var exponent = options.EffectiveSolver == NmfSolver.MajorizationMinimization
                ? BetaDivergence.MajorizationExponent(options.Beta) : BetaDivergence.FastExponent(options.Beta);
            return new MeasureMultiplicativeSolver<T>(
                data, data.CreateRobustPass(options.Rank, options.Beta, outliers, team), exponent, start, team);
        }

        return options.Measure switch
        {
            AlphaDivergence { Alpha: var alpha } measure => new MeasureMultiplicativeSolver<T>(
                data, data.CreatePass(options.Rank, measure, team), alpha == 0 ? 1 : 1 / alpha, start, team,
                isExponential: alpha == 0),
            BregmanDivergence measure => new BregmanSolver<T>(data, measure, start, team),
            BernoulliLikelihood measure => new BernoulliSolver<T>(data, measure, start, team),
            _ => throw new ArgumentException($"There is no solver for {options.Measure}.", nameof(options)),
        };
    }
}

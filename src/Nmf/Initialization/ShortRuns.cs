using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The best of several short runs from random factors (Biernacki, Celeux and Govaert, "Choosing starting values for the
/// EM algorithm", 2003). Where a divergence is not convex, how good the end of a fit is shows early: the same number of
/// iterations is better spent on a choice than on one start.
/// </summary>
internal static class ShortRuns
{
    private const int Runs = 4;
    private const int Iterations = 15;

    /// <summary>Runs and chooses by the objective.</summary>
    /// <param name="data">Data.</param>
    /// <param name="fit">What to fit and how.</param>
    /// <param name="number">Number of the start; no two have a run in common.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    public static NmfStart<T> Best<T>(
        NmfData<T> data, NmfOptions fit, int number, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fit = fit with { Initialization = NmfInitialization.Random };
        var (best, least) = ((NmfStart<T>?)null, double.PositiveInfinity);
        for (var run = 0; run < Runs; run++)
        {
            var solver = Solver<T>.Create(
                data, fit, fit.Problem.CreateStart(data, fit, (Runs * number) + run, team, cancellationToken), team);
            for (var i = 0; i < Iterations; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                solver.Step();
            }

            var objective = solver.Objective();
            if (best is null || objective < least)
                (best, least) = (solver.Factors, objective);
        }

        return best!;
    }
}

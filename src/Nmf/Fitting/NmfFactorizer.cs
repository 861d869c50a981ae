using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Fits the factorisation V ≈ H Wᵀ.</summary>
public static class NmfFactorizer
{
    /// <summary>Fits a dictionary and activations.</summary>
    /// <param name="data">Data, samples x features.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="start">Factors to start from (copied), or null for those of <see cref="NmfOptions.Initialization"/>. Where it has no activations
    /// they are inferred from its dictionary.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration; nothing remains of a cancelled fit.</param>
    /// <returns>The model of the start with the lowest objective.</returns>
    /// <exception cref="ArgumentException">An option is out of range, shapes do not match, or the rank is above what the start allows.</exception>
    /// <exception cref="NmfDataException">The data have a value for which the measure of fit is not finite: a zero where β ≤ 0.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite, or automatic relevance determination found no relevant component.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static NmfModel<T> Fit<T>(
        NmfData<T> data,
        NmfOptions options,
        NmfStart<T>? start = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        data.RequireValidFor(options);
        if (data.IsWeighted)
            options = options with { Solver = options.EffectiveSolverFor(data) };
        start?.RequireShape(data.Samples, data.Features, options.Rank);
        cancellationToken.ThrowIfCancellationRequested();

        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var objectives = new double[options.Starts];
        (NmfStart<T> Factors, FitReport Report, FittedTerms Terms)? best = null;
        try
        {
            for (var i = 0; i < options.Starts; i++)
            {
                var factors = i == 0 && start is not null
                    ? CopyOf(start, data, options, team, cancellationToken)
                    : Initializer.Create(data, options, i, team);
                try
                {
                    for (var stage = 0; stage < (options.Annealing?.Stages ?? 0); stage++)
                    {
                        Improve(i, factors, options.Annealing!.StageOptions(stage, options));
                        BetaAnnealing.Raise(factors);
                    }

                    var (report, terms) = Improve(i, factors, options);
                    objectives[i] = report.Objective;
                    if (best is null || report.Objective < best.Value.Report.Objective)
                        (best, factors) = ((factors, report, terms), best?.Factors);
                }
                finally
                {
                    factors?.Dispose();
                }
            }

            // Endmembers that are known, from a library or picked from the samples, keep their order.
            var isGiven = start is not null && options.MaximumIterations == 0 && options.EffectiveScale == ComponentScale.None;
            return NmfModel<T>.Create(data, options, best!.Value.Factors, best.Value.Report.With(objectives), best.Value.Terms, team, cancellationToken, keepsOrder: isGiven);
        }
        catch
        {
            best?.Factors.Dispose();
            throw;
        }

        (FitReport Report, FittedTerms Terms) Improve(int number, NmfStart<T> factors, NmfOptions stage)
        {
            using var solver = Solver<T>.Create(data, stage, factors, team);
            var report = FitLoop.Run(
                solver,
                stage,
                progress is null ? null : (done, objective) => progress.Report(
                    new FitProgress(number, options.Starts, done, stage.MaximumIterations, objective) { Beta = stage.Beta }),
                cancellationToken);
            return (report, solver.Terms());
        }
    }

    private static NmfStart<T> CopyOf<T>(NmfStart<T> start, NmfData<T> data, NmfOptions options, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var activations = start.Activations?.Clone();
        if (activations is null)
        {
            activations = Inference.Run(start.Dictionary, data, options, null, team, cancellationToken);
        }

        return new NmfStart<T>(start.Dictionary.Clone(), activations);
    }
}

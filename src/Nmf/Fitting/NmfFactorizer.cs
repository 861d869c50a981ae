using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Fits the factorisation V ≈ H Wᵀ.</summary>
public static class NmfFactorizer
{
    // Of an objective in single precision.
    private const double Rounding = 1e-6;

    /// <summary>Fits a dictionary and activations.</summary>
    /// <param name="data">Data, samples x features.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="start">Factors to start from (copied), or null for those of
    /// <see cref="NmfOptions.Initialization"/>. Where it has no activations they are inferred
    /// from its dictionary. What the data have and it does not is raised in it; where the fit then ends above the
    /// objective of what was given, it is run again from that as it is.</param>
    /// <param name="checkpoint">
    /// Where to save the state at intervals and to find that of an interrupted fit, or null. The state is written
    /// between two checks of the objective (<see cref="IterationOptions.CheckInterval"/>): the factors, what the solver
    /// remembers of earlier iterations (up to as much again, twice where the solver keeps a gradient), and the best
    /// factors of the starts before. All data are read once more, at the beginning. The result is that of a fit without
    /// checkpoints, bit for bit.
    /// </param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration; nothing remains of a cancelled fit but a
    /// checkpoint that was written, unless <see cref="IterationOptions.ReturnsWhenCancelled"/> says so.</param>
    /// <returns>The model of the start with the lowest objective.</returns>
    /// <exception cref="ArgumentException">An option is out of range, shapes do not match, or the rank is above what
    /// the start allows.</exception>
    /// <exception cref="NmfDataException">The data have a value for which the measure of fit is not finite: a zero
    /// where β ≤ 0.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite, or automatic relevance determination found
    /// no relevant component.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit: other data,
    /// options or factors to start from.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static NmfModel<T> Fit<T>(
        NmfData<T> data,
        NmfOptions options,
        NmfStart<T>? start = null,
        NmfCheckpoint? checkpoint = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Fit(data, options, start, checkpoint, progress, first: 0, ownsData: false, cancellationToken);

    /// <param name="data">Data.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="start">Factors to start from, or null.</param>
    /// <param name="checkpoint">Where to save the state, or null.</param>
    /// <param name="progress">Told the objective at every check.</param>
    /// <param name="first">Number of the first start: those before it are left out.</param>
    /// <param name="ownsData">Whether nobody else reads the data during the fit: they need no copy in its unit, and are
    /// left in it.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    internal static NmfModel<T> Fit<T>(
        NmfData<T> data, NmfOptions options, NmfStart<T>? start, NmfCheckpoint? checkpoint,
        IProgress<FitProgress>? progress, int first, bool ownsData, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        options.Problem.RequireValid(data);
        var solver = options.EffectiveSolverFor(data);
        var mask = start?.ZerosThatStay;
        if (mask is not null)
            options.Problem.RequireZerosStay();
        options = options with { Solver = solver };
        start?.RequireUsable(data.Samples, data.Features, options.Rank);
        if (start?.WarmsUp == true)
            options.Problem.RequireWarmUp(mask is not null);
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Shards is not null)
        {
            return ShardedFit.Run(
                data, options, start, checkpoint, progress, first, cancellationToken);
        }

        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var facts = checkpoint is null ? null : CheckpointFacts.Of<T>("fit in memory", checkpoint).AddData(data);
        var (all, given) = (data, start);
        var counted = IsGiven(options, start) ? null : options.Problem.SamplesThatCount(data);
        if (counted is not null)
        {
            (data, ownsData) = (LitPixels.Select(data, counted), true);
            start = start?.Activations is not { } activations ? start
                : new NmfStart<T>(start.Dictionary, LitPixels.Rows(activations, counted));
        }

        var unit = FitUnit.Of(data, options.Problem, start);
        var inUnit = ownsData ? data.IntoUnit(unit, options.Problem.Entry) : data.InUnit(unit, options.Problem.Entry);
        var (problem, found) = options.Problem.Settle(
            inUnit, unit, options, start is not null, team, cancellationToken);
        options = options with { Problem = problem };
        var model = Run(lifts: true, checkpoint);

        // What was raised for the sake of what is new may cost what was there. Never worse than what was given.
        if (start is null || model.Report.StopReason > StopReason.MaximumIterations || options.Problem.Stages > 0
            || options.Iterations.MaximumIterations == 0)
            return model;
        var asGiven = Plan(lifts: false);
        var before = asGiven.Objective(0, asGiven.ObjectiveOfGiven());
        var isWorse = double.IsFinite(before) && model.Report.Objective - before > Rounding * Math.Abs(before);
        return isWorse ? Run(lifts: false, null) : model;

        NmfPlan<T> Plan(bool lifts) => new(
            inUnit, options, unit, start is null ? null : unit.Apply(start), first, team, cancellationToken)
        {
            Found = found, Mask = mask, Lifts = lifts, WarmsUp = given?.WarmsUp == true,
        };

        NmfModel<T> Run(bool lifts, NmfCheckpoint? saved) => new BestOfStarts<Solver<T>,
            (NmfStart<T> Factors, FittedTerms Terms)>(Plan(lifts), progress, cancellationToken)
            .Run(
                saved,
                () => options.AddTo(facts!)
                    .AddFactor(
                        given?.WarmsUp == true ? "initial dictionary, on a sketch first" : "initial dictionary",
                        given?.Dictionary)
                    .AddFactor(
                        mask is null ? "initial activations" : "initial activations, whose zeros stay",
                        given?.Activations)
                    .Add("exponent of the unit", unit.Data),
                (best, report) =>
                {
                    var end = report.StopReason == StopReason.Cancelled ? CancellationToken.None : cancellationToken;
                    var model = NmfModel<T>.Create(
                        data, inUnit, unit, options, best.Factors, report, best.Terms, team, end,
                        keepsOrder: IsGiven(options, start), keepsActivations: mask is not null);
                    return counted is null ? model : model.Completed(all, counted, !data.IsSparse, team, end);
                });
    }

    // Endmembers that are known, from a library or picked from the samples, keep their order.
    private static bool IsGiven<T>(NmfOptions options, NmfStart<T>? start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => start is not null && options.Iterations.MaximumIterations == 0
            && options.EffectiveScale == ComponentScale.None;
}

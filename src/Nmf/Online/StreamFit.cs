using System.Numerics;

namespace Nmf;

/// <summary>The passes of a fit to a stream whose parts are wherever they are. Not the loop of the other models: a pass
/// is interrupted and resumed between two rounds, and its cost is known only when it has ended.</summary>
internal static class StreamFit
{
    /// <summary>Runs the passes that are left, and evaluates.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="learner">Learns; where the fit has begun already, what it has learnt.</param>
    /// <param name="state">How far it is.</param>
    /// <param name="after">Called after every round, and with true after every whole pass.</param>
    /// <param name="cancellationToken">Looked at between rounds.</param>
    public static NmfModel<T> Run<T>(
        StreamParts<T> parts, OnlineNmf<T> learner, StreamFitState state, Action<bool> after,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => FitScope.Run(typeof(OnlineNmf<T>), scope =>
        {
            scope.Begin(state.History.Count);
            if (state.Passes > 0 && state.SamplesInPass == 0)
                state.Stopped = StopOf(state, learner.Options);
            while (state.Stopped is null)
            {
                RunPass(parts, learner, state, after, cancellationToken);
                state.Stopped = StopOf(state, learner.Options);
                scope.Check(state.History.Count, state.History[^1].Objective);
                after(true);
            }

            var model = StreamEvaluation.Finish(parts, learner, state, cancellationToken);
            scope.End(model.Report);
            return model;
        });

    /// <exception cref="NmfDataException">A pass had another number of samples than those before.</exception>
    public static void RequireSamples(StreamFitState state, long samples)
    {
        if (state.Samples is { } before && before != samples)
        {
            throw new NmfDataException(
                $"The source has given {samples} samples in pass {state.Passes + 1}, "
                + $"but {before} in the passes before. All passes must see the same samples in the same order.");
        }
    }

    private static void RunPass<T>(
        StreamParts<T> parts, OnlineNmf<T> learner, StreamFitState state, Action<bool> after,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        learner.SamplesOfPass = state.Samples;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var figures = learner.Learn(parts, state.Passes + 1, state.RoundsInPass);
            if (figures.Parts == 0)
                break;
            state.AddRound(figures);
            after(false);
        }

        if (state.SamplesInPass == 0 && state.Samples is null)
            throw new NmfDataException(
                "There are no samples to factorize: the source was read to its end without finding one.");
        if (state.Sum == 0)
            throw new NmfDataException(
                $"All entries of all {state.SamplesInPass} samples are zero: there is nothing to factorize.");
        RequireSamples(state, state.SamplesInPass);
        state.EndPass();
    }

    private static StopReason? StopOf(StreamFitState state, OnlineNmfOptions options)
    {
        var history = state.History;
        if (options.Tolerance > 0 && history.Count > 1
            && history[^2].Objective - history[^1].Objective < options.Tolerance * history[^1].Objective)
        {
            return StopReason.Converged;
        }
        return history.Count >= options.Passes ? StopReason.MaximumIterations : null;
    }
}

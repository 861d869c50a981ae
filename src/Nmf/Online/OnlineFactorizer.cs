using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What a running fit to a stream reports after every batch.</summary>
public sealed record OnlineFitProgress
{
    internal OnlineFitProgress(int pass, int passes, long samples, long? samplesOfPass, double averageCost)
        => (Pass, Passes, Samples, SamplesOfPass, AverageCost) = (pass, passes, samples, samplesOfPass, averageCost);

    /// <summary>Which pass is running, from 1.</summary>
    public int Pass { get; }

    /// <summary>Most passes.</summary>
    public int Passes { get; }

    /// <summary>Samples learnt in this pass.</summary>
    public long Samples { get; }

    /// <summary>Samples of a whole pass, or null during the first.</summary>
    public long? SamplesOfPass { get; }

    /// <summary>Cost per entry, averaged over the batches of this pass so far.</summary>
    public double AverageCost { get; }
}

/// <summary>Fits a dictionary to samples that do not fit into memory, in several passes over their source.</summary>
public static class OnlineFactorizer
{
    private const string Content = "fit to a stream";

    /// <summary>Fits a dictionary.</summary>
    /// <param name="source">The samples. All passes must see the same samples in the same order.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="dictionary">Dictionary to start from (copied), or null to make one from the first batch.</param>
    /// <param name="checkpoint">Where to save the state at intervals and to find that of an
    /// interrupted fit, or null.</param>
    /// <param name="progress">Told the averaged cost after every batch, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at between updates; a checkpoint that was written stays.</param>
    /// <returns>
    /// A model without activations. Its report has one entry for each pass: the cost of the batches, each with the
    /// dictionary before it. Its objective is that of one more pass over the source with the dictionary found, and with
    /// activations from five times as many inner updates: an upper bound, usually a close one, of what
    /// <see cref="NmfModel{T}.Transform"/> would give.
    /// </returns>
    /// <remarks>
    /// Memory: that of <see cref="OnlineNmf{T}"/> and two batches, whatever the number of samples. The averaged cost
    /// falls from pass to pass until it fluctuates with the batches; it is not guaranteed to fall in each, because a
    /// dictionary is judged by data that it has not learnt yet.
    /// </remarks>
    /// <exception cref="ArgumentException">An option is out of range, shapes do not match, or the rank is above what
    /// the start allows.</exception>
    /// <exception cref="NmfDataException">The source is empty, all zero, changes between passes, or has an entry that
    /// cannot be factorised.</exception>
    /// <exception cref="NmfNumericalException">The cost is not finite.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static NmfModel<T> Fit<T>(
        INmfBatchSource<T> source,
        OnlineNmfOptions options,
        Matrix<T>? dictionary = null,
        NmfCheckpoint? checkpoint = null,
        IProgress<OnlineFitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(source);
        checkpoint?.Validate();
        using var learner = new OnlineNmf<T>(options, dictionary);
        if (learner.Features is { } features && features != source.Features)
            throw new ArgumentException(
                $"The dictionary has {features} features, but the samples have {source.Features}.", nameof(dictionary));
        cancellationToken.ThrowIfCancellationRequested();

        var state = new StreamFitState();
        FitCheckpoint? saved = null;
        if (checkpoint is not null)
        {
            saved = new FitCheckpoint(
                checkpoint, Facts(learner, source, dictionary, checkpoint, cancellationToken),
                writer =>
                {
                    state.Save(writer);
                    learner.SaveState(writer);
                },
                reader =>
                {
                    state.Load(reader);
                    learner.LoadState(reader, source.Features);
                });
            saved.Resume();
            if (state.Passes > 0 && state.SamplesInPass == 0)
                state.Stopped = StopOf(state, options);
        }

        return FitScope.Run(typeof(OnlineNmf<T>), scope =>
        {
            // Not the loop of the other models: a pass is interrupted and resumed between two batches, and its cost is
            // known only when it has ended.
            scope.Begin(state.History.Count);
            while (state.Stopped is null)
            {
                RunPass(source, learner, state, saved, progress, cancellationToken);
                state.Stopped = StopOf(state, options);
                scope.Check(state.History.Count, state.History[^1].Objective);
                saved?.Write();
            }

            var model = StreamEvaluation.Finish(source, learner, state, cancellationToken);
            saved?.Delete();
            scope.End(model.Report);
            return model;
        });
    }

    private static void RunPass<T>(
        INmfBatchSource<T> source, OnlineNmf<T> learner, StreamFitState state, FitCheckpoint? saved,
        IProgress<OnlineFitProgress>? progress, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        learner.SamplesOfPass = state.Samples;
        foreach (var batch in
            ReadAhead.Of(source.Read(learner.Options.BatchSize, state.SamplesInPass, cancellationToken)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (batch.Features != source.Features)
                throw new NmfDataException(
                    $"A batch has {batch.Features} features after {state.SamplesInPass} samples, "
                    + $"but the source has announced {source.Features}.");
            state.AddBatch(batch.Samples, batch.Sum, learner.PartialFit(batch, cancellationToken));
            batch.GiveBack();

            progress?.Report(new OnlineFitProgress(
                state.Passes + 1, learner.Options.Passes, state.SamplesInPass, state.Samples,
                state.CostInPass / state.SamplesInPass / source.Features));
            saved?.WriteWhenDue();
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

    internal static void RequireSamples(StreamFitState state, long samples)
    {
        if (state.Samples is { } before && before != samples)
        {
            throw new NmfDataException(
                $"The source has given {samples} samples in pass {state.Passes + 1}, "
                + $"but {before} in the passes before. All passes must see the same samples in the same order.");
        }
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

    private static CheckpointFacts Facts<T>(
        OnlineNmf<T> learner, INmfBatchSource<T> source, Matrix<T>? dictionary, NmfCheckpoint checkpoint,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var facts = learner.Facts(Content)
            .Add("number of features", source.Features)
            .Add("label", checkpoint.Label)
            .Add("batch size", learner.Options.BatchSize)
            .Add("initial dictionary", dictionary is null ? "none" : CheckpointFacts.MarkOf(dictionary));
        var first = source.Read(learner.Options.BatchSize, 0, cancellationToken).FirstOrDefault();
        return facts.Add("first batch of the data", first is null ? "none" : CheckpointFacts.MarkOf(first));
    }
}

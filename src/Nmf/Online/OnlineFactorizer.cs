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
        return Fit([source], options, dictionary, checkpoint, progress, cancellationToken);
    }

    /// <summary>Fits a dictionary to a stream in parts: every round learns from one batch of each part at once, as
    /// <see cref="OnlineNmf{T}.PartialFit(IReadOnlyList{NmfData{T}}, CancellationToken)"/> does. A part that has ended
    /// before the others adds nothing to the rounds that are left of the pass.</summary>
    /// <remarks>The same bits wherever the parts are: what a fit of <c>MLNmf.Distributed</c> gives whose parts are on
    /// many machines. With other parts it is another fit. Memory: two batches and two dictionaries for every part.
    /// </remarks>
    /// <param name="parts">The parts in their order, at least one. All passes must see the same samples in the same
    /// order.</param>
    /// <param name="options">What to fit and how; <see cref="OnlineNmfOptions.BatchSize"/> is that of a batch of one
    /// part.</param>
    /// <param name="dictionary">Dictionary to start from (copied), or null to make one from the first batch of the
    /// first part (of the first that is not all zeros).</param>
    /// <param name="checkpoint">Where to save the state at intervals and to find that of an
    /// interrupted fit, or null.</param>
    /// <param name="progress">Told the averaged cost after every round, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at between updates; a checkpoint that was written stays.</param>
    /// <returns>A model without activations.</returns>
    /// <exception cref="ArgumentException">An option is out of range, there is no part, shapes do not match, or the
    /// rank is above what the start allows.</exception>
    /// <exception cref="NmfDataException">All parts are empty or zero, their sizes change between passes, or an entry
    /// cannot be factorised: the message names part and batch.</exception>
    /// <exception cref="NmfNumericalException">The cost is not finite.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static NmfModel<T> Fit<T>(
        IReadOnlyList<INmfBatchSource<T>> parts,
        OnlineNmfOptions options,
        Matrix<T>? dictionary = null,
        NmfCheckpoint? checkpoint = null,
        IProgress<OnlineFitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0)
            throw new ArgumentException("There is no part.", nameof(parts));
        checkpoint?.Validate();
        using var learner = new OnlineNmf<T>(options, dictionary);
        if (learner.Features is { } features && features != parts[0].Features)
        {
            throw new ArgumentException(
                $"The dictionary has {features} features, but the samples have {parts[0].Features}.",
                nameof(dictionary));
        }

        RequireFeatures(parts);
        cancellationToken.ThrowIfCancellationRequested();

        var state = new StreamFitState();
        FitCheckpoint? saved = null;
        if (checkpoint is not null)
        {
            saved = new FitCheckpoint(
                checkpoint, Facts(learner, parts, dictionary, checkpoint, cancellationToken),
                writer =>
                {
                    state.Save(writer);
                    learner.SaveState(writer);
                },
                reader =>
                {
                    state.Load(reader);
                    learner.LoadState(reader, parts[0].Features);
                });
            saved.Resume();
        }

        StreamPart<T>[] readers = [.. parts.Select((part, p) => new StreamPart<T>(
            part, learner.Worker(p), options, parts.Count == 1 ? null : $"Part {p}, ", ReadAhead.Of,
            cancellationToken))];
        try
        {
            var model = StreamFit.Run(
                new StreamParts<T>(new ShardTree<T>(readers), parts.Count, parts[0].Features), learner, state,
                isWhole =>
                {
                    if (isWhole)
                    {
                        saved?.Write();
                        return;
                    }

                    progress?.Report(new OnlineFitProgress(
                        state.Passes + 1, options.Passes, state.SamplesInPass, state.Samples,
                        state.CostInPass / state.SamplesInPass / parts[0].Features));
                    saved?.WriteWhenDue();
                },
                cancellationToken);
            saved?.Delete();
            return model;
        }
        finally
        {
            foreach (var reader in readers)
                reader.Dispose();
        }
    }

    private static void RequireFeatures<T>(IReadOnlyList<INmfBatchSource<T>> parts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var p = 1; p < parts.Count; p++)
        {
            if (parts[p].Features != parts[0].Features)
                throw new ArgumentException(
                    $"Part {p} has {parts[p].Features} features, but part 0 has {parts[0].Features}.", nameof(parts));
        }
    }

    private static CheckpointFacts Facts<T>(
        OnlineNmf<T> learner, IReadOnlyList<INmfBatchSource<T>> parts, Matrix<T>? dictionary, NmfCheckpoint checkpoint,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var facts = learner.Facts(Content)
            .Add("number of features", parts[0].Features)
            .Add("number of parts", parts.Count)
            .Add("label", checkpoint.Label)
            .Add("batch size", learner.Options.BatchSize)
            .Add("initial dictionary", dictionary is null ? "none" : CheckpointFacts.MarkOf(dictionary));
        for (var p = 0; p < parts.Count; p++)
        {
            var first = parts[p].Read(learner.Options.BatchSize, 0, cancellationToken).FirstOrDefault();
            facts.Add(
                parts.Count == 1 ? "first batch of the data" : $"first batch of part {p}",
                first is null ? "none" : CheckpointFacts.MarkOf(first));
        }

        return facts;
    }
}

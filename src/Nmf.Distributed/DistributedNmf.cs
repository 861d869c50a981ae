using Nmf.Distributed.Grains;
using Nmf.Distributed.Messages;
using Nmf.Kernels;
using Orleans.Runtime;

namespace Nmf.Distributed;

/// <summary>
/// Fits on the silos of a cluster. A fit has a name; whoever knows it may ask how it goes, wait for it, cancel it, and
/// take its model. The bits are those of <see cref="NmfFactorizer"/> with the same samples in the same shards
/// (<see cref="NmfOptions.Shards"/>), for any number of silos, and whatever dies on the way.
/// </summary>
/// <param name="grains">The cluster: an <c>IClusterClient</c>, or the grain factory of a silo.</param>
/// <remarks>Thread-safe. Single precision.</remarks>
public sealed partial class DistributedNmf(IGrainFactory grains)
{
    private const int RowsAtOnce = 4096;
    private const int MostGivenBytes = 16 << 20;

    private readonly IGrainFactory _grains = grains ?? throw new ArgumentNullException(nameof(grains));

    /// <summary>Begins a fit, or goes on with one that was cancelled or has failed. Nothing happens where a fit of the
    /// name runs or has ended, with the same data and options.</summary>
    /// <param name="fit">A name.</param>
    /// <param name="source">The name of a source (<see cref="ShardHostingExtensions.AddNmfShardSource"/>).</param>
    /// <param name="address">What the source understands.</param>
    /// <param name="options">What to fit and how, as for any fit with shards, but without their number: that is the
    /// source's.</param>
    /// <param name="start">A dictionary to start from, as it is, without activations: the shards infer these. Null
    /// for random factors.</param>
    /// <exception cref="ArgumentException">An option is out of range or does not go with shards.</exception>
    /// <exception cref="ShardFaultException">There is a fit of the name with other data or options.</exception>
    public Task StartAsync(
        string fit, string source, string address, NmfOptions options, NmfStart<float>? start = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(fit);
        var spec = FitSpec.Of(source, address, options, start);
        return Patiently(() => Start(fit, spec, start?.Dictionary), CancellationToken.None);
    }

    /// <summary>How a fit goes. A fit whose silo has died goes on when it is asked for.</summary>
    /// <param name="fit">Its name.</param>
    public Task<DistributedFitStatus> GetStatusAsync(string fit)
        => Patiently(() => Status(fit), CancellationToken.None);

    /// <summary>Fits, and waits.</summary>
    /// <param name="fit">A name.</param>
    /// <param name="source">The name of a source.</param>
    /// <param name="address">What the source understands.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="progress">Told how it goes, or null.</param>
    /// <param name="interval">How often it is asked, or null for four times a second.</param>
    /// <param name="start">A dictionary to start from, or null for random factors.</param>
    /// <param name="cancellationToken">Cancels the fit.</param>
    /// <returns>The model, without activations: these are in the shards.</returns>
    /// <exception cref="ShardFaultException">The fit has failed; the message says why.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<NmfModel<float>> FitAsync(
        string fit, string source, string address, NmfOptions options,
        IProgress<DistributedFitStatus>? progress = null, TimeSpan? interval = null, NmfStart<float>? start = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(fit);
        return Run(
            fit, FitSpec.Of(source, address, options, start), start?.Dictionary, progress, interval,
            cancellationToken);
    }

    /// <summary>Cancels a fit, and waits until its iteration has ended. Its checkpoint stays.</summary>
    /// <param name="fit">Its name.</param>
    public Task CancelAsync(string fit) => Patiently(() => Fit(fit).Cancel(), CancellationToken.None);

    /// <summary>The model of a fit that has ended, without activations.</summary>
    /// <param name="fit">Its name.</param>
    /// <exception cref="ShardFaultException">It has not ended.</exception>
    public Task<NmfModel<float>> GetModelAsync(string fit) => Patiently(() => Model(fit), CancellationToken.None);

    /// <summary>Numbers of samples of the shards of a fit that has ended.</summary>
    /// <param name="fit">Its name.</param>
    public async Task<IReadOnlyList<int>> GetShardSizesAsync(string fit)
        => (await Whole(fit).ConfigureAwait(false)).Sizes;

    /// <summary>The activations of the model of a shard: what <see cref="NmfModel{T}.Transform"/> gives for its
    /// samples, computed where they are.</summary>
    /// <param name="fit">The name of a fit that has ended.</param>
    /// <param name="shard">Number of the shard, from 0.</param>
    /// <param name="cancellationToken">Stops between messages.</param>
    /// <returns>samples of the shard x rank.</returns>
    public async Task<Matrix<float>> GetActivationsAsync(
        string fit, int shard, CancellationToken cancellationToken = default)
    {
        var result = await Whole(fit).ConfigureAwait(false);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)shard, (uint)result.Sizes.Length, nameof(shard));
        var leaf = Leaf(fit, result.Sizes.Length, shard);
        var h = new Matrix<float>(result.Sizes[shard], result.Components);
        for (var first = 0; first < h.Rows; first += RowsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(RowsAtOnce, h.Rows - first);
            var from = first;
            var rows = (await Patiently(() => leaf.Activations(from, count), cancellationToken).ConfigureAwait(false))
                .Values;
            for (var i = 0; i < rows.Rows; i++)
                rows.Row(i).CopyTo(h.Row(first + i));
        }

        return h;
    }

    /// <summary>All shards leave their activations in a sink, each on its silo.</summary>
    /// <param name="fit">The name of a fit that has ended.</param>
    /// <param name="sink">The name of a sink (<see cref="ShardHostingExtensions.AddNmfShardSink"/>).</param>
    /// <param name="address">What the sink understands.</param>
    /// <exception cref="ShardFaultException">The fit has not ended, or the sink fails; the message names the
    /// shard. A sink that fails for a reason that may go by itself is tried again, up to twenty times.</exception>
    public async Task StoreActivationsAsync(string fit, string sink, string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(sink);
        ArgumentNullException.ThrowIfNull(address);
        var shards = (await Whole(fit).ConfigureAwait(false)).Sizes.Length;
        var mark = Guid.NewGuid().ToString();
        await Task.WhenAll(Enumerable.Range(0, shards).Select(shard => Persistently(
            async () =>
            {
                while (!await Leaf(fit, shards, shard).Store(sink, address, mark).ConfigureAwait(false))
                {
                }
            },
            null, CancellationToken.None))).ConfigureAwait(false);
    }

    /// <summary>Forgets a fit: its data in the silos, its checkpoints, its model.</summary>
    /// <param name="fit">Its name.</param>
    public Task ForgetAsync(string fit) => Patiently(() => Fit(fit).Forget(), CancellationToken.None);

    // The dictionary goes to the storage of the fit once, in parts; a silo that dies on the way has to be told again.
    private async Task Start(string fit, FitSpec spec, Matrix<float>? start)
    {
        var grain = Fit(fit);
        while (!await grain.Start(spec).ConfigureAwait(false))
        {
            foreach (var part in MatrixParts.Cut([start!], MostGivenBytes))
                await grain.Give(spec.Start, part).ConfigureAwait(false);
        }
    }

    private async Task<NmfModel<float>> Run(
        string fit, FitSpec spec, Matrix<float>? start, IProgress<DistributedFitStatus>? progress,
        TimeSpan? interval, CancellationToken cancellationToken)
    {
        await Patiently(() => Start(fit, spec, start), cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var status = await Patiently(() => Status(fit), cancellationToken).ConfigureAwait(false);
                progress?.Report(status);
                switch (status.State)
                {
                    case FitState.Completed:
                        return await Patiently(() => Model(fit), cancellationToken).ConfigureAwait(false);
                    case FitState.Failed:
                        throw new ShardFaultException(ShardFaultKind.Lasting, status.Message);
                    case FitState.Cancelled:
                        throw new OperationCanceledException($"The fit '{fit}' was cancelled.");
                    case FitState.Unknown:
                        // The storage has not outlived the silo of the fit.
                        await Patiently(() => Start(fit, spec, start), cancellationToken).ConfigureAwait(false);
                        break;
                    default:
                        break;
                }

                await Task.Delay(interval ?? TimeSpan.FromSeconds(0.25), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(fit).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<DistributedFitStatus> Status(string fit)
    {
        var status = await Fit(fit).Status().ConfigureAwait(false);
        return new DistributedFitStatus(
            status.State, status.Iteration, status.Objective, status.Failures, status.Message, status.Shards,
            status.Pass, status.Samples, status.Reloaded);
    }

    private async Task<NmfModel<float>> Model(string fit)
    {
        var grain = Fit(fit);
        var result = await grain.Result().ConfigureAwait(false);
        return ModelOf(result, await Dictionary(result, grain.Dictionary).ConfigureAwait(false));
    }

    // Of a fit whose shards have activations.
    private async Task<FitResult> Whole(string fit)
    {
        var result = await Patiently(() => Fit(fit).Result(), CancellationToken.None).ConfigureAwait(false);
        return result.Spec.Online is null ? result : throw new ShardFaultException(
            ShardFaultKind.Lasting,
            $"The fit '{fit}' is one to a stream, which keeps no activations: TransformAsync infers them.");
    }

    private static async Task<Matrix<float>> Dictionary(FitResult result, Func<int, int, Task<MatrixRows>> rows)
    {
        var w = new Matrix<float>(result.Features, result.Components);
        for (var first = 0; first < w.Rows; first += RowsAtOnce)
        {
            var part = (await rows(first, Math.Min(RowsAtOnce, w.Rows - first)).ConfigureAwait(false)).Values;
            for (var i = 0; i < part.Rows; i++)
                part.Row(i).CopyTo(w.Row(first + i));
        }

        return w;
    }

    private static NmfModel<float> ModelOf(FitResult result, Matrix<float> w)
    {
        var history = result.Iterations.Select((iteration, i) => new ObjectivePoint(
            iteration, result.Objectives[i], new TimeSpan(result.Ticks[i]))).ToList();
        var report = new FitReport(history, result.Iterations[^1], result.StopReason)
        {
            StartObjectives = [result.Objectives[^1]],
        };
        if (result.Spec.Online is { } online)
        {
            return NmfModel<float>.FromStream(
                online.ToOptions(result.Spec).ToModelOptions(), w, report, result.Objective, result.ExplainedPart,
                result.Contributions);
        }

        var options = result.Spec.ToOptions(NmfShards.OfSizes(result.Sizes)) with { Solver = result.Solver };
        return NmfModel<float>.FromShards(
            options, new ShardedEnd<float>
            {
                Dictionary = w,
                Objective = result.Objective,
                ExplainedPart = result.ExplainedPart,
                Contributions = result.Contributions,
                Penalty = result.Penalty?.ToPenalty(),
                Unsolved = result.Unsolved,
                Relevance = result.Prior.Length == 0 ? null : new ComponentRelevance(
                    new RelevanceParameters(
                        result.Spec.Relevance!.Prior, result.Spec.Relevance.Dispersion, result.Prior[0],
                        result.Prior[1], result.Prior[2]),
                    result.Relevances, result.SortedRelevances),
            },
            new Matrix<float>(0, w.Columns), report);
    }

    private static Task<bool> Patiently(Func<Task> call, CancellationToken cancellationToken) => Patiently(
        async () =>
        {
            await call().ConfigureAwait(false);
            return true;
        }, cancellationToken);

    // A call to a silo that dies is lost; the next one finds another.
    private static async Task<TResult> Patiently<TResult>(
        Func<Task<TResult>> call, CancellationToken cancellationToken)
    {
        const int mostTries = 240;
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (Exception e) when (tries < mostTries && e is OrleansException or TimeoutException or IOException)
            {
                await Task.Delay(TimeSpan.FromSeconds(0.25), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private IShardLeaf Leaf(string fit, int shards, int shard)
        => _grains.GetGrain<IShardLeaf>(new NodeKey(fit, shards, shard, shard + 1).ToString());

    private IFitGrain Fit(string fit) => _grains.GetGrain<IFitGrain>(fit);
}

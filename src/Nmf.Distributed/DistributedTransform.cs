using System.Runtime.ExceptionServices;
using Nmf.Distributed.Grains;
using Nmf.Distributed.Messages;
using Orleans.Runtime;

namespace Nmf.Distributed;

/// <summary>How a transform of shards goes.</summary>
public sealed class DistributedTransformStatus
{
    internal DistributedTransformStatus(int done, int shards, long samples, int failures)
        => (Done, Shards, Samples, Failures) = (done, shards, samples, failures);

    /// <summary>Number of shards whose activations are in the sink.</summary>
    public int Done { get; }

    /// <summary>Number of all shards.</summary>
    public int Shards { get; }

    /// <summary>Number of samples of the shards that are done.</summary>
    public long Samples { get; }

    /// <summary>How often a shard was begun again, because its silo or the way to it, its source or the sink had
    /// failed.</summary>
    public int Failures { get; }
}

// Transform of shards where they are.
public sealed partial class DistributedNmf
{
    private const int MostFailuresOfShard = 20;

    /// <summary>Infers the activations of new shards for a fitted model, on the silos, where the shards are loaded, and
    /// has each silo leave them in a sink: to the bit what <see cref="NmfModel{T}.Transform"/> gives for the samples of
    /// a shard.</summary>
    /// <param name="model">A model, of whatever fit, with a β-divergence.</param>
    /// <param name="source">The name of a source of shards.</param>
    /// <param name="address">What it understands.</param>
    /// <param name="sink">The name of a sink (<see cref="ShardHostingExtensions.AddNmfShardSink"/>).</param>
    /// <param name="sinkAddress">What it understands.</param>
    /// <param name="progress">Told after every shard, or null.</param>
    /// <param name="cancellationToken">Stops, also on the silos; what is in the sink by then stays, and nothing comes
    /// after it but of sinks that do not look at their token for some seconds.</param>
    /// <returns>Numbers of samples of the shards.</returns>
    /// <remarks>A shard is in memory as long as it is worked on, as many at a time as the silo has computing threads.
    /// Where a silo dies its shards are done elsewhere, and may come to the sink again, the same. Nothing of it is
    /// stored: where the caller dies, call again.</remarks>
    /// <exception cref="ArgumentException">The model needs more than a dictionary, a β and penalties.</exception>
    /// <exception cref="ShardFaultException">A shard cannot be read, has a value that cannot be factorised, or failed
    /// too often; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<IReadOnlyList<int>> TransformAsync(
        NmfModel<float> model, string source, string address, string sink, string sinkAddress,
        IProgress<DistributedTransformStatus>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentException.ThrowIfNullOrEmpty(sink);
        ArgumentNullException.ThrowIfNull(sinkAddress);
        var spec = TransformSpec.Of(model);
        var key = $"transform {Guid.NewGuid():N}";
        var holder = _grains.GetGrain<ITransformModel>(key);
        var (shards, sizes) = (0, Array.Empty<int>());
        var gate = new object();
        var (done, failures, samples) = (0, 0, 0L);
        ExceptionDispatchInfo? failure = null;
        using var putting = new SemaphoreSlim(1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        TransformRequest request = null!;
        try
        {
            (shards, var processor) = await Count().ConfigureAwait(false);
            request = new TransformRequest(source, address, sink, sinkAddress, processor);
            sizes = new int[shards];
            await Task.WhenAll(Enumerable.Range(0, shards).Select(One)).ConfigureAwait(false);
        }
        catch when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The transform was cancelled.", cancellationToken);
        }
        catch when (failure is not null)
        {
            // Not what became of those that were stopped because of it.
            failure.Throw();
        }
        finally
        {
            try
            {
                await holder.Forget().ConfigureAwait(false);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // Its silo has died, and it with it.
            }
        }

        return sizes;

        async Task<(int Shards, string Processor)> Count()
        {
            var count = new TransformCount(-1, "");
            while (count.Shards < 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Persistently(
                    async () => count = await holder.Count(source, address, cancellationToken).ConfigureAwait(false),
                    null, cancellationToken).ConfigureAwait(false);
            }

            return (count.Shards, count.Processor);
        }

        async Task One(int shard)
        {
            var grain = _grains.GetGrain<ITransformShard>(new NodeKey(key, shards, shard, shard + 1).ToString());
            try
            {
                await Persistently(
                    async () =>
                    {
                        await Give().ConfigureAwait(false);
                        int size;
                        do
                        {
                            stop.Token.ThrowIfCancellationRequested();
                            size = await grain.Transform(request, stop.Token).ConfigureAwait(false);
                        }
                        while (size < 0);
                        sizes[shard] = size;
                    },
                    () => Interlocked.Increment(ref failures), stop.Token).ConfigureAwait(false);
                lock (gate)
                {
                    (done, samples) = (done + 1, samples + sizes[shard]);
                    progress?.Report(new DistributedTransformStatus(done, shards, samples, failures));
                }
            }
            catch (Exception e)
            {
                // The others need not go on.
                lock (gate)
                    failure ??= ExceptionDispatchInfo.Capture(e);
                await stop.CancelAsync().ConfigureAwait(false);
                await Stop(grain).ConfigureAwait(false);
                throw;
            }
        }

        static async Task Stop(ITransformShard grain)
        {
            try
            {
                await grain.Stop().ConfigureAwait(false);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // Its silo has died, and it with it.
            }
        }

        // Once, and again where the silo has died that had it.
        async Task Give()
        {
            await putting.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                if (await holder.IsWhole().ConfigureAwait(false))
                    return;
                for (var first = 0; first < spec.Features; first += RowsAtOnce)
                {
                    await holder.Put(spec, new MatrixPart(
                        0, spec.Features, first, new MatrixRows(model.Dictionary.RowsFrom(
                            first, Math.Min(RowsAtOnce, spec.Features - first))))).ConfigureAwait(false);
                }
            }
            finally
            {
                putting.Release();
            }
        }
    }

    // A shard, or what comes before, that failed for a reason that may go by itself is tried again, after a while.
    private static async Task Persistently(Func<Task> work, Action? failed, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await work().ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && tries < MostFailuresOfShard
                && e is ShardFaultException { Kind: ShardFaultKind.Passing } or OrleansException or TimeoutException
                    or IOException or OperationCanceledException)
            {
                // Nobody here has cancelled: a silo stops.
                failed?.Invoke();
            }

            await Task.Delay(TimeSpan.FromSeconds(Math.Min(5, 0.1 * (1 << Math.Min(tries, 6)))), cancellationToken)
                .ConfigureAwait(false);
        }
    }
}

using Nmf.Distributed.Messages;
using Nmf.Kernels;

namespace Nmf.Distributed;

// Fits to streams.
public sealed partial class DistributedNmf
{
    /// <summary>Begins a fit to a stream, or goes on with one that was cancelled or has failed. The bits are those of
    /// <see cref="OnlineFactorizer"/> with the same parts.</summary>
    /// <param name="fit">A name.</param>
    /// <param name="source">The name of a source of shards (<see cref="ShardHostingExtensions.AddNmfShardSource"/>),
    /// which are read one after the other, or of streams
    /// (<see cref="ShardHostingExtensions.AddNmfStreamSource"/>).</param>
    /// <param name="address">What the source understands.</param>
    /// <param name="options">What to fit and how; <see cref="OnlineNmfOptions.BatchSize"/> is that of one part.</param>
    /// <param name="parts">Number of parts, which are runs of shards: part p of P has the shards from ⌊p S / P⌋ on.
    /// Null for one for each shard. The parts of a source of streams are its own.</param>
    /// <param name="dictionary">A dictionary to start from, features x rank, that of an earlier model, say;
    /// <see cref="OnlineNmfOptions.StartWeight"/> says how many samples it counts for. Null to make one from the first
    /// batch.</param>
    /// <exception cref="ArgumentException">An option is out of range, the rank of the dictionary differs, or all of it
    /// is zero.</exception>
    /// <exception cref="NmfDataException">An entry of the dictionary is negative, NaN or infinite.</exception>
    /// <exception cref="ShardFaultException">There is a fit of the name with other data, options or dictionary.
    /// </exception>
    public Task StartOnlineAsync(
        string fit, string source, string address, OnlineNmfOptions options, int? parts = null,
        Matrix<float>? dictionary = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(fit);
        var spec = OnlineSpec.Of(source, address, options, parts, dictionary);
        return Patiently(() => Start(fit, spec, dictionary), CancellationToken.None);
    }

    /// <summary>Fits to a stream, and waits.</summary>
    /// <param name="fit">A name.</param>
    /// <param name="source">The name of a source.</param>
    /// <param name="address">What the source understands.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="parts">Number of parts, or null for those of the source.</param>
    /// <param name="progress">Told how it goes, or null.</param>
    /// <param name="interval">How often it is asked, or null for four times a second.</param>
    /// <param name="dictionary">A dictionary to start from, or null to make one from the first batch.</param>
    /// <param name="cancellationToken">Cancels the fit.</param>
    /// <returns>The model, without activations.</returns>
    /// <exception cref="ShardFaultException">The fit has failed; the message says why.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<NmfModel<float>> FitOnlineAsync(
        string fit, string source, string address, OnlineNmfOptions options, int? parts = null,
        IProgress<DistributedFitStatus>? progress = null, TimeSpan? interval = null,
        Matrix<float>? dictionary = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(fit);
        return Run(
            fit, OnlineSpec.Of(source, address, options, parts, dictionary), dictionary, progress, interval,
            cancellationToken);
    }

    /// <summary>What a fit to a stream has learnt at its newest checkpoint, while it runs and afterwards: of a stream
    /// without an end there is no other model.</summary>
    /// <param name="fit">Its name.</param>
    /// <returns>As <see cref="OnlineNmf{T}.ToModel"/>, without activations.</returns>
    /// <exception cref="ShardFaultException">There is no checkpoint yet, or it is no fit to a stream.</exception>
    public async Task<NmfModel<float>> GetSnapshotAsync(string fit)
    {
        var grain = Fit(fit);
        for (var tries = 0; ; tries++)
        {
            var result = await Patiently(grain.Snapshot, CancellationToken.None).ConfigureAwait(false);
            try
            {
                return ModelOf(result, await Dictionary(
                    result, (first, count) => Patiently(
                        () => grain.SnapshotRows(result.Iterations[^1], first, count), CancellationToken.None))
                    .ConfigureAwait(false));
            }
            catch (ShardFaultException e) when (tries < MostFailuresOfShard && e.Kind == ShardFaultKind.Passing)
            {
                // So many have asked meanwhile that it is no longer kept.
            }
        }
    }
}

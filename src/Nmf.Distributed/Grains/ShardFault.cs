using Microsoft.Extensions.DependencyInjection;

namespace Nmf.Distributed.Grains;

/// <summary>What went wrong with a shard, as it is told: with the shard, and whether it may go by itself.</summary>
internal static class ShardFault
{
    /// <summary>Data that are wrong stay so; whatever else happened may not happen again.</summary>
    public static ShardFaultKind KindOf(Exception e)
        => e is ShardFaultException fault ? fault.Kind
            : e is FormatException or ArgumentException or NmfNumericalException ? ShardFaultKind.Lasting
            : ShardFaultKind.Passing;

    /// <summary>The fault of a shard. One that has its words keeps them.</summary>
    public static ShardFaultException Of(Exception e, string shard)
        => e as ShardFaultException ?? new ShardFaultException(
            KindOf(e is SinkException { InnerException: { } cause } ? cause : e), $"{shard}: {e.Message}");

    /// <summary>The sink of a name.</summary>
    public static IShardSink Sink(IServiceProvider services, string name)
        => services.GetKeyedService<IShardSink>(name) ?? throw new ShardFaultException(
            ShardFaultKind.Lasting, $"There is no sink '{name}' on this silo: AddNmfShardSink.");

    /// <summary>Stores something in a sink, which is named where it fails: it is not the data that are wrong.
    /// </summary>
    /// <remarks>Cancelled, it waits for a while until the sink has noticed: what it wrote later might come behind what
    /// somebody else writes there next.</remarks>
    public static async Task Store(
        string sink, ShardReaders.Readers readers, Func<Task> store, CancellationToken cancellationToken)
    {
        var storing = readers.Begin(store, cancellationToken).Unwrap();
        try
        {
            await storing.WaitAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SinkException($"the sink '{sink}': {e.Message}", e);
        }
        catch
        {
            await Task.WhenAny(storing, Task.Delay(TransformShard.Patience, CancellationToken.None));
            throw;
        }
    }

    private sealed class SinkException(string message, Exception cause) : Exception(message, cause);
}

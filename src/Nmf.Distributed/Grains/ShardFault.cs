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

    /// <summary>Stores something in a sink, which is named where it fails: it is not the data that are wrong.</summary>
    public static async Task Store(string sink, Func<Task> store, CancellationToken cancellationToken)
    {
        try
        {
            await store().WaitAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SinkException($"the sink '{sink}': {e.Message}", e);
        }
    }

    private sealed class SinkException(string message, Exception cause) : Exception(message, cause);
}

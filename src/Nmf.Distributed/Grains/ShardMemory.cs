using Microsoft.Extensions.Options;

namespace Nmf.Distributed.Grains;

/// <summary>
/// Which shards of a silo stay in memory between requests (<see cref="ShardingOptions.MostDataBytes"/>): those that are
/// loaded first, as long as there is room for one of the largest per thread beside them. All shards are asked in turn,
/// so that one that was used last would be the next to go, and none would ever be found where it was left. The others
/// are guests: they are loaded for a request, as many at once as there are threads, and given back after it.
/// </summary>
internal sealed class ShardMemory : IDisposable
{
    private readonly long? _most;
    private readonly int _threads;
    private readonly SemaphoreSlim _guests;
    private readonly object _gate = new();
    private long _held;
    private long _largest;

    public ShardMemory(IOptions<ShardingOptions> options)
    {
        (_most, _threads) = (options.Value.MostDataBytes, options.Value.Threads ?? Environment.ProcessorCount);
        _guests = new SemaphoreSlim(_threads);
    }

    /// <summary>Whether a shard that has been loaded stays; then its bytes are counted until they are released.
    /// </summary>
    public bool TryKeep(long bytes)
    {
        lock (_gate)
        {
            _largest = Math.Max(_largest, bytes);
            if (_most is { } most && _held + bytes + (_threads * _largest) > most)
                return false;
            _held += bytes;
            return true;
        }
    }

    /// <summary>Whether one that stays has to go, since a larger one has come after it.</summary>
    public bool IsTooMuch
    {
        get
        {
            lock (_gate)
                return _most is { } most && _held + (_threads * _largest) > most;
        }
    }

    /// <summary>One that stayed is no longer there.</summary>
    public void Release(long bytes)
    {
        lock (_gate)
            _held -= bytes;
    }

    /// <summary>Waits until one more may be loaded for a while; to be disposed once it is gone, or stays.</summary>
    public async Task<IDisposable?> Enter(CancellationToken cancellationToken)
    {
        if (_most is null)
            return null;
        await _guests.WaitAsync(cancellationToken);
        return new Guest(_guests);
    }

    public void Dispose() => _guests.Dispose();

    private sealed class Guest(SemaphoreSlim guests) : IDisposable
    {
        private int _isGone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGone, 1) == 0)
                guests.Release();
        }
    }
}

using Microsoft.Extensions.Options;

namespace Nmf.Distributed.Grains;

/// <summary>
/// Threads of a silo on which sources and sinks of the user are called, which may block them for as long as they like:
/// neither those that compute nor those of the pool, on which Orleans answers. Whoever has the same name, such as the
/// shards of a run of a fit, has them together, as many as compute; who has another name waits for none of theirs.
/// </summary>
internal sealed class ShardReaders(IOptions<ShardingOptions> options)
{
    private readonly int _threads = options.Value.Threads ?? Environment.ProcessorCount;
    private readonly Dictionary<string, Shared> _known = new(StringComparer.Ordinal);

    /// <summary>How many names have threads.</summary>
    public int Count
    {
        get
        {
            lock (_known)
                return _known.Count;
        }
    }

    /// <summary>Threads under a name, until all who have them have given them back. What they do by then they end, and
    /// begin nothing that was cancelled.</summary>
    /// <param name="name">The name.</param>
    /// <param name="threads">How many, or null for as many as compute.</param>
    public Readers Rent(string name, int? threads = null)
    {
        lock (_known)
        {
            if (!_known.TryGetValue(name, out var shared))
            {
                var count = threads ?? _threads;
                shared = new Shared(new ShardThreads(count, "NMF reading"), new SemaphoreSlim(count));
                _known.Add(name, shared);
            }

            shared.Users++;
            return new Readers(this, name, shared);
        }
    }

    private void Return(string name, Shared shared)
    {
        lock (_known)
        {
            if (--shared.Users > 0)
                return;
            _known.Remove(name);
            shared.Threads.Dispose();
        }
    }

    /// <summary>Somebody's part in such threads.</summary>
    internal sealed class Readers(ShardReaders all, string name, Shared shared) : IDisposable
    {
        private int _isGone;

        /// <summary>As many as there are threads: for what is loaded only to be worked on.</summary>
        public SemaphoreSlim Rooms => shared.Rooms;

        /// <summary>Calls something that may block, and waits for what it has begun, too. Nobody waits longer than
        /// until it is cancelled, also where it does not notice.</summary>
        public async Task<TResult> Call<TResult>(Func<Task<TResult>> call, CancellationToken cancellationToken)
            => await (await Begin(call, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false))
                .WaitAsync(cancellationToken).ConfigureAwait(false);

        /// <summary>Calls something that may block; the result is what it has begun.</summary>
        public Task<TResult> Begin<TResult>(Func<TResult> call, CancellationToken cancellationToken)
            => shared.Threads.Run(() =>
            {
                // It may have waited behind others until nobody wanted it any more.
                cancellationToken.ThrowIfCancellationRequested();
                return call();
            });

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGone, 1) == 0)
                all.Return(name, shared);
        }
    }

    internal sealed class Shared(ShardThreads threads, SemaphoreSlim rooms)
    {
        public ShardThreads Threads => threads;

        public SemaphoreSlim Rooms => rooms;

        public int Users { get; set; }
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Nmf.Distributed.Grains;

/// <summary>The threads of a silo that compute: long work on those of the pool would keep Orleans from answering the
/// probes of other silos, which would declare it dead.</summary>
internal sealed class ShardThreads : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public ShardThreads(IOptions<ShardingOptions> options)
        : this(Valid(options.Value).Threads ?? Environment.ProcessorCount, "NMF shards")
    {
    }

    /// <summary>Threads for something else.</summary>
    public ShardThreads(int threads, string name)
    {
        for (var i = 0; i < threads; i++)
        {
            new Thread(Loop) { IsBackground = true, Name = $"{name} {i}", Priority = ThreadPriority.BelowNormal }
                .Start();
        }
    }

    /// <summary>Runs something on one of them.</summary>
    public Task<TResult> Run<TResult>(Func<TResult> work)
    {
        var result = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                result.SetResult(work());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        });
        return result.Task;
    }

    public void Dispose() => _work.CompleteAdding();

    private static ShardingOptions Valid(ShardingOptions options)
    {
        options.Validate();
        return options;
    }

    private void Loop()
    {
        while (_work.TryTake(out var work, Timeout.Infinite))
        {
            work();

            // While the thread waits it would keep what the work held: the samples of a shard.
            work = null;
        }
    }
}

using System.Numerics;

namespace Nmf;

/// <summary>
/// Memory that holds one batch of a stream after the other: as many batches as are in memory at a time, which is two
/// while one is learnt and the next is read. Thread-safe; the batches may be given back on any thread.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class NmfBatchMemory<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Stack<BatchBuffers<T>> _free = new();

    /// <summary>Buffers with whatever they held, or new ones.</summary>
    internal BatchBuffers<T> Take()
    {
        lock (_free)
            return _free.TryPop(out var buffers) ? buffers : new BatchBuffers<T>();
    }

    internal void GiveBack(BatchBuffers<T> buffers)
    {
        lock (_free)
            _free.Push(buffers);
    }
}

using System.Collections.Concurrent;

namespace Microsoft.ML;

/// <summary>
/// Objects made from one owner, pooled, and disposed together with the owner after the last use. Uses are counted: the
/// pool starts with the one use of whoever made it, and what ends it is <see cref="Release"/> of the last, on whichever
/// thread that is. No locks.
/// </summary>
/// <param name="create">Makes an object.</param>
/// <param name="first">An object already made.</param>
/// <param name="retained">Objects kept for reuse.</param>
/// <param name="disposeOwner">Called once, after the objects are disposed.</param>
internal sealed class LeasedPool<T>(Func<T> create, T first, int retained, Action? disposeOwner)
    where T : class, IDisposable
{
    private readonly ConcurrentQueue<T> _idle = new([first]);
    private int _idleCount = 1;
    private int _uses = 1;

    /// <summary>Counts one more use; false when the last one has ended and the objects are gone.</summary>
    public bool TryAcquire()
    {
        var uses = Volatile.Read(ref _uses);
        while (uses > 0)
        {
            var seen = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
            if (seen == uses)
                return true;
            uses = seen;
        }
        return false;
    }

    /// <summary>Ends one use.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _uses) != 0)
            return;
        // Whoever takes an object holds a use, so all of them are idle now.
        while (_idle.TryDequeue(out var item))
            End(item.Dispose);
        if (disposeOwner is not null)
            End(disposeOwner);

        // What a step of a pipeline throws when it is disposed is no fault of the last call on the model.
        static void End(Action dispose)
        {
            try
            {
                dispose();
            }
            catch (Exception)
            {
                // Nothing is left that could be done with it.
            }
        }
    }

    /// <summary>Takes an object, an idle one where possible. To be called within a use.</summary>
    public T Rent()
    {
        if (!_idle.TryDequeue(out var item))
            return create();
        Interlocked.Decrement(ref _idleCount);
        return item;
    }

    /// <summary>Gives an object back: it is kept when there is room and disposed otherwise. To be called within the
    /// use that took it.</summary>
    public void Return(T item)
    {
        if (Interlocked.Increment(ref _idleCount) <= retained)
        {
            _idle.Enqueue(item);
            return;
        }
        Interlocked.Decrement(ref _idleCount);
        item.Dispose();
    }
}

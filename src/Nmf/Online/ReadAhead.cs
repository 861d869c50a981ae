using System.Numerics;

namespace Nmf;

/// <summary>Reads the next batch on another thread while the current one is worked on.</summary>
internal static class ReadAhead
{
    /// <summary>The same batches in the same order; at most two are in memory.</summary>
    public static IEnumerable<NmfData<T>> Of<T>(IEnumerable<NmfData<T>> batches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var source = batches.GetEnumerator();
        var next = Task.Run(Read);
        try
        {
            while (next.GetAwaiter().GetResult() is { } batch)
            {
                next = Task.Run(Read);
                yield return batch;
            }
        }
        finally
        {
            // Whoever stops early must not leave a reader behind; what it found or how it failed no longer matters.
            ((IAsyncResult)next).AsyncWaitHandle.WaitOne();
            if (next.IsCompletedSuccessfully)
                next.Result?.GiveBack();
            else
                _ = next.Exception; // seen, or the runtime would report it
        }

        NmfData<T>? Read() => source.MoveNext() ? source.Current ?? throw StreamPart<T>.NoBatch() : null;
    }
}

using System.Runtime.InteropServices;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>
/// Runs of numbers in native memory, taken out in the order and the lengths in which they were put in: room for data
/// whose size is not known before they are read. Every chunk is freed as soon as the last of its numbers was taken.
/// </summary>
/// <typeparam name="T">float or int.</typeparam>
internal sealed unsafe class NativeQueue<T> : IDisposable
    where T : unmanaged
{
    private const int FirstCapacity = 1 << 12;
    private const int LargestCapacity = 1 << 20;

    private readonly Queue<Chunk> _chunks = new();
    private Chunk? _last;

    /// <summary>Appends a run; it lies in one chunk.</summary>
    public void Enqueue(ReadOnlySpan<T> run)
    {
        if (run.IsEmpty)
            return;
        if (_last is null || _last.Capacity - _last.Written < run.Length)
        {
            var usual =
                _last is null ? FirstCapacity : Math.Min(LargestCapacity, 2 * Math.Max(_last.Capacity, FirstCapacity));
            _last = new Chunk(Math.Max(usual, run.Length));
            _chunks.Enqueue(_last);
        }

        run.CopyTo(new Span<T>(_last.Pointer + _last.Written, run.Length));
        _last.Written += run.Length;
    }

    /// <summary>Takes a run of the length with which it was put in; valid until the next call.</summary>
    public ReadOnlySpan<T> Dequeue(int length)
    {
        if (length == 0)
            return [];
        while (_chunks.Peek() is { } first && first.Taken == first.Written)
            _chunks.Dequeue().Dispose();
        var chunk = _chunks.Peek();
        var run = new ReadOnlySpan<T>(chunk.Pointer + chunk.Taken, length);
        chunk.Taken += length;
        return run;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_chunks.TryDequeue(out var chunk))
            chunk.Dispose();
        _last = null;
    }

    private sealed class Chunk(int capacity) : IDisposable
    {
        private T* _pointer = (T*)NativeMemory.Alloc((nuint)capacity, (nuint)sizeof(T));

        public T* Pointer => _pointer;

        public int Capacity { get; } = capacity;

        public int Written { get; set; }

        public int Taken { get; set; }

        public void Dispose()
        {
            NativeMemory.Free(_pointer);
            _pointer = null;
        }
    }
}

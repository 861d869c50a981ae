using System.Runtime.InteropServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Samples whose number is not known before they have been read, one behind the other, taken out in the order in which
/// they were put in. A block is freed as soon as its last sample was taken, so that what is built from them grows as
/// they shrink: for that the memory is not the collector's. Spans of it do not leave this library.
/// </summary>
internal sealed unsafe class SampleQueue<T>(int features) : IDisposable
    where T : unmanaged
{
    private const nint FirstBytes = 1 << 14;
    private const nint LargestBytes = 1 << 22;
    private const int Alignment = 8;

    private readonly Queue<Block> _blocks = new();
    private Block? _last;

    /// <summary>Room for all values of a sample behind the last, with whatever it held; it is the sample once
    /// <see cref="AddDense"/> was called.</summary>
    public Span<T> DenseRow() => new(Room(features * (nint)sizeof(T)), features);

    public void AddDense() => _last!.Written += Rounded(features * (nint)sizeof(T));

    public void AddSparse(ReadOnlySpan<int> indices, ReadOnlySpan<T> values)
    {
        var bytes = values.Length * (nint)(sizeof(T) + sizeof(int));
        var at = Room(bytes);
        values.CopyTo(new Span<T>(at, values.Length));
        indices.CopyTo(new Span<int>(at + (values.Length * (nint)sizeof(T)), values.Length));
        _last!.Written += Rounded(bytes);
    }

    /// <summary>Takes the next sample, which was added with all its values.</summary>
    /// <returns>Valid until the next is taken.</returns>
    public ReadOnlySpan<T> TakeDense() => new(Take(features * (nint)sizeof(T)), features);

    /// <summary>Takes the next sample, which was added sparsely.</summary>
    /// <param name="count">Number of its values.</param>
    /// <param name="indices">Their features; like the values valid until the next is taken.</param>
    public ReadOnlySpan<T> TakeSparse(int count, out ReadOnlySpan<int> indices)
    {
        var at = Take(count * (nint)(sizeof(T) + sizeof(int)));
        indices = new(at + (count * (nint)sizeof(T)), count);
        return new(at, count);
    }

    public void Dispose()
    {
        while (_blocks.TryDequeue(out var block))
            block.Dispose();
        _last = null;
    }

    private static nint Rounded(nint bytes) => (bytes + Alignment - 1) & -Alignment;

    private byte* Room(nint bytes)
    {
        bytes = Rounded(bytes);
        if (_last is null || _last.Bytes - _last.Written < bytes)
        {
            _last = new Block(Math.Max(bytes, _last is null ? FirstBytes : Math.Min(LargestBytes, 2 * _last.Bytes)));
            _blocks.Enqueue(_last);
        }

        return _last.Pointer + _last.Written;
    }

    private byte* Take(nint bytes)
    {
        // A sample without any value has no place of its own.
        if (bytes == 0)
            return null;
        while (_blocks.Peek() is { } first && first.Taken == first.Written)
            _blocks.Dequeue().Dispose();
        var block = _blocks.Peek();
        var at = block.Pointer + block.Taken;
        block.Taken += Rounded(bytes);
        return at;
    }

    private sealed class Block : IDisposable
    {
        private byte* _pointer;

        public Block(nint bytes)
        {
            // Large ones are whole pages of the largest size: half of the time of a copy is faults of small ones.
            Bytes = bytes;
            _pointer = (byte*)NativeMemory.AlignedAlloc(
                (nuint)bytes, (nuint)(bytes < LargestBytes ? Alignment : LargePages.Size));
            LargePages.Ask(_pointer, bytes);
        }

        ~Block() => Free();

        public byte* Pointer => _pointer;

        public nint Bytes { get; }

        public nint Written { get; set; }

        public nint Taken { get; set; }

        public void Dispose()
        {
            Free();
            GC.SuppressFinalize(this);
        }

        private void Free()
        {
            NativeMemory.AlignedFree(_pointer);
            _pointer = null;
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nmf.Kernels;

/// <summary>
/// Elements in a managed array that the collector does not move, so that kernels may work on a pointer:
/// the first element starts on a 64-byte boundary, and 64 bytes behind the last are readable, for kernels
/// that load whole vectors.
/// </summary>
/// <remarks>A span keeps the array alive, a pointer does not: whoever takes one holds this object, or calls
/// <see cref="GC.KeepAlive"/>, until the pointer's last use. An array of cache lines holds up to 137 GB.</remarks>
internal sealed unsafe class PinnedMemory<T>
    where T : unmanaged
{
    private const int LineSize = 64;

    // The first element may start anywhere in the first line; the rest of that line and one more stand behind the last.
    private const int SpareLines = 2;

    private readonly CacheLine[] _lines;

    /// <summary>Allocates elements.</summary>
    /// <param name="count">Their number, at least 0.</param>
    /// <param name="isCleared">Whether they are zero, and the 64 bytes behind them; else they hold anything.</param>
    /// <exception cref="OutOfMemoryException">The memory is not there.</exception>
    public PinnedMemory(long count, bool isCleared = true)
    {
        Count = (nint)count;
        var perLine = LineSize / sizeof(T);

        // More lines than an array can have are left to the collector to refuse.
        var lines = (int)long.Min(int.MaxValue, ((count + perLine - 1) / perLine) + SpareLines);
        _lines = isCleared
            ? GC.AllocateArray<CacheLine>(lines, pinned: true)
            : GC.AllocateUninitializedArray<CacheLine>(lines, pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_lines));
        Pointer = (T*)((start + LineSize - 1) & ~(nuint)(LineSize - 1));
        LargePages.Ask(Pointer, Count * sizeof(T));
    }

    /// <summary>Number of elements.</summary>
    public nint Count { get; }

    /// <summary>The first element.</summary>
    public T* Pointer { get; }

    /// <summary>Elements one behind the other; not checked.</summary>
    public Span<T> Span(nint start, int length)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(_lines);
        var offset = (byte*)(Pointer + start) - (byte*)Unsafe.AsPointer(ref first);
        return MemoryMarshal.CreateSpan(
            ref Unsafe.As<CacheLine, T>(ref Unsafe.AddByteOffset(ref first, (nint)offset)), length);
    }

    [StructLayout(LayoutKind.Sequential, Size = LineSize)]
    private struct CacheLine;
}

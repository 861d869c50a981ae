using System.Runtime.InteropServices;

namespace Nmf.Kernels.Dense;

/// <summary>Zeroed scratch memory outside the managed heap, aligned to cache lines.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Alignment = 64;

    private T* _pointer;

    public NativeBuffer(nint count)
    {
        Count = count;
        var bytes = checked((nuint)count * (nuint)sizeof(T));
        _pointer = (T*)NativeMemory.AlignedAlloc(checked(bytes + Alignment), Alignment);
        NativeMemory.Clear(_pointer, bytes + Alignment);
    }

    ~NativeBuffer() => Free();

    /// <summary>Number of elements.</summary>
    public nint Count { get; }

    public T* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return _pointer;
        }
    }

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

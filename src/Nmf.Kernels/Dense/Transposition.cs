using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nmf.Kernels.Dense;

/// <summary>Copies a block of a matrix to its transpose, for single precision with AVX eight by
/// eight in registers.</summary>
internal static unsafe class Transposition<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int CacheLine = 64;
    private const int Eight = 8;

    /// <summary>target[j, i] = source[i, j].</summary>
    /// <param name="source">rows x columns, row-major.</param>
    /// <param name="sourceStride">Distance between its rows.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">Receives columns x rows.</param>
    /// <param name="targetStride">Distance between its rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(T* source, nint sourceStride, int rows, int columns, T* target, nint targetStride)
    {
        var (wholeRows, wholeColumns) =
            Avx.IsSupported && sizeof(T) == sizeof(float) ? (rows & -Eight, columns & -Eight) : (0, 0);
        for (var j = 0; j < wholeColumns; j += Eight)
            for (var i = 0; i < wholeRows; i += Eight)
                Copy8x8(
                    (float*)(source + (i * sourceStride) + j), sourceStride, (float*)(target + (j * targetStride) + i),
                    targetStride);
        for (var j = 0; j < columns; j++)
            for (var i = j < wholeColumns ? wholeRows : 0; i < rows; i++)
                target[(j * targetStride) + i] = source[(i * sourceStride) + j];
    }

    /// <summary>Asks for the beginning of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(T* row, int columns)
    {
        if (!Sse.IsSupported)
            return;
        for (nint at = 0; at < columns * (nint)sizeof(T); at += CacheLine)
            Sse.Prefetch0((byte*)row + at);
    }

    // Pairs, then fours, then halves change places.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy8x8(float* source, nint stride, float* target, nint targetStride)
    {
        Vector256<float> a0 = Vector256.Load(source), a1 = Vector256.Load(source + stride);
        Vector256<float> a2 = Vector256.Load(source + (2 * stride)), a3 = Vector256.Load(source + (3 * stride));
        source += 4 * stride;
        Vector256<float> a4 = Vector256.Load(source), a5 = Vector256.Load(source + stride);
        Vector256<float> a6 = Vector256.Load(source + (2 * stride)), a7 = Vector256.Load(source + (3 * stride));
        Fours(a0, a1, a2, a3, out var b0, out var b1, out var b2, out var b3);
        Fours(a4, a5, a6, a7, out var b4, out var b5, out var b6, out var b7);
        Avx.Permute2x128(b0, b4, 0x20).Store(target);
        Avx.Permute2x128(b1, b5, 0x20).Store(target + targetStride);
        Avx.Permute2x128(b2, b6, 0x20).Store(target + (2 * targetStride));
        Avx.Permute2x128(b3, b7, 0x20).Store(target + (3 * targetStride));
        target += 4 * targetStride;
        Avx.Permute2x128(b0, b4, 0x31).Store(target);
        Avx.Permute2x128(b1, b5, 0x31).Store(target + targetStride);
        Avx.Permute2x128(b2, b6, 0x31).Store(target + (2 * targetStride));
        Avx.Permute2x128(b3, b7, 0x31).Store(target + (3 * targetStride));
    }

    // In each half: the transpose of its four by four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fours(
        Vector256<float> a0,
        Vector256<float> a1,
        Vector256<float> a2,
        Vector256<float> a3,
        out Vector256<float> b0,
        out Vector256<float> b1,
        out Vector256<float> b2,
        out Vector256<float> b3)
    {
        Vector256<float> low01 = Avx.UnpackLow(a0, a1), high01 = Avx.UnpackHigh(a0, a1);
        Vector256<float> low23 = Avx.UnpackLow(a2, a3), high23 = Avx.UnpackHigh(a2, a3);
        b0 = Avx.Shuffle(low01, low23, 0x44);
        b1 = Avx.Shuffle(low01, low23, 0xEE);
        b2 = Avx.Shuffle(high01, high23, 0x44);
        b3 = Avx.Shuffle(high01, high23, 0xEE);
    }
}

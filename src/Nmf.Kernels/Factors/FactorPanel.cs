using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Nmf.Kernels;

/// <summary>
/// Transposition of a few rows of a factor into a panel, one component after the other, and back. Element by element it
/// costs more than a HALS sweep of rank 50; single precision goes in squares of four.
/// </summary>
/// <remarks>
/// The squares reach into the padding of the rows, up to the next multiple of four components: the panel needs room for
/// those, and gets and returns their zeros.
/// </remarks>
internal static unsafe class FactorPanel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static bool HasSquares => typeof(T) == typeof(float) && (Sse.IsSupported || AdvSimd.Arm64.IsSupported);

    /// <summary>Rows of a factor into a panel; lanes without a row become zero.</summary>
    /// <param name="rows">First row.</param>
    /// <param name="stride">Length of a padded row, at least rank rounded up to four.</param>
    /// <param name="count">Number of rows, at most <paramref name="width"/>.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="panel">Receives rank (rounded up to four) x width.</param>
    /// <param name="width">Rows of a full panel, a multiple of two.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(T* rows, nint stride, int count, int rank, T* panel, int width)
    {
        if (count < width)
            new Span<T>(panel, (rank + 3) / 4 * 4 * width).Clear();
        var i = 0;
        if (HasSquares)
        {
            for (; i + 4 <= count; i += 4)
            {
                for (var k = 0; k < rank; k += 4)
                    TransposeSquare(
                        (float*)(rows + (i * stride) + k), stride, (float*)(panel + (k * width) + i), width);
            }
        }

        for (; i < count; i++)
        {
            for (var k = 0; k < rank; k++)
                panel[(k * width) + i] = rows[(i * stride) + k];
        }
    }

    /// <summary>The first rows of a panel back into a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(T* panel, int width, T* rows, nint stride, int count, int rank)
    {
        var i = 0;
        if (HasSquares)
        {
            for (; i + 4 <= count; i += 4)
            {
                for (var k = 0; k < rank; k += 4)
                    TransposeSquare(
                        (float*)(panel + (k * width) + i), width, (float*)(rows + (i * stride) + k), stride);
            }
        }

        for (; i < count; i++)
        {
            for (var k = 0; k < rank; k++)
                rows[(i * stride) + k] = panel[(k * width) + i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeSquare(float* source, nint sourceStride, float* target, nint targetStride)
    {
        var a = Vector128.Load(source);
        var b = Vector128.Load(source + sourceStride);
        var c = Vector128.Load(source + (2 * sourceStride));
        var d = Vector128.Load(source + (3 * sourceStride));

        // Pairs of elements first, then pairs of pairs.
        var (ab, cd) = (InterleaveLow(a, b), InterleaveLow(c, d));
        PairLow(ab, cd).Store(target);
        PairHigh(ab, cd).Store(target + targetStride);
        (ab, cd) = (InterleaveHigh(a, b), InterleaveHigh(c, d));
        PairLow(ab, cd).Store(target + (2 * targetStride));
        PairHigh(ab, cd).Store(target + (3 * targetStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLow(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PairLow(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.MoveLowToHigh(a, b) : AdvSimd.Arm64.ZipLow(a.AsDouble(), b.AsDouble()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PairHigh(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.MoveHighToLow(b, a) : AdvSimd.Arm64.ZipHigh(a.AsDouble(), b.AsDouble()).AsSingle();
}

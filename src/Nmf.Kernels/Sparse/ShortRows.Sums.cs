using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

// Scalar products and weighted sums apart, for what stands between the two in other measures of fit.
internal static unsafe partial class ShortRows<TVector, TSimd, T>
{
    /// <summary><c>y[j] = ⟨x, basis[indices[j]]⟩</c>; rows beyond these are asked for.</summary>
    /// <param name="x">The given row.</param>
    /// <param name="basis">The other factor.</param>
    /// <param name="indices">Rows of it.</param>
    /// <param name="count">Their number.</param>
    /// <param name="readable">How many indices follow the first one, those of other rows of V included.</param>
    /// <param name="y">Receives the products.</param>
    public static void Dots(T* x, Matrix<T> basis, int* indices, int count, long readable, T* y)
    {
        switch (basis.Stride / TSimd.Count)
        {
            case 1:
                Dots<One>(x, basis.Data, indices, count, readable, y);
                break;
            case 2:
                Dots<Two>(x, basis.Data, indices, count, readable, y);
                break;
            case 3:
                Dots<Three>(x, basis.Data, indices, count, readable, y);
                break;
            default:
                Dots<Four>(x, basis.Data, indices, count, readable, y);
                break;
        }
    }

    /// <summary><c>sum += Σ_j weights[j] basis[indices[j]]</c>, in the order of j; rows beyond these are asked for.
    /// </summary>
    public static void Combine(Matrix<T> basis, int* indices, T* weights, long count, long readable, T* sum)
    {
        switch (basis.Stride / TSimd.Count)
        {
            case 1:
                Combine<One>(basis.Data, indices, weights, count, readable, sum);
                break;
            case 2:
                Combine<Two>(basis.Data, indices, weights, count, readable, sum);
                break;
            case 3:
                Combine<Three>(basis.Data, indices, weights, count, readable, sum);
                break;
            default:
                Combine<Four>(basis.Data, indices, weights, count, readable, sum);
                break;
        }
    }

    /// <summary>Two such sums over the same rows, which <see cref="Dots"/> has asked for.</summary>
    public static void CombineTwo(
        Matrix<T> basis, int* indices, T* weights, T* otherWeights, long count, T* sum, T* otherSum)
    {
        switch (basis.Stride / TSimd.Count)
        {
            case 1:
                CombineTwo<One>(basis.Data, indices, weights, otherWeights, count, sum, otherSum);
                break;
            case 2:
                CombineTwo<Two>(basis.Data, indices, weights, otherWeights, count, sum, otherSum);
                break;
            case 3:
                CombineTwo<Three>(basis.Data, indices, weights, otherWeights, count, sum, otherSum);
                break;
            default:
                CombineTwo<Four>(basis.Data, indices, weights, otherWeights, count, sum, otherSum);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots<TLength>(T* x, T* basis, int* indices, int count, long readable, T* y)
        where TLength : struct, ILength
    {
        LoadRow<TLength>(x, out var a0, out var a1, out var a2, out var a3);
        nint stride = TLength.Vectors * TSimd.Count;
        var j = 0;
        for (; j + 8 <= count; j += 8)
        {
            if (typeof(TVector) == typeof(Vector256<float>) && Avx.IsSupported)
            {
                // What is stored at a time is what is loaded at a time: see the remarks on the class.
                var low = LaneTotals<TVector, TSimd, T>.Four(
                    DotAt<TLength>(a0, a1, a2, a3, basis, indices[j]),
                    DotAt<TLength>(a0, a1, a2, a3, basis, indices[j + 1]),
                    DotAt<TLength>(a0, a1, a2, a3, basis, indices[j + 2]),
                    DotAt<TLength>(a0, a1, a2, a3, basis, indices[j + 3]));
                var high = LaneTotals<TVector, TSimd, T>.Four(
                    DotAt<TLength>(a0, a1, a2, a3, basis, indices[j + 4]),
                    DotAt<TLength>(a0, a1, a2, a3, basis, indices[j + 5]),
                    DotAt<TLength>(a0, a1, a2, a3, basis, indices[j + 6]),
                    DotAt<TLength>(a0, a1, a2, a3, basis, indices[j + 7]));
                Vector256.Create(low, high).Store((float*)(y + j));
            }
            else
            {
                FourDots<TLength>(a0, a1, a2, a3, basis, indices + j, y + j);
                FourDots<TLength>(a0, a1, a2, a3, basis, indices + j + 4, y + j + 4);
            }

            AskForFour<TLength>(basis, indices, j, readable);
            AskForFour<TLength>(basis, indices, j + 4, readable);
        }

        for (; j < count; j++)
        {
            y[j] = LaneTotals<TVector, TSimd, T>.One(DotAt<TLength>(a0, a1, a2, a3, basis, indices[j]));
            if (Sse.IsSupported && j + Ahead < readable)
                Ask<TLength>(basis + (indices[j + Ahead] * stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine<TLength>(
        T* basis, int* indices, T* weights, long count, long readable, T* sum)
        where TLength : struct, ILength
    {
        LoadRow<TLength>(sum, out var c0, out var c1, out var c2, out var c3);
        nint stride = TLength.Vectors * TSimd.Count;
        long j = 0;
        for (; j + 4 <= count; j += 4)
        {
            AskForFour<TLength>(basis, indices, j, readable);
            Accumulate<TLength>(
                TSimd.Broadcast(weights[j]), basis + (indices[j] * stride), ref c0, ref c1, ref c2, ref c3);
            Accumulate<TLength>(
                TSimd.Broadcast(weights[j + 1]), basis + (indices[j + 1] * stride), ref c0, ref c1, ref c2, ref c3);
            Accumulate<TLength>(
                TSimd.Broadcast(weights[j + 2]), basis + (indices[j + 2] * stride), ref c0, ref c1, ref c2, ref c3);
            Accumulate<TLength>(
                TSimd.Broadcast(weights[j + 3]), basis + (indices[j + 3] * stride), ref c0, ref c1, ref c2, ref c3);
        }

        for (; j < count; j++)
        {
            if (Sse.IsSupported && j + Ahead < readable)
                Ask<TLength>(basis + (indices[j + Ahead] * stride));
            Accumulate<TLength>(
                TSimd.Broadcast(weights[j]), basis + (indices[j] * stride), ref c0, ref c1, ref c2, ref c3);
        }

        StoreRow<TLength>(sum, c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CombineTwo<TLength>(
        T* basis, int* indices, T* weights, T* otherWeights, long count, T* sum, T* otherSum)
        where TLength : struct, ILength
    {
        LoadRow<TLength>(sum, out var c0, out var c1, out var c2, out var c3);
        LoadRow<TLength>(otherSum, out var d0, out var d1, out var d2, out var d3);
        nint stride = TLength.Vectors * TSimd.Count;
        for (long j = 0; j < count; j++)
        {
            var row = basis + (indices[j] * stride);
            Accumulate<TLength>(TSimd.Broadcast(weights[j]), row, ref c0, ref c1, ref c2, ref c3);
            Accumulate<TLength>(TSimd.Broadcast(otherWeights[j]), row, ref d0, ref d1, ref d2, ref d3);
        }

        StoreRow<TLength>(sum, c0, c1, c2, c3);
        StoreRow<TLength>(otherSum, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector DotAt<TLength>(TVector a0, TVector a1, TVector a2, TVector a3, T* basis, int index)
        where TLength : struct, ILength
        => Dot<TLength>(a0, a1, a2, a3, basis + (index * (nint)(TLength.Vectors * TSimd.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourDots<TLength>(
        TVector a0, TVector a1, TVector a2, TVector a3, T* basis, int* indices, T* y)
        where TLength : struct, ILength
        => LaneTotals<TVector, TSimd, T>.Four(
            DotAt<TLength>(a0, a1, a2, a3, basis, indices[0]), DotAt<TLength>(a0, a1, a2, a3, basis, indices[1]),
            DotAt<TLength>(a0, a1, a2, a3, basis, indices[2]), DotAt<TLength>(a0, a1, a2, a3, basis, indices[3]), y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskForFour<TLength>(T* basis, int* indices, long j, long readable)
        where TLength : struct, ILength
    {
        if (!Sse.IsSupported || j + Ahead + 4 > readable)
            return;
        nint stride = TLength.Vectors * TSimd.Count;
        Ask<TLength>(basis + (indices[j + Ahead] * stride));
        Ask<TLength>(basis + (indices[j + Ahead + 1] * stride));
        Ask<TLength>(basis + (indices[j + Ahead + 2] * stride));
        Ask<TLength>(basis + (indices[j + Ahead + 3] * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadRow<TLength>(T* row, out TVector c0, out TVector c1, out TVector c2, out TVector c3)
        where TLength : struct, ILength
    {
        var n = TSimd.Count;
        c0 = TSimd.Load(row);
        c1 = TLength.Vectors > 1 ? TSimd.Load(row + n) : default;
        c2 = TLength.Vectors > 2 ? TSimd.Load(row + (2 * n)) : default;
        c3 = TLength.Vectors > 3 ? TSimd.Load(row + (3 * n)) : default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow<TLength>(T* row, TVector c0, TVector c1, TVector c2, TVector c3)
        where TLength : struct, ILength
    {
        var n = TSimd.Count;
        TSimd.Store(row, c0);
        if (TLength.Vectors > 1)
            TSimd.Store(row + n, c1);
        if (TLength.Vectors > 2)
            TSimd.Store(row + (2 * n), c2);
        if (TLength.Vectors > 3)
            TSimd.Store(row + (3 * n), c3);
    }
}

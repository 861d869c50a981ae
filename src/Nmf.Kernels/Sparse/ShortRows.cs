using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// The loop of β = 1 over the non-zeros of a row of sparse data, where a row of the factors is one to four vectors:
/// the row that is given and its gradient stay in registers, and four rows of the basis at a time go through scalar
/// products, ratios and weighted sum.
/// </summary>
/// <remarks>
/// What is computed, and in which order, is what <see cref="FactorRows{TVector, TSimd, T}"/> does in two loops over
/// more rows: the same bits. The ratios of four rows are divided and stored as one short vector: a longer one would
/// have to be loaded from two stores, for which a processor waits until both have reached the cache.
/// </remarks>
internal static unsafe partial class ShortRows<TVector, TSimd, T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // How many rows of the basis ahead one is asked for.
    private const int Ahead = 16;

    private interface ILength
    {
        static abstract int Vectors { get; }
    }

    /// <summary>Whether rows of this stride are short enough.</summary>
    public static bool Fit(nint stride) => stride <= 4 * TSimd.Count;

    /// <summary><c>sum += Σ_j ratios[j] basis[indices[j]]</c> with <c>ratios[j] = values[j] / max(floor, ⟨x,
    /// basis[indices[j]]⟩)</c>.</summary>
    /// <param name="x">The given row.</param>
    /// <param name="basis">The other factor.</param>
    /// <param name="indices">Rows of it.</param>
    /// <param name="values">Entries of V.</param>
    /// <param name="count">Their number.</param>
    /// <param name="readable">How many indices follow the first one, those of other rows of V included.</param>
    /// <param name="floor">Least model.</param>
    /// <param name="sum">One row.</param>
    /// <param name="ratios">Receives the ratios one after the other, or null.</param>
    public static void Add(
        T* x, Matrix<T> basis, int* indices, T* values, long count, long readable, T floor, T* sum, T* ratios)
    {
        switch (basis.Stride / TSimd.Count)
        {
            case 1:
                Add<One>(x, basis.Data, indices, values, count, readable, floor, sum, ratios);
                break;
            case 2:
                Add<Two>(x, basis.Data, indices, values, count, readable, floor, sum, ratios);
                break;
            case 3:
                Add<Three>(x, basis.Data, indices, values, count, readable, floor, sum, ratios);
                break;
            default:
                Add<Four>(x, basis.Data, indices, values, count, readable, floor, sum, ratios);
                break;
        }
    }

    // Named locals stay in registers; those beyond the length are no code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TLength>(
        T* x, T* basis, int* indices, T* values, long count, long readable, T floor, T* sum, T* ratios)
        where TLength : struct, ILength
    {
        var scratch = stackalloc T[4];
        LoadRow<TLength>(x, out var a0, out var a1, out var a2, out var a3);
        LoadRow<TLength>(sum, out var c0, out var c1, out var c2, out var c3);
        nint stride = TLength.Vectors * TSimd.Count;
        long j = 0;
        for (; j + 4 <= count; j += 4)
        {
            T* r0 = basis + (indices[j] * stride), r1 = basis + (indices[j + 1] * stride),
                r2 = basis + (indices[j + 2] * stride), r3 = basis + (indices[j + 3] * stride);
            var four = ratios == null ? scratch : ratios + j;
            LaneTotals<TVector, TSimd, T>.FourRatios(
                values + j, Dot<TLength>(a0, a1, a2, a3, r0), Dot<TLength>(a0, a1, a2, a3, r1),
                Dot<TLength>(a0, a1, a2, a3, r2), Dot<TLength>(a0, a1, a2, a3, r3), floor, four);
            AskForFour<TLength>(basis, indices, j, readable);
            Accumulate<TLength>(TSimd.Broadcast(four[0]), r0, ref c0, ref c1, ref c2, ref c3);
            Accumulate<TLength>(TSimd.Broadcast(four[1]), r1, ref c0, ref c1, ref c2, ref c3);
            Accumulate<TLength>(TSimd.Broadcast(four[2]), r2, ref c0, ref c1, ref c2, ref c3);
            Accumulate<TLength>(TSimd.Broadcast(four[3]), r3, ref c0, ref c1, ref c2, ref c3);
        }

        for (; j < count; j++)
        {
            var row = basis + (indices[j] * stride);
            var model = LaneTotals<TVector, TSimd, T>.One(Dot<TLength>(a0, a1, a2, a3, row));
            var ratio = values[j] / (floor > model ? floor : model);
            if (ratios != null)
                ratios[j] = ratio;
            Accumulate<TLength>(TSimd.Broadcast(ratio), row, ref c0, ref c1, ref c2, ref c3);
        }

        StoreRow<TLength>(sum, c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Dot<TLength>(TVector a0, TVector a1, TVector a2, TVector a3, T* row)
        where TLength : struct, ILength
    {
        var n = TSimd.Count;
        var sum = TSimd.Multiply(a0, TSimd.Load(row));
        if (TLength.Vectors > 1)
            sum = TSimd.MultiplyAdd(a1, TSimd.Load(row + n), sum);
        if (TLength.Vectors > 2)
            sum = TSimd.MultiplyAdd(a2, TSimd.Load(row + (2 * n)), sum);
        if (TLength.Vectors > 3)
            sum = TSimd.MultiplyAdd(a3, TSimd.Load(row + (3 * n)), sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<TLength>(
        TVector weight, T* row, ref TVector c0, ref TVector c1, ref TVector c2, ref TVector c3)
        where TLength : struct, ILength
    {
        var n = TSimd.Count;
        c0 = TSimd.MultiplyAdd(weight, TSimd.Load(row), c0);
        if (TLength.Vectors > 1)
            c1 = TSimd.MultiplyAdd(weight, TSimd.Load(row + n), c1);
        if (TLength.Vectors > 2)
            c2 = TSimd.MultiplyAdd(weight, TSimd.Load(row + (2 * n)), c2);
        if (TLength.Vectors > 3)
            c3 = TSimd.MultiplyAdd(weight, TSimd.Load(row + (3 * n)), c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ask<TLength>(T* row)
        where TLength : struct, ILength
    {
        Sse.Prefetch0(row);
        if (TLength.Vectors * TSimd.Count * sizeof(T) > 64)
            Sse.Prefetch0((byte*)row + 64);
        if (TLength.Vectors * TSimd.Count * sizeof(T) > 128)
            Sse.Prefetch0((byte*)row + 128);
        if (TLength.Vectors * TSimd.Count * sizeof(T) > 192)
            Sse.Prefetch0((byte*)row + 192);
    }

    private readonly struct One : ILength
    {
        public static int Vectors => 1;
    }

    private readonly struct Two : ILength
    {
        public static int Vectors => 2;
    }

    private readonly struct Three : ILength
    {
        public static int Vectors => 3;
    }

    private readonly struct Four : ILength
    {
        public static int Vectors => 4;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// Gram matrices. A run of <see cref="RunLength"/> rows is summed in T in registers and added to a double: the error of
/// a sum of m nonnegative products does not grow with m. Only tiles on and above the diagonal are computed.
/// </summary>
internal sealed unsafe class FactorGram<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Rows summed in T before the sum moves to double.</summary>
    internal const int RunLength = 32;

    private const int RowsOfBlock = 1024;
    private const int MostBlocks = 16;

    private PinnedMemory<double> _partial = new(0);
    private Matrix<T>? _factor;
    private GramKernel? _kernel;
    private nint _kernelStride = -1;
    private int _blocks;

    /// <summary>Puts the Gram matrix into a matrix of T.</summary>
    public void Run(Matrix<T> factor, Matrix<T> gram, WorkTeam team)
    {
        var (stride, rank) = (factor.Stride, factor.Columns);
        var sum = Compute(factor, team, 0);
        for (var a = 0; a < rank; a++)
        {
            for (var b = a; b < rank; b++)
                gram.Data[(a * gram.Stride) + b] = gram.Data[(b * gram.Stride) + a] =
                    T.CreateSaturating(sum[(a * stride) + b]);
        }

        GC.KeepAlive(gram);
        GC.KeepAlive(this);
    }

    /// <summary>⟨AᵀA, BᵀB⟩ without rounding to T in between.</summary>
    public double InnerProduct(Matrix<T> a, Matrix<T> b, WorkTeam team)
    {
        var (stride, rank) = (a.Stride, a.Columns);
        Reserve(stride, 1);
        Compute(a, team, 1);
        var other = Compute(b, team, 0);
        var first = other + (MostBlocks * stride * stride);
        double sum = 0;
        for (var i = 0; i < rank; i++)
        {
            sum += first[(i * stride) + i] * other[(i * stride) + i];
            for (var j = i + 1; j < rank; j++)
                sum += 2 * first[(i * stride) + j] * other[(i * stride) + j];
        }

        GC.KeepAlive(this);
        return sum;
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (factor, stride) = (_factor!, _kernelStride);
        var from = (int)((long)factor.Rows * block / _blocks);
        var to = (int)((long)factor.Rows * (block + 1) / _blocks);
        var target = _partial.Pointer + (block * stride * stride);
        new Span<double>(target, checked((int)(stride * stride))).Clear();
        for (var i = from; i < to; i += RunLength)
            _kernel!.Add(factor.Data + (i * stride), int.Min(RunLength, to - i), stride, target);
    }

    /// <summary>Sums over the blocks; the result is in the first of the partial matrices, or kept in the slot
    /// behind the last.</summary>
    private double* Compute(Matrix<T> factor, WorkTeam team, int slot)
    {
        var stride = factor.Stride;
        Reserve(stride, slot);
        if (stride != _kernelStride)
        {
            _kernel = RowWidth.Dispatch<T, Maker, GramKernel>(default, stride);
            _kernelStride = stride;
        }

        _factor = factor;
        _blocks = int.Clamp(factor.Rows / RowsOfBlock, 1, MostBlocks);
        team.Run(this, _blocks);
        _factor = null;
        var square = stride * stride;
        var sum = _partial.Pointer;
        for (var block = 1; block < _blocks; block++)
        {
            var part = sum + (block * square);
            for (nint j = 0; j < square; j++)
                sum[j] += part[j];
        }

        if (slot > 0)
            NativeMemory.Copy(sum, sum + (MostBlocks * square), (nuint)(square * sizeof(double)));
        return sum;
    }

    private void Reserve(nint stride, int slots)
    {
        var needed = (MostBlocks + slots) * stride * stride;
        if (needed > _partial.Count)
            _partial = new(needed);
    }

    private abstract class GramKernel
    {
        public abstract void Add(T* rows, int count, nint stride, double* sum);
    }

    private sealed class GramKernel<TVector, TSimd> : GramKernel
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        public override void Add(T* rows, int count, nint stride, double* sum)
        {
            // Padding makes the stride a multiple of four: the surplus rows of the last tile are zero.
            nint b = 0;
            for (; b + (2 * TSimd.Count) <= stride; b += 2 * TSimd.Count)
            {
                for (nint a = 0; a < nint.Min(stride, b + (2 * TSimd.Count)); a += 4)
                    AddTiles(rows, count, stride, a, b, sum);
            }

            for (nint a = 0; b < stride && a < stride; a += 4)
                AddTile(rows, count, stride, a, b, sum);
        }

        // Eight sums wait for one another no more.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddTiles(T* rows, int count, nint stride, nint a, nint b, double* sum)
        {
            TVector s0 = TSimd.Zero, s1 = TSimd.Zero, s2 = TSimd.Zero, s3 = TSimd.Zero;
            TVector t0 = TSimd.Zero, t1 = TSimd.Zero, t2 = TSimd.Zero, t3 = TSimd.Zero;
            T* left = rows + a, right = rows + b;
            for (var i = 0; i < count; i++, left += stride, right += stride)
            {
                var (x, y) = (TSimd.Load(right), TSimd.Load(right + TSimd.Count));
                var value = TSimd.Broadcast(left[0]);
                s0 = TSimd.MultiplyAdd(value, x, s0);
                t0 = TSimd.MultiplyAdd(value, y, t0);
                value = TSimd.Broadcast(left[1]);
                s1 = TSimd.MultiplyAdd(value, x, s1);
                t1 = TSimd.MultiplyAdd(value, y, t1);
                value = TSimd.Broadcast(left[2]);
                s2 = TSimd.MultiplyAdd(value, x, s2);
                t2 = TSimd.MultiplyAdd(value, y, t2);
                value = TSimd.Broadcast(left[3]);
                s3 = TSimd.MultiplyAdd(value, x, s3);
                t3 = TSimd.MultiplyAdd(value, y, t3);
            }

            sum += (a * stride) + b;
            Add(s0, sum);
            Add(t0, sum + TSimd.Count);
            Add(s1, sum + stride);
            Add(t1, sum + stride + TSimd.Count);
            Add(s2, sum + (2 * stride));
            Add(t2, sum + (2 * stride) + TSimd.Count);
            Add(s3, sum + (3 * stride));
            Add(t3, sum + (3 * stride) + TSimd.Count);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddTile(T* rows, int count, nint stride, nint a, nint b, double* sum)
        {
            TVector s0 = TSimd.Zero, s1 = TSimd.Zero, s2 = TSimd.Zero, s3 = TSimd.Zero;
            for (var i = 0; i < count; i++, rows += stride)
            {
                var x = TSimd.Load(rows + b);
                s0 = TSimd.MultiplyAdd(TSimd.Broadcast(rows[a]), x, s0);
                s1 = TSimd.MultiplyAdd(TSimd.Broadcast(rows[a + 1]), x, s1);
                s2 = TSimd.MultiplyAdd(TSimd.Broadcast(rows[a + 2]), x, s2);
                s3 = TSimd.MultiplyAdd(TSimd.Broadcast(rows[a + 3]), x, s3);
            }

            sum += (a * stride) + b;
            Add(s0, sum);
            Add(s1, sum + stride);
            Add(s2, sum + (2 * stride));
            Add(s3, sum + (3 * stride));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add(TVector value, double* sum)
        {
            if (typeof(TVector) == typeof(Vector256<float>))
            {
                var (low, high) = Vector256.Widen(Unsafe.BitCast<TVector, Vector256<float>>(value));
                (Vector256.Load(sum) + low).Store(sum);
                (Vector256.Load(sum + 4) + high).Store(sum + 4);
                return;
            }

            if (typeof(TVector) == typeof(Vector512<float>))
            {
                var (low, high) = Vector512.Widen(Unsafe.BitCast<TVector, Vector512<float>>(value));
                (Vector512.Load(sum) + low).Store(sum);
                (Vector512.Load(sum + 8) + high).Store(sum + 8);
                return;
            }

            var lanes = (T*)&value;
            for (var j = 0; j < TSimd.Count; j++)
                sum[j] += double.CreateTruncating(lanes[j]);
        }
    }

    private readonly struct Maker : ISimdVisitor<T, GramKernel>
    {
        public GramKernel Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => new GramKernel<TVector, TSimd>();
    }
}

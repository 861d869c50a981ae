using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>Sums over a factor in double: of columns, of their squares, and of products of two factors.</summary>
internal sealed unsafe class FactorSums<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 1024;
    private const int MostBlocks = 64;
    private const int RunLength = 32;

    private PinnedMemory<double> _partial = new(0);
    private Matrix<T>? _a;
    private Matrix<T>? _b;
    private bool _squared;

    /// <summary>Column sums on the calling thread: the same blocks in the same order as with a team.</summary>
    public static void ColumnSums(Matrix<T> factor, Span<double> sums)
    {
        sums[..factor.Columns].Clear();
        var rented = ArrayPool<double>.Shared.Rent((int)factor.Stride);
        fixed (double* part = rented)
        {
            for (var block = 0; block < Blocks(factor); block++)
            {
                AddRows<Identity>(factor, block, part);
                for (var k = 0; k < factor.Columns; k++)
                    sums[k] += part[k];
            }
        }

        ArrayPool<double>.Shared.Return(rented);
        GC.KeepAlive(factor);
    }

    public void ColumnSums(Matrix<T> factor, Span<double> sums, WorkTeam team, bool squared = false)
    {
        var blocks = Blocks(factor);
        _squared = squared;
        RunBlocks(factor, null, blocks, factor.Stride, team);
        sums[..factor.Columns].Clear();
        for (var block = 0; block < blocks; block++)
        {
            for (var k = 0; k < factor.Columns; k++)
                sums[k] += _partial.Pointer[(block * factor.Stride) + k];
        }

        GC.KeepAlive(this);
    }

    public double InnerProduct(Matrix<T> a, Matrix<T> b, WorkTeam team)
    {
        var blocks = Blocks(a);
        RunBlocks(a, b, blocks, 1, team);
        double sum = 0;
        for (var block = 0; block < blocks; block++)
            sum += _partial.Pointer[block];
        GC.KeepAlive(this);
        return sum;
    }

    public static void ScaleColumns(Matrix<T> factor, ReadOnlySpan<double> scale)
    {
        // A strip of columns at a time, so that the rounded numbers fit on the stack whatever the rank.
        const int strip = 128;
        Span<T> multipliers = stackalloc T[strip];
        for (var first = 0; first < factor.Columns; first += strip)
        {
            var width = Math.Min(strip, factor.Columns - first);
            for (var k = 0; k < width; k++)
                multipliers[k] = T.CreateSaturating(scale[first + k]);
            for (var i = 0; i < factor.Rows; i++)
            {
                var row = factor.Row(i).Slice(first, width);
                System.Numerics.Tensors.TensorPrimitives.Multiply(row, multipliers[..width], row);
            }
        }
    }

    void IBlockWork.Run(int block, int worker)
    {
        if (_b is not null)
            _partial.Pointer[block] = Dot(_a!, _b, block);
        else if (_squared)
            AddRows<Square>(_a!, block, _partial.Pointer + (block * _a!.Stride));
        else
            AddRows<Identity>(_a!, block, _partial.Pointer + (block * _a!.Stride));
    }

    private static int Blocks(Matrix<T> factor) => int.Clamp(factor.Rows / RowsOfBlock, 1, MostBlocks);

    private static (int From, int To) RowsOf(Matrix<T> factor, int block)
    {
        var blocks = Blocks(factor);
        return ((int)((long)factor.Rows * block / blocks), (int)((long)factor.Rows * (block + 1) / blocks));
    }

    private void RunBlocks(Matrix<T> a, Matrix<T>? b, int blocks, nint perBlock, WorkTeam team)
    {
        if (blocks * perBlock > _partial.Count)
            _partial = new(blocks * perBlock);
        (_a, _b) = (a, b);
        team.Run(this, blocks);
        (_a, _b) = (null, null);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows<TMap>(Matrix<T> factor, int block, double* sums)
        where TMap : IMap
    {
        var (from, to) = RowsOf(factor, block);
        var stride = factor.Stride;
        new Span<double>(sums, (int)stride).Clear();
        for (var i = from; i < to; i += RunLength)
        {
            var rows = factor.Data + (i * stride);
            var count = int.Min(RunLength, to - i);
            nint k = 0;
            for (; k + Vector<T>.Count <= stride; k += Vector<T>.Count)
            {
                var sum = TMap.Apply(Vector.Load(rows + k));
                for (var j = 1; j < count; j++)
                    sum += TMap.Apply(Vector.Load(rows + (j * stride) + k));
                for (var lane = 0; lane < Vector<T>.Count; lane++)
                    sums[k + lane] += double.CreateTruncating(sum[lane]);
            }

            for (; k < stride; k++)
            {
                var sum = TMap.Apply(rows[k]);
                for (var j = 1; j < count; j++)
                    sum += TMap.Apply(rows[(j * stride) + k]);
                sums[k] += double.CreateTruncating(sum);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Dot(Matrix<T> a, Matrix<T> b, int block)
    {
        var (from, to) = RowsOf(a, block);
        var x = a.Data + (from * a.Stride);
        var y = b.Data + (from * a.Stride);
        var length = (to - from) * a.Stride;

        // Four sums, for the latency of an addition; a row is a multiple of four elements.
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (nint j = 0; j < length; j += 4)
        {
            s0 += double.CreateTruncating(x[j]) * double.CreateTruncating(y[j]);
            s1 += double.CreateTruncating(x[j + 1]) * double.CreateTruncating(y[j + 1]);
            s2 += double.CreateTruncating(x[j + 2]) * double.CreateTruncating(y[j + 2]);
            s3 += double.CreateTruncating(x[j + 3]) * double.CreateTruncating(y[j + 3]);
        }

        return (s0 + s1) + (s2 + s3);
    }

    private interface IMap
    {
        static abstract Vector<T> Apply(Vector<T> x);

        static abstract T Apply(T x);
    }

    private readonly struct Identity : IMap
    {
        public static Vector<T> Apply(Vector<T> x) => x;

        public static T Apply(T x) => x;
    }

    private readonly struct Square : IMap
    {
        public static Vector<T> Apply(Vector<T> x) => x * x;

        public static T Apply(T x) => x * x;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Tensors;

/// <summary>
/// Rows of the Khatri-Rao product of all factors but the last, made where they are needed: the product of the outer
/// modes changes once in so many rows as the innermost mode is long.
/// </summary>
internal sealed unsafe class CpRows<T, TVector, TSimd> : TensorRows<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    private readonly int[] _shape;
    private readonly int _last;
    private readonly int _inner;
    private readonly nint _stride;
    private readonly PinnedMemory<T>[] _packed;
    private readonly PinnedMemory<T> _scratch;

    /// <param name="shape">Lengths of all modes.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="stride">Of packed rows.</param>
    /// <param name="workers">Number of threads.</param>
    public CpRows(int[] shape, int rank, int stride, int workers)
    {
        (_shape, Rank, _stride, _last) = (shape, rank, stride, shape.Length - 1);
        _inner = shape[_last - 1];
        _packed = [.. shape[.._last].Select(length => new PinnedMemory<T>((long)length * stride))];
        _scratch = new PinnedMemory<T>((long)workers * stride);
    }

    public override int Rank { get; }

    public override void Require(Matrix<T>[] factors)
    {
        ArgumentNullException.ThrowIfNull(factors);
        if (factors.Length != _shape.Length)
            throw new ArgumentException($"There are {factors.Length} factors for {_shape.Length} modes.");
        for (var n = 0; n < factors.Length; n++)
        {
            if (factors[n].Rows != _shape[n] || factors[n].Columns != Rank)
            {
                throw new ArgumentException(
                    $"The factor of mode {n} is {factors[n].Rows} x {factors[n].Columns}, not {_shape[n]} x {Rank}.",
                    nameof(factors));
            }
        }
    }

    public override void Prepare(Matrix<T>[] factors)
    {
        for (var n = 0; n < _last; n++)
        {
            for (var i = 0; i < _shape[n]; i++)
                factors[n].Row(i).CopyTo(new Span<T>(Row(n, i), Rank));
        }
    }

    public override (int Rows, int Columns) ShapeOf(int target) => (_shape[target], Rank);

    public override (int First, int Count) Reached(int target, long firstRow, long endRow)
    {
        if (target > 0 || firstRow >= endRow)
            return (0, _shape[target]);
        var rowsOfIndex = 1L;
        for (var n = 1; n < _last; n++)
            rowsOfIndex *= _shape[n];
        var first = (int)(firstRow / rowsOfIndex);
        return (first, (int)((endRow - 1) / rowsOfIndex) - first + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Pack(long firstRow, nint rows, T* samples, nint stride, int worker)
    {
        var (outer, j) = Math.DivRem(firstRow, _inner);
        var prefix = _scratch.Pointer + (worker * _stride);
        Outer(outer, -1, prefix);
        for (nint i = 0; i < rows; i++, j++, samples += stride)
        {
            if (j == _inner)
            {
                j = 0;
                Outer(++outer, -1, prefix);
            }

            var row = Row(_last - 1, (nint)j);
            for (nint k = 0; k < _stride; k += TSimd.Count)
                TSimd.Store(samples + k, TSimd.Multiply(TSimd.Load(prefix + k), TSimd.Load(row + k)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(
        int target, long firstRow, nint rows, T* gradient, nint stride, T* sums, int firstOfSums, int worker)
    {
        var (outer, j) = Math.DivRem(firstRow, _inner);
        var prefix = _scratch.Pointer + (worker * _stride);
        var isInner = target == _last - 1;
        Outer(outer, target, prefix);
        var sum = isInner ? null : sums + ((Index(outer, target) - firstOfSums) * _stride);
        for (nint i = 0; i < rows; i++, j++, gradient += stride)
        {
            if (j == _inner)
            {
                j = 0;
                Outer(++outer, target, prefix);
                if (!isInner)
                    sum = sums + ((Index(outer, target) - firstOfSums) * _stride);
            }

            if (isInner)
                AddProduct(gradient, prefix, sums + ((nint)j * _stride));
            else
                AddProduct(gradient, prefix, Row(_last - 1, (nint)j), sum);
        }
    }

    private T* Row(int mode, nint index) => _packed[mode].Pointer + (index * _stride);

    // The index of an outer mode.
    private nint Index(long outer, int mode)
    {
        for (var n = _last - 2; n > mode; n--)
            outer /= _shape[n];
        return (nint)(outer % _shape[mode]);
    }

    // The product of the rows of all outer modes but one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Outer(long outer, int except, T* product)
    {
        var isFirst = true;
        for (var n = _last - 2; n >= 0; n--)
        {
            (outer, var index) = Math.DivRem(outer, _shape[n]);
            if (n == except)
                continue;
            var row = Row(n, (nint)index);
            for (nint k = 0; k < _stride; k += TSimd.Count)
            {
                var x = TSimd.Load(row + k);
                TSimd.Store(product + k, isFirst ? x : TSimd.Multiply(TSimd.Load(product + k), x));
            }

            isFirst = false;
        }

        if (isFirst)
            new Span<T>(product, (int)_stride).Fill(T.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddProduct(T* a, T* b, T* sum)
    {
        for (nint k = 0; k < _stride; k += TSimd.Count)
            TSimd.Store(sum + k, TSimd.MultiplyAdd(TSimd.Load(a + k), TSimd.Load(b + k), TSimd.Load(sum + k)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddProduct(T* a, T* b, T* c, T* sum)
    {
        for (nint k = 0; k < _stride; k += TSimd.Count)
        {
            var product = TSimd.Multiply(TSimd.Load(b + k), TSimd.Load(c + k));
            TSimd.Store(sum + k, TSimd.MultiplyAdd(TSimd.Load(a + k), product, TSimd.Load(sum + k)));
        }
    }
}

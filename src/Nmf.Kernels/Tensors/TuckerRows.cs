using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels.Tensors;

/// <summary>
/// Rows of a core contracted with the rows of all factors but the last (Tucker model), made where they are needed: what
/// the outer modes leave of the core changes once in so many rows as the inner modes are long. Targets are the factors
/// in the order of the modes, and behind them the core as a matrix whose columns are its last mode.
/// </summary>
internal sealed unsafe class TuckerRows<T> : TensorRows<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] _shape;
    private readonly int[] _ranks;
    private readonly int _last;
    private readonly int _lanes;
    private readonly Scratch[] _scratch;
    private Matrix<T>[] _factors = [];

    /// <param name="shape">Lengths of all modes.</param>
    /// <param name="ranks">Components of all modes.</param>
    /// <param name="lanes">Elements of a vector.</param>
    /// <param name="workers">Number of threads.</param>
    public TuckerRows(int[] shape, int[] ranks, int lanes, int workers)
    {
        (_shape, _ranks, _lanes, _last) = (shape, ranks, lanes, shape.Length - 1);
        CoreRows = ranks.Take(_last).Aggregate(1, (size, rank) => checked(size * rank));
        _scratch = [.. Enumerable.Range(0, workers).Select(_ => new Scratch(ranks))];
    }

    public override int Rank => _ranks[_last];

    /// <summary>Rows of the core as a matrix.</summary>
    public int CoreRows { get; }

    public override void Require(Matrix<T>[] factors)
    {
        ArgumentNullException.ThrowIfNull(factors);
        if (factors.Length != _shape.Length + 1)
            throw new ArgumentException(
                $"There are {factors.Length} factors for {_shape.Length} modes and the core.", nameof(factors));
        for (var n = 0; n < factors.Length; n++)
        {
            var (rows, columns) = n <= _last ? (_shape[n], _ranks[n]) : (CoreRows, Rank);
            if (factors[n].Rows != rows || factors[n].Columns != columns)
                throw new ArgumentException(
                    $"Factor {n} is {factors[n].Rows} x {factors[n].Columns}, not {rows} x {columns}.",
                    nameof(factors));
        }
    }

    public override void Prepare(Matrix<T>[] factors)
    {
        _factors = factors;
        foreach (var scratch in _scratch)
        {
            for (var i = 0; i < CoreRows; i++)
                factors[_last + 1].Row(i).CopyTo(scratch.Forward[0].AsSpan(i * Rank));
            scratch.IsForward = false;
        }
    }

    public override (int Rows, int Columns) ShapeOf(int target)
        => target > _last ? (CoreRows, Rank) : (_shape[target], _ranks[target]);

    public override (int First, int Count) Reached(int target, long firstRow, long endRow)
    {
        if (target > 0 || firstRow >= endRow)
            return (0, ShapeOf(target).Rows);
        var rowsOfIndex = 1L;
        for (var n = 1; n < _last; n++)
            rowsOfIndex *= _shape[n];
        var first = (int)(firstRow / rowsOfIndex);
        return (first, (int)((endRow - 1) / rowsOfIndex) - first + 1);
    }

    public override void Pack(long firstRow, nint rows, T* samples, nint stride, int worker)
    {
        var scratch = _scratch[worker];
        for (nint i = 0; i < rows; i++, samples += stride)
        {
            GoTo(firstRow + i, scratch);
            Contract(scratch.Forward[_last - 1], _last - 1, scratch.Place, new Span<T>(samples, Rank));
        }
    }

    public override void Add(
        int target, long firstRow, nint rows, T* gradient, nint stride, T* sums, int firstOfSums, int worker)
    {
        var scratch = _scratch[worker];
        var sumStride = (nint)DenseCut.RoundUp(ShapeOf(target).Columns, Math.Max(_lanes, DenseCut.RowQuantum));
        for (nint i = 0; i < rows; i++, gradient += stride)
        {
            if (i > 0)
            {
                var changed = Changed(firstRow + i, scratch);
                Flush(Math.Max(changed + 1, 1), target, scratch, sums, sumStride, firstOfSums);
            }

            GoTo(firstRow + i, scratch);
            new ReadOnlySpan<T>(gradient, Rank).CopyTo(scratch.Backward[_last]);
            Step(_last, target, scratch, sums, sumStride, firstOfSums);
        }

        if (rows == 0)
            return;
        Flush(1, target, scratch, sums, sumStride, firstOfSums);
        if (target <= _last)
            return;
        for (var i = 0; i < CoreRows; i++)
        {
            var row = new Span<T>(sums + (i * sumStride), Rank);
            TensorPrimitives.Add<T>(row, scratch.Backward[0].AsSpan(i * Rank, Rank), row);
        }

        Array.Clear(scratch.Backward[0]);
    }

    // The first mode whose index is another one at a row.
    private int Changed(long row, Scratch scratch)
    {
        var changed = _last;
        for (var n = _last - 1; n >= 0; n--)
        {
            (row, var index) = Math.DivRem(row, _shape[n]);
            if (scratch.Place[n] != (int)index)
                changed = n;
        }

        return changed;
    }

    // What the outer modes leave of the core.
    private void GoTo(long row, Scratch scratch)
    {
        var changed = scratch.IsForward ? Changed(row, scratch) : 0;
        for (var n = _last - 1; n >= 0; n--)
        {
            (row, var index) = Math.DivRem(row, _shape[n]);
            scratch.Place[n] = (int)index;
        }

        scratch.IsForward = true;
        for (var n = changed; n < _last - 1; n++)
            Contract(scratch.Forward[n], n, scratch.Place, scratch.Forward[n + 1]);
    }

    private void Contract(T[] from, int mode, int[] place, Span<T> to)
    {
        ReadOnlySpan<T> row = _factors[mode].Row(place[mode]);
        var size = to.Length;
        to.Clear();
        for (var r = 0; r < row.Length; r++)
            TensorPrimitives.MultiplyAdd(from.AsSpan(r * size, size), row[r], to, to);
    }

    // Ends the runs of the modes from one on but the last, which has ended.
    private void Flush(int from, int target, Scratch scratch, T* sums, nint sumStride, int firstOfSums)
    {
        for (var n = _last - 1; n >= from; n--)
            Step(n, target, scratch, sums, sumStride, firstOfSums);
    }

    // What has been gathered of the modes n and after goes to the mode before, or, where that is the target, to it.
    private void Step(int n, int target, Scratch scratch, T* sums, nint sumStride, int firstOfSums)
    {
        var mode = n - 1;
        if (mode < target && target <= _last)
            return;
        var gathered = scratch.Backward[n];
        var size = gathered.Length;
        if (mode == target)
        {
            var core = scratch.Forward[mode];
            var targetRow = sums + ((scratch.Place[mode] - firstOfSums) * sumStride);
            for (var r = 0; r < _ranks[mode]; r++)
                targetRow[r] += TensorPrimitives.Dot<T>(core.AsSpan(r * size, size), gathered);
        }
        else
        {
            ReadOnlySpan<T> row = _factors[mode].Row(scratch.Place[mode]);
            var before = scratch.Backward[mode];
            for (var r = 0; r < row.Length; r++)
            {
                var sum = before.AsSpan(r * size, size);
                TensorPrimitives.MultiplyAdd(gathered, row[r], sum, sum);
            }
        }

        Array.Clear(gathered);
    }

    /// <summary>The memory of one worker: for every mode the core without the modes before, and sums over the modes
    /// from it on.</summary>
    private sealed class Scratch
    {
        public Scratch(int[] ranks)
        {
            var last = ranks.Length - 1;
            var size = 1;
            Backward = new T[ranks.Length][];
            Forward = new T[last][];
            for (var n = last; n >= 0; n--)
            {
                size = checked(size * ranks[n]);
                Backward[n] = new T[size];
                if (n < last)
                    Forward[n] = new T[size];
            }

            Place = new int[last];
        }

        public T[][] Forward { get; }

        public T[][] Backward { get; }

        public int[] Place { get; }

        public bool IsForward { get; set; }
    }
}

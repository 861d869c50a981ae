using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Tensors;

/// <summary>
/// Passes of the CP model over the stored entries of a sparse tensor: time is proportional to their number. Where
/// absent entries are zeros, β is 1 or 2, for which sums over all entries are products of column sums or Gram matrices
/// of the factors.
/// </summary>
/// <remarks>A row of a factor is the business of one block, whatever the target: nothing has to be added up.</remarks>
internal sealed unsafe partial class SparseTensorPass<T, TVector, TSimd, TDivergence> : TensorPass<T>, IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where TDivergence : struct, IDivergence<TVector>
{
    private const int Chunk = 16;
    private const int Slack = 16;
    private const int WorkOfBlock = 1 << 12;
    private const int MostBlocks = 512;
    private const int WorkOfRow = 4;

    private readonly CoordinateTensor<T> _data;
    private readonly bool _absentAreZero;
    private readonly int _rank;
    private readonly EntryTerms<TVector, TSimd, T, TDivergence> _entries;
    private readonly int[][] _firstRows;
    private readonly int _longest;
    private readonly double[] _objectives;
    private readonly nint _stride;
    private readonly nint _scratchOfWorker;
    private readonly PinnedMemory<T> _scratch;
    private readonly SharedTerms<T> _shared;
    private Matrix<T>[] _factors = [];
    private Matrix<T>? _negative;
    private Matrix<T>? _positive;
    private int _target;
    private Task _task;

    private enum Task
    {
        Gradient,
        Product,
        Objective,
    }

    public SparseTensorPass(
        CoordinateTensor<T> data, bool absentAreZero, int rank, double beta, WorkTeam team, TDivergence divergence)
        : base(beta, team)
    {
        (_data, _absentAreZero, _rank) = (data, absentAreZero, rank);
        _entries = new(divergence, ModelFloor.Of<T>(beta));
        _firstRows = [.. Enumerable.Range(0, data.Shape.Length).Select(n => Cut(data.Of(n).Starts))];
        _longest = Array.IndexOf(data.Shape, data.Shape.Max());
        _objectives = new double[_firstRows[_longest].Length - 1];
        _stride = new Matrix<T>(0, rank).Stride;
        _scratchOfWorker = (Chunk * _stride) + (3 * (Chunk + Slack));
        _scratch = new PinnedMemory<T>(team.Threads * (long)_scratchOfWorker);
        _shared = new SharedTerms<T>(data.Shape.Length, rank, team);
    }

    public override void Gradient(Matrix<T>[] factors, int target, Matrix<T> negative, Matrix<T> positive)
    {
        Require(factors);
        RequireShape(negative, _data.Shape[target], _rank, nameof(negative));
        RequireShape(positive, _data.Shape[target], _rank, nameof(positive));
        Run(Task.Gradient, factors, target, negative, _absentAreZero ? null : positive);
        if (!_absentAreZero)
            return;
        if (Beta == 1)
            _shared.ProductsOfSums(factors, target, positive);
        else
            _shared.TimesGrams(factors, target, positive);
    }

    public override void Product(
        Matrix<T>[] factors, int target, Matrix<T> result, bool lastIsUnchanged = false)
    {
        Require(factors);
        RequireShape(result, _data.Shape[target], _rank, nameof(result));
        Run(Task.Product, factors, target, result, null);
    }

    public override double Objective(Matrix<T>[] factors)
    {
        Require(factors);
        Run(Task.Objective, factors, _longest, null, null);
        double sum = 0;
        foreach (var part in _objectives)
            sum += part;
        if (!_absentAreZero)
            return sum;

        // Numbers of the size of what is subtracted: rounding may leave less than nothing.
        return Math.Max(0, sum + (Beta == 1 ? _shared.ModelSum(factors) : 0.5 * _shared.ModelSquares(factors)));
    }

    void IBlockWork.Run(int block, int worker)
    {
        var mode = _data.Of(_target);
        var (from, to) = (_firstRows[_target][block], _firstRows[_target][block + 1]);
        var scratch = _scratch.Pointer + (worker * _scratchOfWorker);
        if (_task == Task.Objective)
            _objectives[block] = Beta == 2 && _absentAreZero ? Squares(mode, from, to) : Value(mode, from, to, scratch);
        else
            Walk(mode, from, to, scratch);
    }

    // About as many entries in every block, rows whole.
    private static int[] Cut(int[] starts)
    {
        var rows = starts.Length - 1;
        var total = starts[rows] + ((long)WorkOfRow * rows);
        var blocks = (int)long.Clamp(total / WorkOfBlock, 1, MostBlocks);
        var firstRows = new int[blocks + 1];
        var row = 0;
        for (var block = 1; block < blocks; block++)
        {
            while (row < rows && starts[row] + ((long)WorkOfRow * row) < total * block / blocks)
                row++;
            firstRows[block] = row;
        }

        firstRows[blocks] = rows;
        return firstRows;
    }

    private void Run(Task task, Matrix<T>[] factors, int target, Matrix<T>? negative, Matrix<T>? positive)
    {
        (_task, _factors, _target, _negative, _positive) = (task, factors, target, negative, positive);
        Team.Run(this, _firstRows[target].Length - 1);
        (_factors, _negative, _positive) = ([], null, null);
    }

    private void Require(Matrix<T>[] factors)
    {
        ArgumentNullException.ThrowIfNull(factors);
        if (factors.Length != _data.Shape.Length)
            throw new ArgumentException($"There are {factors.Length} factors for {_data.Shape.Length} modes.");
        for (var n = 0; n < factors.Length; n++)
            RequireShape(factors[n], _data.Shape[n], _rank, nameof(factors));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Walk(CoordinateTensor<T>.Mode mode, int from, int to, T* scratch)
    {
        var rows = stackalloc T*[Chunk];
        Point(rows, scratch);
        T* y = scratch + (Chunk * _stride), powers = y + Chunk + Slack;
        var weights = mode.Weights;
        var needsModel = _task == Task.Gradient && !(_absentAreZero && Beta == 2);
        for (var i = from; i < to; i++)
        {
            var negative = _negative!.Data + (i * _stride);
            var positive = _positive is null ? null : _positive.Data + (i * _stride);
            new Span<T>(negative, (int)_stride).Clear();
            if (positive != null)
                new Span<T>(positive, (int)_stride).Clear();
            for (var at = mode.Starts[i]; at < mode.Starts[i + 1]; at += Chunk)
            {
                var count = Math.Min(Chunk, mode.Starts[i + 1] - at);
                Products(mode, at, count, rows);
                if (!needsModel)
                {
                    FactorRows<TVector, TSimd, T>.Combine(mode.Values + at, rows, count, _stride, negative);
                    continue;
                }

                FactorRows<TVector, TSimd, T>.Dots(
                    _factors[_target].Data + (i * _stride), rows, count, _stride, y);
                _entries.Parts(mode.Values + at, weights == null ? null : weights + at, y, powers, count);
                FactorRows<TVector, TSimd, T>.Combine(y, rows, count, _stride, negative);
                if (positive != null)
                    FactorRows<TVector, TSimd, T>.Combine(powers, rows, count, _stride, positive);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Value(CoordinateTensor<T>.Mode mode, int from, int to, T* scratch)
    {
        var rows = stackalloc T*[Chunk];
        Point(rows, scratch);
        T* y = scratch + (Chunk * _stride), terms = y + Chunk + Slack;
        new Span<T>(y, Chunk + Slack).Fill(T.One);
        var weights = mode.Weights;
        double sum = 0;
        for (var i = from; i < to; i++)
        {
            for (var at = mode.Starts[i]; at < mode.Starts[i + 1]; at += Chunk)
            {
                var count = Math.Min(Chunk, mode.Starts[i + 1] - at);
                Products(mode, at, count, rows);
                FactorRows<TVector, TSimd, T>.Dots(
                    _factors[_target].Data + (i * _stride), rows, count, _stride, y);
                _entries.Values(mode.Values + at, weights == null ? null : weights + at, y, terms, count);
                for (var j = 0; j < count; j++)
                {
                    sum += double.CreateTruncating(terms[j]);
                    if (_absentAreZero)
                        sum -= double.CreateTruncating(y[j]);
                }
            }
        }

        return sum;
    }

    // Σ v (v/2 - y), all of it in double: what is left beside the squares of the model may be little.
    private double Squares(CoordinateTensor<T>.Mode mode, int from, int to)
    {
        double sum = 0;
        for (var i = from; i < to; i++)
        {
            for (var at = mode.Starts[i]; at < mode.Starts[i + 1]; at++)
            {
                double y = 0;
                for (var k = 0; k < _rank; k++)
                {
                    var other = mode.Others + ((nint)at * (_factors.Length - 1));
                    double product = 1;
                    for (var n = 0; n < _factors.Length; n++)
                        product *= double.CreateTruncating(
                            _factors[n].Data[((n == _target ? i : *other++) * _stride) + k]);
                    y += product;
                }

                var v = double.CreateTruncating(mode.Values[at]);
                sum += v * ((0.5 * v) - y);
            }
        }

        return sum;
    }
}

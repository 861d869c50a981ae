using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// <c>min ½ Σ_n x_nᵀ G x_n - Σ_n p_nᵀ x_n + λ₁ Σ x + λ TV(X)</c> over X ≥ 0, with a sum of one where asked for, by the
/// primal-dual method of Chambolle and Pock ("A first-order primal-dual algorithm for convex problems with applications
/// to imaging", 2011). The quadratic part (and the sum) is the primal step, in closed form, so that spectra that are
/// alike do not slow it down; differences and signs are in the dual:
/// <c>x ← (I + τG)⁻¹ (x̃ - τ(Dᵀu + w - p + λ₁))</c>, <c>u ← clip(u + σ D(2x - x̃), λ)</c>,
/// <c>w ← min(0, w + σ(2x - x̃))</c>, στ = 1/9.
/// </summary>
internal sealed class VariationSmoothing : IBlockWork
{
    // ‖D‖² + 1 is at most that.
    private const double SquaredNorm = 9;
    private const int IterationsPerCheck = 20;
    private const double Imbalance = 1.5;

    // So much of the freedom to change the steps remains after each change: in the end they are constant.
    private const double Decay = 0.9;

    private readonly Matrix<double> _gram;
    private readonly double _energy;
    private readonly double _lambda;
    private readonly bool _sumsToOne;
    private readonly WorkTeam _team;
    private readonly CancellationToken _cancellationToken;
    private readonly int _height;
    private readonly int _rank;

    // Numbers of a row of the picture: pixel after pixel, the spectra of a pixel together.
    private readonly int _row;
    private readonly double[] _products;
    private readonly double[] _x;
    private readonly double[] _ahead;
    private readonly double[] _across;
    private readonly double[] _down;
    private readonly double[] _signs;
    private readonly double[][] _scratch;
    private readonly Matrix<double> _partial;
    private readonly double[] _sums = new double[2];
    private Matrix<double> _inverse = new(0, 0);
    private double[] _direction = [];
    private double _tau;
    private double _sigma;
    private Step _step;

    /// <param name="products">p, pixels x spectra.</param>
    /// <param name="gram">G.</param>
    /// <param name="energy">‖Y‖².</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="sparsity">λ₁.</param>
    /// <param name="sumsToOne">Whether the abundances of a pixel sum to one.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Looked at in every row.</param>
    public VariationSmoothing(
        Matrix<double> products, Matrix<double> gram, double energy, int width, double lambda, double sparsity,
        bool sumsToOne, WorkTeam team, CancellationToken cancellationToken)
    {
        (_gram, _energy, _lambda, _sumsToOne) = (gram, energy, lambda, sumsToOne);
        (_team, _cancellationToken) = (team, cancellationToken);
        _rank = gram.Rows;
        (_height, _row) = (products.Rows / width, width * _rank);
        _products = Array.ConvertAll(products.ToRowMajor(), product => product - sparsity);
        _x = new double[_products.Length];
        _ahead = new double[_products.Length];
        _across = new double[_products.Length];
        _down = new double[_products.Length];
        _signs = new double[_products.Length];
        _scratch = new double[team.Threads][];
        for (var i = 0; i < _scratch.Length; i++)
            _scratch[i] = new double[2 * _row];
        _partial = new Matrix<double>(_height, _sums.Length);
    }

    private enum Step
    {
        Primal,
        Dual,
        Objective,
    }

    /// <summary>The objective when it ended, with ‖Y‖²/2.</summary>
    public double Objective { get; private set; }

    public bool Run(double tolerance, int maximumIterations, IProgress<FitProgress>? progress)
    {
        double trace = 0;
        for (var k = 0; k < _rank; k++)
            trace += _gram[k, k];
        SetStep(_rank / trace);
        var size = Math.Max(TensorPrimitives.Norm<double>(_products), double.Epsilon);
        var freedom = 1.0;
        for (var iteration = 1; ; iteration++)
        {
            Run(Step.Primal);
            var primal = Math.Sqrt(_sums[0]) / (_tau * size);
            Run(Step.Dual);
            var dual = Math.Sqrt(_sums[0]) / (_sigma * Math.Max(TensorNorm(), double.Epsilon));
            var isSettled = primal <= tolerance && dual <= tolerance;
            var isDone = iteration >= maximumIterations || isSettled;
            if (!isDone && iteration % IterationsPerCheck != 0)
                continue;
            Run(Step.Objective);
            Objective = (_energy / 2) + _sums[0];
            progress?.Report(new FitProgress(0, 1, iteration, maximumIterations, Objective));
            if (isDone)
                return isSettled;
            var factor = Math.Pow(primal / dual, freedom / 2);
            if (!(factor is > Imbalance or < 1 / Imbalance) || !double.IsFinite(factor) || factor == 0)
                continue;
            SetStep(_tau * factor);
            freedom *= Decay;
        }
    }

    /// <summary>The abundances, inside their constraints.</summary>
    public Matrix<T> Result<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = new Matrix<T>(_x.Length / _rank, _rank);
        for (var n = 0; n < result.Rows; n++)
        {
            var pixel = _x.AsSpan(n * _rank, _rank);
            double sum = 0;
            foreach (var value in pixel)
                sum += Math.Max(0, value);
            for (var k = 0; k < _rank; k++)
                result[n, k] = T.CreateSaturating(Math.Max(0, pixel[k]) / (_sumsToOne ? sum : 1));
        }

        return result;
    }

    void IBlockWork.Run(int block, int worker)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var sums = _partial.Row(block);
        sums.Clear();
        switch (_step)
        {
            case Step.Primal:
                sums[0] = Primal(block, _scratch[worker]);
                break;
            case Step.Dual:
                (sums[0], sums[1]) = (Dual(block, _scratch[worker]), TensorPrimitives.SumOfSquares(Row(_x, block)));
                break;
            default:
                sums[0] = Value(block, _scratch[worker]);
                break;
        }
    }

    private ReadOnlySpan<double> Row(double[] values, int y) => values.AsSpan(y * _row, _row);

    private double TensorNorm() => Math.Sqrt(_sums[1]);

    private void Run(Step step)
    {
        _step = step;
        SharedWork.Run(_team, this, _partial, _sums);
    }

    private void SetStep(double tau)
    {
        (_tau, _sigma) = (tau, 1 / (SquaredNorm * tau));
        var matrix = new Matrix<double>(_rank, _rank);
        for (var i = 0; i < _rank; i++)
        {
            for (var j = 0; j < _rank; j++)
                matrix[i, j] = (_tau * _gram[i, j]) + (i == j ? 1 : 0);
        }

        _inverse = SmallMatrices.Inverse(matrix);
        if (!_sumsToOne)
            return;

        // Where the sum is held the step goes along the inverse of ones.
        _direction = [.. Enumerable.Range(0, _rank).Select(k => TensorPrimitives.Sum<double>(_inverse.Row(k)))];
        var total = _direction.Sum();
        for (var k = 0; k < _rank; k++)
            _direction[k] /= total;
    }

    // x and 2x - x̃ of a row of the picture; the square of how far x moves.
    private double Primal(int y, Span<double> scratch)
    {
        var force = scratch[.._row];
        Span<double> x = _x.AsSpan(y * _row, _row);
        Span<double> ahead = _ahead.AsSpan(y * _row, _row);
        TensorPrimitives.Subtract(Row(_products, y), Row(_signs, y), force);

        // Dᵀu: what a difference takes from a pixel it gives to the next.
        TensorPrimitives.Add(force, Row(_across, y), force);
        TensorPrimitives.Subtract(force[_rank..], Row(_across, y)[..^_rank], force[_rank..]);
        TensorPrimitives.Add(force, Row(_down, y), force);
        if (y > 0)
            TensorPrimitives.Subtract(force, Row(_down, y - 1), force);
        TensorPrimitives.MultiplyAdd(force, _tau, x, force);
        double moved = 0;
        var next = scratch.Slice(_row, _rank);
        for (var at = 0; at < _row; at += _rank)
        {
            next.Clear();
            for (var j = 0; j < _rank; j++)
                TensorPrimitives.MultiplyAdd(_inverse.Row(j), force[at + j], next, next);
            if (_sumsToOne)
                TensorPrimitives.MultiplyAdd(_direction, 1 - TensorPrimitives.Sum<double>(next), next, next);
            for (var k = 0; k < _rank; k++)
            {
                var step = next[k] - x[at + k];
                moved += step * step;
                ahead[at + k] = next[k] + step;
                x[at + k] = next[k];
            }
        }

        return moved;
    }

    // u and w of a row; the square of how far they move.
    private double Dual(int y, Span<double> scratch)
    {
        var ahead = Row(_ahead, y);
        var change = scratch[.._row];
        TensorPrimitives.Subtract(ahead[_rank..], ahead[..^_rank], change[..^_rank]);
        change[^_rank..].Clear();
        var moved = Clip(_across.AsSpan(y * _row, _row), change, scratch[_row..], -_lambda, _lambda);
        if (y + 1 < _height)
        {
            TensorPrimitives.Subtract(Row(_ahead, y + 1), ahead, change);
            moved += Clip(_down.AsSpan(y * _row, _row), change, scratch[_row..], -_lambda, _lambda);
        }

        return moved + Clip(_signs.AsSpan(y * _row, _row), ahead, scratch[_row..], double.NegativeInfinity, 0);
    }

    private double Clip(
        Span<double> values, ReadOnlySpan<double> change, Span<double> next, double least, double most)
    {
        TensorPrimitives.MultiplyAdd(change, _sigma, values, next);
        TensorPrimitives.Max(next, least, next);
        TensorPrimitives.Min(next, most, next);
        TensorPrimitives.Subtract(next, values, values);
        var moved = TensorPrimitives.SumOfSquares<double>(values);
        next.CopyTo(values);
        return moved;
    }

    // Of the nonnegative part of x.
    private double Value(int y, Span<double> scratch)
    {
        var x = scratch[.._row];
        var other = scratch[_row..];
        TensorPrimitives.Max(Row(_x, y), 0, x);
        var value = -TensorPrimitives.Dot(Row(_products, y), x);
        for (var at = 0; at < _row; at += _rank)
        {
            for (var k = 0; k < _rank; k++)
                value += 0.5 * x[at + k] * TensorPrimitives.Dot<double>(_gram.Row(k), x.Slice(at, _rank));
        }

        TensorPrimitives.Subtract(x[_rank..], x[..^_rank], other[_rank..]);
        value += _lambda * TensorPrimitives.SumOfMagnitudes<double>(other[_rank..]);
        if (y + 1 < _height)
        {
            TensorPrimitives.Max(Row(_x, y + 1), 0, other);
            TensorPrimitives.Subtract(other, x, other);
            value += _lambda * TensorPrimitives.SumOfMagnitudes<double>(other);
        }

        return value;
    }
}

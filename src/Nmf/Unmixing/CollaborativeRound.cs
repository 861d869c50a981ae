using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The problem of <see cref="CollaborativeRegression{T}"/> for a few spectra, by the alternating direction method of
/// multipliers on their Gram matrix (Boyd et al., "Distributed optimization and statistical learning via the
/// alternating direction method of multipliers", 2011, over-relaxed, its parameter ρ from the balance of the
/// residuals): least squares, then the rows of X cut at zero and shortened by λ_m / ρ.
/// </summary>
internal sealed class CollaborativeRound<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int PixelsOfBlock = CollaborativeRegression<T>.PixelsOfBlock;
    private const int IterationsPerCheck = 20;
    private const double Relaxation = 1.6;
    private const double FirstPenalty = 0.03;
    private const double Imbalance = 2;
    private const double LargestChange = 10;

    private readonly NmfData<T> _data;
    private readonly Matrix<double> _spectra;
    private readonly double[] _lambda;
    private readonly Matrix<double> _x;
    private readonly WorkTeam _team;
    private readonly CancellationToken _cancellationToken;
    private readonly Matrix<double> _gram;
    private readonly Matrix<double> _products;
    private readonly Matrix<double> _multipliers;
    private readonly Matrix<double> _point;
    private readonly double[] _energy;
    private readonly double[] _shrink;
    private readonly double[][] _scratch;
    private readonly Matrix<double> _partial;
    private readonly double[] _sums;
    private Matrix<double> _inverse;
    private double _rho;
    private Step _step;

    /// <param name="data">Pixels x bands.</param>
    /// <param name="library">All spectra, bands x spectra.</param>
    /// <param name="play">Numbers of those in play.</param>
    /// <param name="lambda">Their λ.</param>
    /// <param name="x">Abundances to start from, pixels x play, which are improved in place.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Looked at in every block of pixels.</param>
    public CollaborativeRound(
        NmfData<T> data, Matrix<double> library, int[] play, double[] lambda, Matrix<double> x, WorkTeam team,
        CancellationToken cancellationToken)
    {
        (_data, _lambda, _x, _team) = (data, lambda, x, team);
        _cancellationToken = cancellationToken;
        var count = play.Length;
        _spectra = new Matrix<double>(library.Rows, count);
        for (var f = 0; f < library.Rows; f++)
        {
            for (var k = 0; k < count; k++)
                _spectra[f, k] = library[f, play[k]];
        }

        _gram = SmallMatrices.TransposedProduct(_spectra, _spectra);
        for (var k = 0; k < count; k++)
            _rho += FirstPenalty * _gram[k, k] / count;
        _inverse = Inverse();
        _products = new Matrix<double>(x.Rows, count);
        _multipliers = new Matrix<double>(x.Rows, count);
        _point = new Matrix<double>(x.Rows, count);
        _energy = new double[x.Rows];
        _shrink = new double[count];
        _scratch = new double[team.Threads][];
        for (var i = 0; i < _scratch.Length; i++)
            _scratch[i] = new double[library.Rows + (2 * count)];
        _sums = new double[count + 2];
        _partial = new Matrix<double>((x.Rows + PixelsOfBlock - 1) / PixelsOfBlock, _sums.Length);
    }

    private enum Step
    {
        Start,
        FromAbundances,
        FromPoint,
        Shrink,
    }

    /// <summary>Iterates.</summary>
    /// <returns>Number of iterations.</returns>
    public int Solve(double tolerance, double rounding, int maximumIterations)
    {
        Run(Step.Start);
        var next = Step.FromAbundances;
        for (var iteration = 1; ; iteration++)
        {
            Run(next);
            next = Step.FromPoint;
            var (primal, moved) = (Math.Sqrt(_sums[^2]), Math.Sqrt(_sums[^1]));
            for (var k = 0; k < _shrink.Length; k++)
                _shrink[k] = _sums[k] > 0 ? Math.Max(0, 1 - (_lambda[k] / (_rho * Math.Sqrt(_sums[k])))) : 0;
            if (iteration % IterationsPerCheck != 0 && iteration < maximumIterations)
                continue;
            double penalty = 0;
            for (var k = 0; k < _shrink.Length; k++)
                penalty += _lambda[k] * _shrink[k] * Math.Sqrt(_sums[k]);
            Run(Step.Shrink);
            next = Step.FromAbundances;
            if (DualityGap.Of(_sums, _lambda, penalty).IsBelow(tolerance, rounding) || iteration >= maximumIterations)
                return iteration;
            Balance(primal, moved);
        }
    }

    void IBlockWork.Run(int block, int worker)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var sums = _partial.Row(block);
        sums.Clear();
        Span<double> scratch = _scratch[worker];
        var to = Math.Min(_x.Rows, (block + 1) * PixelsOfBlock);
        for (var n = block * PixelsOfBlock; n < to; n++)
        {
            if (_step == Step.Start)
                Start(n, scratch);
            else if (_step == Step.Shrink)
                Shrink(n, scratch, sums);
            else
                Iterate(n, scratch, sums);
        }
    }

    private void Run(Step step)
    {
        _step = step;
        SharedWork.Run(_team, this, _partial, _sums);
    }

    // Products with the data, and the multipliers that belong to X.
    private void Start(int n, Span<double> scratch)
    {
        var values = scratch[.._data.Features];
        var gradient = scratch.Slice(values.Length, _lambda.Length);
        _data.CopySample(n, values);
        _energy[n] = TensorPrimitives.SumOfSquares<double>(values);
        for (var f = 0; f < values.Length; f++)
            TensorPrimitives.MultiplyAdd(_spectra.Row(f), values[f], _products.Row(n), _products.Row(n));
        Gradient(n, gradient);
        TensorPrimitives.Divide(gradient, _rho, _multipliers.Row(n));
    }

    // X follows from the point that the last iteration has left, then the next point; what is summed are the squares
    // of its positive parts, which say how much they shrink, and the residuals.
    private void Iterate(int n, Span<double> scratch, Span<double> sums)
    {
        var count = _lambda.Length;
        var target = scratch[..count];
        var solution = scratch.Slice(count, count);
        Span<double> x = _x.Row(n);
        Span<double> multipliers = _multipliers.Row(n);
        Span<double> point = _point.Row(n);
        ReadOnlySpan<double> products = _products.Row(n);
        double moved = 0, primal = 0;
        for (var k = 0; k < count; k++)
        {
            if (_step == Step.FromPoint)
            {
                var next = Math.Max(0, point[k]) * _shrink[k];
                moved += (next - x[k]) * (next - x[k]);
                (x[k], multipliers[k]) = (next, point[k] - next);
            }

            target[k] = products[k] + (_rho * (x[k] - multipliers[k]));
        }

        solution.Clear();
        for (var k = 0; k < count; k++)
            TensorPrimitives.MultiplyAdd(_inverse.Row(k), target[k], solution, solution);
        for (var k = 0; k < count; k++)
        {
            primal += (solution[k] - x[k]) * (solution[k] - x[k]);
            point[k] = (Relaxation * solution[k]) + ((1 - Relaxation) * x[k]) + multipliers[k];
        }

        DualityGap.Add(point, primal, moved, sums);
    }

    // X and multipliers of the point, and what the gap needs: ‖r‖² = ‖y‖² - ⟨p, x⟩ - ⟨g, x⟩ with g = p - G x.
    private void Shrink(int n, Span<double> scratch, Span<double> sums)
    {
        Span<double> x = _x.Row(n);
        for (var k = 0; k < x.Length; k++)
        {
            x[k] = Math.Max(0, _point[n, k]) * _shrink[k];
            _multipliers[n, k] = _point[n, k] - x[k];
        }

        var gradient = scratch[..x.Length];
        Gradient(n, gradient);
        var inner = _energy[n] - TensorPrimitives.Dot<double>(_products.Row(n), x);
        DualityGap.Add(gradient, inner, inner - TensorPrimitives.Dot<double>(gradient, x), sums);
    }

    private void Gradient(int n, Span<double> gradient)
    {
        ReadOnlySpan<double> x = _x.Row(n);
        _products.Row(n).CopyTo(gradient);
        for (var k = 0; k < x.Length; k++)
        {
            if (x[k] != 0)
                TensorPrimitives.MultiplyAdd(_gram.Row(k), -x[k], gradient, gradient);
        }
    }

    // ρ is too small where X is far from the least squares, and too large where it moves little.
    private void Balance(double primal, double moved)
    {
        var factor = Math.Sqrt(primal * Size(_multipliers) / (moved * Size(_x)));
        if (!(factor is > Imbalance or < 1 / Imbalance))
            return;
        factor = Math.Clamp(factor, 1 / LargestChange, LargestChange);
        _rho *= factor;
        for (var n = 0; n < _x.Rows; n++)
            TensorPrimitives.Divide(_multipliers.Row(n), factor, _multipliers.Row(n));
        _inverse = Inverse();
    }

    private static double Size(Matrix<double> matrix)
    {
        double sum = 0;
        for (var n = 0; n < matrix.Rows; n++)
            sum += TensorPrimitives.SumOfSquares<double>(matrix.Row(n));
        return Math.Sqrt(sum);
    }

    private Matrix<double> Inverse()
    {
        var matrix = _gram.Clone();
        for (var k = 0; k < matrix.Rows; k++)
            matrix[k, k] += _rho;
        return SmallMatrices.Inverse(matrix);
    }
}

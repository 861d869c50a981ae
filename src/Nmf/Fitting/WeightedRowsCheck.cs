using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Whether rows with weights of their entries have been solved to a tolerance: no activation is further from its
/// optimum along its own axis, <c>min(h, |∂D/∂h| / ∂²D/∂h²)</c>, than the tolerance times the largest of its row.
/// The same measure as that of single rows; the second derivative is that of the convex part of the divergence
/// (Févotte and Idier 2011).
/// </summary>
/// <remarks>One look costs about as much as an update; it ends at the first row that is not there yet.</remarks>
internal sealed class WeightedRowsCheck<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 16;

    // Low enough for single precision, high enough that no power overflows.
    private const double Floor = 1e-30;

    private readonly Matrix<T> _dictionary;
    private readonly NmfData<T> _data;
    private readonly double _beta;
    private readonly double[] _quadratic;
    private readonly double _tolerance;
    private readonly WorkTeam _team;
    private readonly double[][] _curvatures;
    private (Matrix<T> H, Matrix<T> Negative, Matrix<T> Positive) _point;
    private volatile bool _isFar;

    /// <param name="dictionary">W.</param>
    /// <param name="data">Rows with weights of their entries.</param>
    /// <param name="beta">Divergence parameter.</param>
    /// <param name="quadratic">Weights of a quadratic penalty, which the gradient has already, or none.</param>
    /// <param name="tolerance">Relative to the largest activation of a row.</param>
    /// <param name="team">Threads to use.</param>
    public WeightedRowsCheck(
        Matrix<T> dictionary, NmfData<T> data, double beta, double[] quadratic, double tolerance, WorkTeam team)
    {
        (_dictionary, _data, _beta, _quadratic, _tolerance, _team) = (dictionary, data, beta, quadratic, tolerance,
            team);
        _curvatures = [.. Enumerable.Range(0, team.Threads).Select(_ => new double[dictionary.Columns])];
    }

    /// <param name="h">Activations.</param>
    /// <param name="negative">Negative part of the gradient there.</param>
    /// <param name="positive">Positive part, penalties included.</param>
    public bool AreSolved(Matrix<T> h, Matrix<T> negative, Matrix<T> positive)
    {
        (_point, _isFar) = ((h, negative, positive), false);
        _team.Run(this, (h.Rows + RowsOfBlock - 1) / RowsOfBlock);
        return !_isFar;
    }

    void IBlockWork.Run(int block, int worker)
    {
        var end = int.Min(_data.Samples, (block + 1) * RowsOfBlock);
        for (var n = block * RowsOfBlock; n < end && !_isFar; n++)
        {
            if (!IsSolved(n, _curvatures[worker]))
                _isFar = true;
        }
    }

    private bool IsSolved(int sample, double[] curvature)
    {
        var h = _point.H.Row(sample);
        var negative = _point.Negative.Row(sample);
        var positive = _point.Positive.Row(sample);
        Array.Clear(curvature);
        _quadratic.CopyTo(curvature, 0);
        var values = _data.Dense is { } dense ? dense.Row(sample) : _data.Sparse!.RowValues(sample);
        var weights = _data.EntryWeights(sample);
        for (var j = 0; j < values.Length; j++)
        {
            if (!(weights[j] > T.Zero) || T.IsNaN(values[j]))
                continue;
            var w = _dictionary.Row(_data.Dense is null ? _data.Sparse!.RowIndices(sample)[j] : j);
            var second = double.CreateTruncating(weights[j]) * SecondDerivative(
                double.CreateTruncating(values[j]), double.CreateTruncating(TensorPrimitives.Dot<T>(h, w)));
            for (var k = 0; k < curvature.Length; k++)
            {
                var x = double.CreateTruncating(w[k]);
                curvature[k] += second * x * x;
            }
        }

        double moved = 0, largest = 0;
        for (var k = 0; k < curvature.Length; k++)
        {
            var x = double.CreateTruncating(h[k]);
            var gradient = double.CreateTruncating(positive[k]) - double.CreateTruncating(negative[k]);
            largest = Math.Max(largest, x);
            moved = Math.Max(
                moved, curvature[k] > 0 ? Math.Abs(Math.Min(x, gradient / curvature[k])) : gradient > 0 ? x : 0);
        }

        return moved <= _tolerance * largest;
    }

    private double SecondDerivative(double v, double y)
    {
        if (_beta == 2)
            return 1;
        y = Math.Max(y, Floor);
        var ofData = _beta <= 2 ? (2 - _beta) * v * Math.Pow(y, _beta - 3) : 0;
        return ofData + (_beta >= 1 ? (_beta - 1) * Math.Pow(y, _beta - 2) : 0);
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Factors of the observed entries, drawn to a constant c: minimises <c>Σ m d_β(v|y) + λ/2 (‖W - c‖² + ‖H - c‖²)</c>
/// for β = 1 and 2 by majorisation-minimisation. The majoriser of the divergence (Févotte and Idier 2011) plus the
/// penalty has its minimum at <c>h (neg + λc) / (pos + λh)</c> for β = 2, and at the positive root of
/// <c>λx² + (pos - λc) x - neg h</c> for β = 1: the objective never increases.
/// </summary>
internal sealed class RatingSolver<T> : Solver<T>, IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Rows of a factor that one thread moves at a time.
    private const int RowsOfBlock = 256;

    private readonly double _weight;
    private readonly double _center;
    private readonly bool _euclidean;
    private readonly GradientParts<T> _gradientH;
    private readonly GradientParts<T> _gradientW;
    private (Matrix<T> Factor, Matrix<T> Negative, Matrix<T> Positive) _moved;

    /// <param name="data">Observed entries.</param>
    /// <param name="beta">1 or 2.</param>
    /// <param name="weight">λ, at least 0.</param>
    /// <param name="center">c.</param>
    /// <param name="start">Both factors, positive.</param>
    /// <param name="team">Threads to use.</param>
    public RatingSolver(NmfData<T> data, double beta, double weight, double center, NmfStart<T> start, WorkTeam team)
        : base(data, beta, start, team)
    {
        (_weight, _center, _euclidean) = (weight, center, beta == BetaDivergence.Euclidean);
        _gradientH = new GradientParts<T>(H);
        _gradientW = new GradientParts<T>(W);
    }

    private protected override bool IsScaleFree => false;

    public override double Objective() => Pass.Objective(W, H) + Penalty(W) + Penalty(H);

    private protected override void Update()
    {
        Pass.ActivationGradient(W, H, _gradientH.Negative, _gradientH.Positive, withObjective: false);
        Move(H, _gradientH.Negative, _gradientH.Positive);
        Pass.DictionaryGradient(W, H, _gradientW.Negative, _gradientW.Positive);
        Move(W, _gradientW.Negative, _gradientW.Positive);
    }

    private double Penalty(Matrix<T> factor)
    {
        double sum = 0;
        for (var i = 0; i < factor.Rows; i++)
        {
            foreach (var x in factor.Row(i))
                sum += (double.CreateTruncating(x) - _center) * (double.CreateTruncating(x) - _center);
        }

        return 0.5 * _weight * sum;
    }

    private void Move(Matrix<T> factor, Matrix<T> negative, Matrix<T> positive)
    {
        _moved = (factor, negative, positive);
        Team.Run(this, (factor.Rows + RowsOfBlock - 1) / RowsOfBlock);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var end = int.Min(_moved.Factor.Rows, (block + 1) * RowsOfBlock);
        for (var i = block * RowsOfBlock; i < end; i++)
        {
            var row = _moved.Factor.Row(i);
            var neg = _moved.Negative.Row(i);
            var pos = _moved.Positive.Row(i);
            for (var k = 0; k < row.Length; k++)
                row[k] = T.CreateTruncating(Minimum(
                    double.CreateTruncating(row[k]), double.CreateTruncating(neg[k]), double.CreateTruncating(pos[k])));
        }
    }

    private double Minimum(double h, double negative, double positive)
    {
        if (_weight == 0)
            return positive > 0 ? h * negative / positive : h;
        if (_euclidean)
            return h * (negative + (_weight * _center)) / (positive + (_weight * h));

        // The root without cancellation, whichever sign the linear term has.
        var half = 0.5 * (positive - (_weight * _center));
        var root = Math.Sqrt((half * half) + (_weight * negative * h));
        return half <= 0 ? (root - half) / _weight : negative * h / (root + half);
    }
}

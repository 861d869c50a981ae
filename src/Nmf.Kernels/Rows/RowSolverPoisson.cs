using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// Kullback-Leibler activations of one row: <c>min Σ_k s_k h_k - Σ_j v_j log y_j</c> with y = W h at the non-zeros and s the column sums of
/// W. Coordinate sweeps with damped scalar Newton steps (Hien and Gillis 2021) find which activations are positive; Newton steps on
/// those, cut at the boundary and shortened where they overshoot, finish.
/// </summary>
/// <remarks>
/// The rows of W at the non-zeros are gathered once, transposed, so that a component is contiguous over the non-zeros; a row that is nearly
/// full uses a transposed dictionary instead. Without damping a coordinate step can increase the objective without bound;
/// damping needs the smallest positive value of the row.
/// </remarks>
internal sealed unsafe class PoissonRows<TVector, TSimd, T> : RowAlgorithm<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A Newton step costs several sweeps over the support: it is worth it once the support has settled, for dictionaries on which
    // coordinate descent crawls.
    private const int SweepsBeforeNewton = 6;
    private const int SweepsPerNewton = 3;
    private const int SweepsPerFullSweep = 4;

    // Steps with a smaller Newton decrement decrease a self-concordant function undamped.
    private const double SafeDecrement = 0.6838;

    private readonly RowDictionary<T> _dictionary;
    private readonly Matrix<T> _columns;
    private readonly double _tolerance;
    private readonly int _maximumIterations;
    private readonly double[] _sums;
    private readonly double[]? _quadratic;
    private readonly PreparedRowPenalty? _penalty;

    public PoissonRows(RowDictionary<T> dictionary, double tolerance, int maximumIterations, PreparedRowPenalty? penalty)
    {
        // For β = 1 the weights of the activations do not depend on the scale of the row: they add to the column sums.
        _sums = penalty is null ? dictionary.Sums : [.. dictionary.Sums.Select((sum, k) => sum + penalty.Linear[k])];
        _penalty = penalty;
        _quadratic = penalty is not null && penalty.Quadratic.Any(weight => weight > 0) ? penalty.Quadratic : null;
        (_dictionary, _tolerance, _maximumIterations) = (dictionary, tolerance, maximumIterations);
        _columns = new Matrix<T>(dictionary.Rank, PoissonRow<TVector, TSimd, T>.Padded(dictionary.Features));
        for (var f = 0; f < dictionary.Features; f++)
        {
            for (var k = 0; k < dictionary.Rank; k++)
                _columns[k, f] = dictionary.Rows[f, k];
        }
    }

    public override int Solve(int count, RowSolver<T>.Scratch scratch)
    {
        var problem = new PoissonRow<TVector, TSimd, T>(_dictionary, _columns, _sums, count, scratch);
        if (_quadratic is not null)
            problem.Penalize(_quadratic, _penalty!.ForRow(scratch.Exponent).Quadratic);
        var all = true;
        for (var sweep = 1; sweep <= _maximumIterations; sweep++)
        {
            problem.ComputeModel();
            var done = Sweep(ref problem, all);
            if (done && all)
                return sweep;

            // While the support is still changing, activations at zero are not looked at again: that saves half of the work and
            // more. Only a sweep over all components can end the solution.
            all = done || sweep == 1 || sweep % SweepsPerFullSweep == 0;
            if (sweep >= SweepsBeforeNewton && sweep % SweepsPerNewton == 0)
                all |= problem.NewtonStep();
        }

        scratch.Converged = false;
        return _maximumIterations;
    }

    public override void Dispose()
    {
        _columns.Dispose();
        base.Dispose();
    }

    /// <summary>One pass over all components, or over those with a positive activation.</summary>
    /// <returns>Whether no undamped step exceeded the tolerance.</returns>
    private bool Sweep(ref PoissonRow<TVector, TSimd, T> problem, bool all)
    {
        var h = problem.H;
        double moved = 0, largest = 0;
        for (var k = 0; k < _dictionary.Rank; k++)
        {
            if (h[k] == 0 && !all)
                continue;
            var column = problem.Column(k);
            problem.Derivatives(column, out var first, out var second);
            var curvature = problem.Curvature(k);
            var gradient = _sums[k] - first + (curvature * h[k]);
            second += curvature;

            // Without curvature the column does not meet the non-zeros: the activation only adds mass.
            var next = second > 0 ? Math.Max(0, h[k] - (gradient / second)) : 0;
            var step = next - h[k];
            moved = Math.Max(moved, Math.Abs(step));
            if (gradient > 0)
            {
                var decrement = problem.Concordance * Math.Sqrt(second) * -step;
                if (decrement > SafeDecrement)
                    step /= 1 + decrement;
            }

            if (step != 0)
            {
                h[k] += step;
                problem.Move(column, T.CreateTruncating(step));
            }

            largest = Math.Max(largest, h[k]);
        }

        return moved <= _tolerance * largest;
    }
}

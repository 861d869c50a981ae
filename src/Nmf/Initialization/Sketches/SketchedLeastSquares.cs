using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Hierarchical alternating least squares on a sketch in place of the data: ½‖R V C - H' W'ᵀ‖² with H' = R H and W' = C
/// W, from the products Q (Zᵀ W') and Z (Qᵀ H') (Tepper and Sapiro, "Compressed nonnegative matrix factorization is
/// fast and accurate", 2016; Erichson, Mendible, Wihlborn and Kutz, "Randomized nonnegative matrix factorization",
/// 2018). An iteration is a few coordinate sweeps over H' and as many over W', after the first ones from extrapolated
/// factors (Ang and Gillis 2019, as in <see cref="ExtrapolatedSolver{T}"/>).
/// </summary>
internal sealed class SketchedLeastSquares<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DataSketch<T> _sketch;
    private readonly int _sweeps;
    private readonly Matrix<T> _nextW;
    private readonly Matrix<T> _nextH;
    private readonly WorkTeam _team;
    private readonly Matrix<T> _w;
    private readonly Matrix<T> _h;
    private readonly Matrix<T> _productW;
    private readonly Matrix<T> _productH;
    private readonly Matrix<T> _gramW;
    private readonly Matrix<T> _gramH;
    private ExtrapolationWeight _weight = new(growth: 1.05, limitGrowth: 1.02, largest: 1, shrinkage: 1 / 1.5);
    private int _plain;

    // But for half the squares of the sketch.
    private double _objective = double.PositiveInfinity;

    /// <summary>Takes factors over, and multiplies H by the number with which they fit best.</summary>
    /// <param name="sketch">The data.</param>
    /// <param name="w">W', features x rank; updated in place.</param>
    /// <param name="h">H', samples x rank; updated in place.</param>
    /// <param name="effort">Sweeps over a factor in every step, and the steps before the first
    /// extrapolation.</param>
    /// <param name="team">Threads to use.</param>
    public SketchedLeastSquares(DataSketch<T> sketch, Matrix<T> w, Matrix<T> h, SketchEffort effort, WorkTeam team)
    {
        (_sketch, _w, _h, _team) = (sketch, w, h, team);
        (_sweeps, _plain) = (effort.Sweeps, effort.Plain);
        (_nextW, _nextH) = effort.Plain < effort.Iterations
            ? (new Matrix<T>(w.Rows, w.Columns), new Matrix<T>(h.Rows, h.Columns)) : (w, h);
        (_productW, _productH) = (new Matrix<T>(w.Rows, w.Columns), new Matrix<T>(h.Rows, w.Columns));
        (_gramW, _gramH) = (new Matrix<T>(w.Columns, w.Columns), new Matrix<T>(w.Columns, w.Columns));
        sketch.ActivationProduct(w, _productH);
        var best = FactorKernels.InnerProduct(_productH, h, team) / FactorKernels.GramInnerProduct(w, h, team);
        if (!(best > 0) || !double.IsFinite(best))
            return;
        var scale = new double[w.Columns];
        Array.Fill(scale, best);
        FactorKernels.ScaleColumns(h, scale);
    }

    public void Step()
    {
        if (_plain > 0)
        {
            _plain--;
            Improve(_w, _h, weight: 0);
            if (_plain == 0 && _nextW != _w)
                _w.CopyTo(_nextW);
            return;
        }

        _h.CopyTo(_nextH);
        Improve(_nextW, _nextH, _weight.Value);
        FactorKernels.Gram(_nextW, _gramW, _team);
        var objective = (0.5 * FactorKernels.InnerProduct(_gramW, _gramH, _team))
            - FactorKernels.InnerProduct(_productW, _nextW, _team);
        if (!(objective <= _objective))
        {
            // The step is taken back, and the next one begins where the last good one ended.
            _weight.Reject();
            _w.CopyTo(_nextW);
            return;
        }

        Extrapolation.MoveOnAndRemember(_nextW, _w, _weight.Value, nonnegative: false);
        _nextH.CopyTo(_h);
        _objective = objective;
        _weight.Accept();
    }

    private void Improve(Matrix<T> w, Matrix<T> h, double weight)
    {
        _sketch.ActivationProduct(w, _productH);
        FactorKernels.Gram(w, _gramW, _team);
        FactorKernels.HalsSweep(h, _productH, _gramW, _team, _sweeps);
        if (weight > 0)
            Extrapolation.MoveOn(h, _h, weight, nonnegative: true);
        _sketch.DictionaryProduct(h, _productW);
        FactorKernels.Gram(h, _gramH, _team);
        FactorKernels.HalsSweep(w, _productW, _gramH, _team, _sweeps);
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Hierarchical alternating least squares on a sketch in place of the data: ½‖R V C - H' W'ᵀ‖² with H' = R H and W' = C
/// W, from the products Q (Zᵀ W') and Z (Qᵀ H') (Tepper and Sapiro, "Compressed nonnegative matrix factorization is
/// fast and accurate", 2016; Erichson, Mendible, Wihlborn and Kutz, "Randomized nonnegative matrix factorization",
/// 2018). An iteration is a few coordinate sweeps over H' and as many over W'.
/// </summary>
internal sealed class SketchedLeastSquares<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DataSketch<T> _sketch;
    private readonly int _sweeps;
    private readonly WorkTeam _team;
    private readonly Matrix<T> _w;
    private readonly Matrix<T> _h;
    private readonly Matrix<T> _productW;
    private readonly Matrix<T> _productH;
    private readonly Matrix<T> _gramW;
    private readonly Matrix<T> _gramH;

    /// <summary>Takes factors over, and multiplies H by the number with which they fit best.</summary>
    /// <param name="sketch">The data.</param>
    /// <param name="w">W', features x rank; updated in place.</param>
    /// <param name="h">H', samples x rank; updated in place.</param>
    /// <param name="sweeps">Coordinate sweeps over a factor in every step.</param>
    /// <param name="team">Threads to use.</param>
    public SketchedLeastSquares(DataSketch<T> sketch, Matrix<T> w, Matrix<T> h, int sweeps, WorkTeam team)
    {
        (_sketch, _w, _h, _sweeps, _team) = (sketch, w, h, sweeps, team);
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
        _sketch.ActivationProduct(_w, _productH);
        FactorKernels.Gram(_w, _gramW, _team);
        FactorKernels.HalsSweep(_h, _productH, _gramW, _team, _sweeps);
        _sketch.DictionaryProduct(_h, _productW);
        FactorKernels.Gram(_h, _gramH, _team);
        FactorKernels.HalsSweep(_w, _productW, _gramH, _team, _sweeps);
    }
}

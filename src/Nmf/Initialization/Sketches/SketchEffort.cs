using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>How much is done on a sketch of the data before the first iteration on the data themselves.</summary>
/// <param name="Columns">Columns of the sketch.</param>
/// <param name="Iterations">Iterations on it.</param>
/// <param name="Sweeps">Coordinate sweeps over each factor in an iteration.</param>
/// <param name="Plain">The first iterations, which are not extrapolated; at least one.</param>
internal readonly record struct SketchEffort(int Columns, int Iterations, int Sweeps, int Plain)
{
    private const int Oversampling = 20;
    private const int LeastColumns = 70;

    // Products with sparse data come to a third of the speed of dense ones.
    private const int PriceOfSparseProduct = 3;

    // What an iteration on the sketch may cost, in iterations on the data.
    private const double DearestIteration = 0.4;

    private static readonly SketchEffort Brief = new(LeastColumns, Iterations: 3, Sweeps: 1, Plain: 3);

    /// <summary>
    /// The effort for data. Where they have few non-zeros for their number of samples and features an iteration on the
    /// sketch is no longer a small part of one on the data, and least squares are further from the other divergences:
    /// there a brief look at the sketch is worth more than many iterations (docs/solvers.md, "Starts by sketches").
    /// </summary>
    /// <param name="data">Data.</param>
    /// <param name="rank">Columns of the factors.</param>
    /// <param name="beta">β. Below 1 the squares are no model of the divergence: to minimise them better gains nothing
    /// there and leaves other minima, so that iterations are not extrapolated.</param>
    public static SketchEffort Of<T>(NmfData<T> data, int rank, double beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var columns = Math.Max(rank + Oversampling, LeastColumns);
        var full = beta < BetaDivergence.KullbackLeibler
            ? new SketchEffort(columns, Iterations: 25, Sweeps: 3, Plain: 25)
            : new SketchEffort(columns, Iterations: 20, Sweeps: 3, Plain: 5);

        // Multiply-adds for each component: of an iteration on the data four with every entry.
        var onSketch = ((double)data.Samples + data.Features) * ((2 * full.Columns) + ((1 + full.Sweeps) * rank));
        var onData = 4.0 * PriceOfSparseProduct * data.StoredEntries;
        return data.IsSparse && onSketch > DearestIteration * onData ? Brief : full;
    }
}

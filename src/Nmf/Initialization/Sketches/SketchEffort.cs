using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>How much is done on a sketch of the data before the first iteration on the data themselves.</summary>
/// <param name="Columns">Columns of the sketch.</param>
/// <param name="Iterations">Iterations on it.</param>
/// <param name="Sweeps">Coordinate sweeps over each factor in an iteration.</param>
internal readonly record struct SketchEffort(int Columns, int Iterations, int Sweeps)
{
    private const int Oversampling = 20;
    private const int LeastColumns = 70;

    // Products with sparse data come to a third of the speed of dense ones.
    private const int PriceOfSparseProduct = 3;

    // The sketch must not cost more than as many iterations on the data.
    private const int DearestInIterations = 10;

    private static readonly SketchEffort Brief = new(LeastColumns, Iterations: 3, Sweeps: 1);

    /// <summary>
    /// The effort for data. Where they have few non-zeros for their number of samples and features an iteration on the
    /// sketch is no longer a small part of one on the data, and least squares are further from the other divergences:
    /// there a brief look at the sketch is worth more than many iterations (docs/solvers.md, "Starts by sketches").
    /// </summary>
    public static SketchEffort Of<T>(NmfData<T> data, int rank)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var full = new SketchEffort(Math.Max(rank + Oversampling, LeastColumns), Iterations: 25, Sweeps: 3);

        // Multiply-adds for each component: of an iteration on the data four with every entry.
        var onSketch = ((double)data.Samples + data.Features) * ((2 * full.Columns) + ((1 + full.Sweeps) * rank));
        var onData = 4.0 * PriceOfSparseProduct * data.StoredEntries;
        return data.IsSparse && full.Iterations * onSketch > DearestInIterations * onData ? Brief : full;
    }
}

using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// The dictionary step of soft co-factorisation: W goes to the minimiser of its separable majoriser (Févotte and Idier
/// 2011) among the columns of a given sum. One column of all views of a group has moves x that solve
/// <c>α level (pos x^p - neg x^-q) = ν</c> with the one multiplier ν for which Σ w x / level is the number of views: a
/// root in one dimension, since every x grows with ν. For other multipliers under equalities see Leplat, Gillis and
/// Idier, "Multiplicative updates for NMF with β-divergences under disjoint equality constraints", 2021.
/// </summary>
/// <remarks>No entry moves by more than a factor of four in a step, which is a minimum over a smaller set and so
/// descends as well: for β ≥ 2 the exact minimiser has zeros, which multiplicative steps could not leave again. For
/// 1 &lt; β &lt; 2 the derivative is bounded by <c>pos x - neg / x</c>. A vector holds several columns, each with its
/// own multiplier; their sums are taken in double.</remarks>
internal sealed unsafe partial class DictionaryScale<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostSteps = 100;

    // The sum is made exact by a division once it is this close.
    private static readonly double Closeness = sizeof(T) == sizeof(float) ? 1e-6 : 1e-13;

    private readonly CoupledView<T>[] _views;
    private readonly double[] _levels;
    private readonly int[][] _groups;

    /// <param name="views">Of each view the dictionary and its gradient.</param>
    /// <param name="levels">What the columns of each view sum to.</param>
    /// <param name="groups">Views whose columns sum to their level each on average.</param>
    public DictionaryScale(CoupledView<T>[] views, double[] levels, int[][] groups)
        => (_views, _levels, _groups) = (views, levels, groups);

    private int Rank => _views[0].Factor.Columns;

    // Vectors in a row.
    private int Parts => (int)(_views[0].Factor.Stride / Vector<T>.Count);

    /// <summary>Updates the dictionaries of all views.</summary>
    public void Run(WorkTeam team) => team.Run(this, _groups.Length * Parts);

    /// <summary>Scales columns so that they have their sums, and tells by what; a column of zeros stays.</summary>
    /// <param name="scale">Receives, for each view, what each column was multiplied by.</param>
    public void Normalise(double[][] scale)
    {
        var sums = new double[Rank];
        foreach (var group in _groups)
        {
            var totals = new double[Rank];
            foreach (var v in group)
            {
                FactorKernels.ColumnSums(_views[v].Factor, sums);
                for (var k = 0; k < Rank; k++)
                    totals[k] += sums[k] / _levels[v];
            }

            foreach (var v in group)
            {
                for (var k = 0; k < Rank; k++)
                    scale[v][k] = totals[k] > 0 ? group.Length / totals[k] : 1;
                FactorKernels.ScaleColumns(_views[v].Factor, scale[v]);
            }
        }
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (group, at) = (_groups[block / Parts], (nint)(block % Parts) * Vector<T>.Count);
        var width = Vector<T>.Count;
        var lanes = stackalloc double[6 * width];
        Span<double> low = new(lanes, width), high = new(lanes + width, width), sum = new(lanes + (2 * width), width),
            slope = new(lanes + (3 * width), width), multiplier = new(lanes + (4 * width), width),
            weight = new(lanes + (5 * width), width);
        Bracket(group, at, low, high, weight);
        double target = group.Length;
        for (var i = 0; i < width; i++)
            multiplier[i] = low[i] < 0 && high[i] > 0 ? 0 : low[i];
        for (var step = 0; step < MostSteps; step++)
        {
            Sum(group, at, multiplier, sum, slope);
            var goesOn = false;
            for (var i = 0; i < width; i++)
            {
                if (weight[i] == 0 || !(Math.Abs(sum[i] - target) > Closeness * target))
                    continue;
                if (sum[i] < target)
                    low[i] = multiplier[i];
                else
                    high[i] = multiplier[i];

                // Newton's method on 1/sum, which is a line where all derivatives are neg/x.
                var next = slope[i] > 0 ? multiplier[i] + (sum[i] * (target - sum[i]) / (target * slope[i]))
                    : double.NaN;
                if (!(next > low[i] && next < high[i]))
                    next = low[i] + ((high[i] - low[i]) / 2);
                goesOn |= next != multiplier[i];
                multiplier[i] = next;
            }

            if (!goesOn)
                break;
        }

        // A component that no sample has keeps its column; NaN goes on to the guard of the fit.
        for (var i = 0; i < width; i++)
            sum[i] = weight[i] == 0 ? 0 : target / sum[i];
        Move(group, at, multiplier, sum);
        GC.KeepAlive(_views);
    }
}

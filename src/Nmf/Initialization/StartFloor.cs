using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What a factor is given before updates that multiply: entries far below the mean of their column are raised, because
/// what is zero stays zero however much the data want it, and what is nearly zero takes very long. The rule is the same
/// for every start that may have zeros: factors that the user gave, activations inferred from a dictionary, NNDSVD.
/// Zeros that are meant to stay are not those of a start: known components keep theirs.
/// </summary>
internal sealed class StartFloor<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _all;
    private readonly double _least;
    private readonly double[] _features;
    private readonly double[] _samples;
    private readonly double[]? _weights;

    /// <param name="data">Data. Where a feature or a sample is small its floor is low, so that no value of the model
    /// changes by more than a part of what it is about.</param>
    /// <param name="beta">β, or null for another measure of fit.</param>
    /// <param name="all">Whether all columns are raised. Where updates leave zeros by themselves it is enough to raise
    /// columns of nothing but zeros, which no update of the other factor can see.</param>
    public StartFloor(NmfData<T> data, double? beta, bool all)
    {
        (_all, _least) = (all, LeastEntry(beta));
        (_features, _samples) = (new double[data.Features], new double[data.Samples]);
        if (data.HasSampleWeights)
            _weights = [.. Enumerable.Range(0, data.Samples).Select(data.SampleWeight)];
        ProjectionStart.AddUp(data, _features, _samples, _weights);
    }

    public void Lift(NmfStart<T> start)
    {
        Lift(start.Dictionary, _least, _all, _features);
        if (start.Activations is not null)
            LiftActivations(start.Activations);
    }

    public void LiftActivations(Matrix<T> activations) => Lift(activations, _least, _all, _samples, _weights);

    /// <summary>Raises the entries of a dictionary of which the data are not known yet: its own rows tell the sizes of
    /// the features, and those of which it knows nothing are taken for average ones.</summary>
    public static void LiftAlone(Matrix<T> dictionary, double beta)
    {
        var sizes = new double[dictionary.Rows];
        for (var f = 0; f < sizes.Length; f++)
            sizes[f] = double.CreateTruncating(TensorPrimitives.Sum<T>(dictionary.Row(f)));
        var average = sizes.Average();
        Lift(dictionary, LeastEntry(beta), all: true, Array.ConvertAll(sizes, size => size > 0 ? size : average));
    }

    /// <summary>Raises the entries of a factor; a column of zeros takes the mean of the others.</summary>
    /// <param name="factor">Factor; changed in place.</param>
    /// <param name="least">The floor in units of the mean of the column.</param>
    /// <param name="all">Whether all columns are raised, or those of zeros only.</param>
    /// <param name="sizes">What the floors of the rows are in proportion to, or null for one floor.</param>
    /// <param name="weights">For how many rows each counts, or null for one.</param>
    public static void Lift(
        Matrix<T> factor, double least, bool all, double[]? sizes = null, double[]? weights = null)
    {
        var floors = new double[factor.Columns];
        if (weights is null)
            FactorKernels.ColumnSums(factor, floors);
        for (var i = 0; i < (weights?.Length ?? 0); i++)
        {
            for (var k = 0; k < floors.Length; k++)
                floors[k] += weights![i] * double.CreateTruncating(factor[i, k]);
        }

        var alive = floors.Length - floors.AsSpan().Count(0);
        if (alive == 0 || (alive == floors.Length && !all))
            return;
        var others = floors.Sum() / alive;
        for (var k = 0; k < floors.Length; k++)
            floors[k] = floors[k] == 0 ? least * others : all ? least * floors[k] : 0;
        var size = sizes?.Select((value, i) => value * (weights?[i] ?? 1)).Sum() ?? factor.Rows;
        for (var i = 0; i < factor.Rows; i++)
        {
            var row = factor.Row(i);
            for (var k = 0; k < row.Length; k++)
                row[k] = T.Max(row[k], T.CreateChecked(floors[k] / size * (sizes?[i] ?? 1)));
        }
    }

    // In units of the mean of its column. Smaller floors are left more slowly, greater ones disturb a start that is
    // near its goal. Below β = 1 ratios count, and small values matter more.
    private static double LeastEntry(double? beta) => beta < 1 ? 0.001 : 0.03;
}

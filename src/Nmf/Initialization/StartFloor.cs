using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What factors are given before their first update: entries far below the mean of their column are raised, because
/// what is zero stays zero in updates that multiply however much the data want it, and in others where a feature has no
/// component and the samples that have it have no activation. Zeros that are meant to stay are not those of a start:
/// known components keep theirs.
/// </summary>
internal sealed class StartFloor<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // In units of the mean of its column. Smaller floors leave more of a local minimum of other data, greater ones cost
    // a start that is near its goal more iterations.
    private const double LeastOfGiven = 0.3;

    // Of a stream, where the start counts for samples.
    private const double LeastOfStream = 1e-3;

    // A feature or sample of which a factor can explain no more than this part is new to it. Its entries are raised so
    // far that the data decide: for β > 2 smaller ones die out before they are learnt.
    private const double New = 0.1;
    private const double LevelOfNew = 2;

    // Features that neither the dictionary nor the data at hand have are taken for this part of average ones.
    private const double Unseen = 0.01;

    private readonly double _least;
    private readonly bool _isGiven;
    private readonly double[] _features;
    private readonly double[] _samples;
    private readonly double[]? _weights;

    private StartFloor(NmfData<T> data, double least, bool isGiven)
    {
        (_least, _isGiven) = (least, isGiven);
        (_features, _samples) = (new double[data.Features], new double[data.Samples]);
        if (data.HasSampleWeights)
            _weights = [.. Enumerable.Range(0, data.Samples).Select(data.SampleWeight)];
        ProjectionStart.AddUp(data, _features, _samples, _weights);
    }

    /// <summary>The floor of factors that the user gave. What is new to them is always raised.</summary>
    /// <param name="data">Data. Where a feature or a sample is small its floor is low, so that no value of the model
    /// changes by more than a part of what it is about.</param>
    /// <param name="keepsZeros">Whether updates multiply. Others leave single zeros by themselves.</param>
    public static StartFloor<T> OfGiven(NmfData<T> data, bool keepsZeros)
        => new(data, keepsZeros ? LeastOfGiven : 0, isGiven: true);

    /// <summary>The floor of factors that were made from the data.</summary>
    /// <param name="data">Data.</param>
    /// <param name="beta">β, or null for another measure of fit.</param>
    public static StartFloor<T> OfMade(NmfData<T> data, double? beta) => new(data, LeastOfMade(beta), isGiven: false);

    public void Lift(NmfStart<T> start)
    {
        Lift(start.Dictionary, _least, _isGiven, _features, draws: _isGiven);
        if (start.Activations is not null)
            LiftActivations(start.Activations);
    }

    public void LiftActivations(Matrix<T> activations)
        => Lift(activations, _least, _isGiven, _samples, _weights);

    /// <summary>Raises the entries of a dictionary of which only the first of the data are known: of features that
    /// these do not have its own rows tell the sizes.</summary>
    public static void LiftGiven(Matrix<T> dictionary, NmfData<T> first, bool keepsZeros)
    {
        var sizes = OfGiven(first, keepsZeros)._features;
        var rows = new double[sizes.Length];
        for (var f = 0; f < rows.Length; f++)
            rows[f] = double.CreateTruncating(TensorPrimitives.Sum<T>(dictionary.Row(f)));
        var scale = sizes.Sum() / rows.Sum();
        for (var f = 0; f < rows.Length; f++)
            sizes[f] = sizes[f] > 0 ? sizes[f] : rows[f] * scale;
        var unseen = Unseen * sizes.Average();
        Lift(
            dictionary, keepsZeros ? LeastOfStream : 0, isGiven: true,
            Array.ConvertAll(sizes, size => size > 0 ? size : unseen), draws: true);
    }

    /// <summary>Raises the entries of a dictionary that was made from the first of the data: its own rows tell the
    /// sizes of the features.</summary>
    public static void LiftMade(Matrix<T> dictionary, double beta)
    {
        var sizes = new double[dictionary.Rows];
        for (var f = 0; f < sizes.Length; f++)
            sizes[f] = double.CreateTruncating(TensorPrimitives.Sum<T>(dictionary.Row(f)));
        var average = sizes.Average();
        Lift(dictionary, LeastOfMade(beta), false, Array.ConvertAll(sizes, size => size > 0 ? size : average));
    }

    /// <summary>Raises the entries of a factor; a column of zeros takes the mean of the others.</summary>
    /// <param name="factor">Factor; changed in place.</param>
    /// <param name="least">The floor in units of the mean of the column.</param>
    /// <param name="isGiven">Whether rows that are new are raised further; they need sizes.</param>
    /// <param name="sizes">What the floors of the rows are in proportion to, or null for one floor.</param>
    /// <param name="weights">For how many rows each counts, or null for one.</param>
    /// <param name="draws">Whether floors are multiplied by draws, so that no two components get the same. Those of
    /// samples are not: they have no place of their own.</param>
    public static void Lift(
        Matrix<T> factor, double least, bool isGiven = false, double[]? sizes = null, double[]? weights = null,
        bool draws = false)
    {
        var sums = new double[factor.Columns];
        if (weights is null)
            FactorKernels.ColumnSums(factor, sums);
        for (var i = 0; i < (weights?.Length ?? 0); i++)
        {
            for (var k = 0; k < sums.Length; k++)
                sums[k] += weights![i] * double.CreateTruncating(factor[i, k]);
        }

        var alive = sums.Length - sums.AsSpan().Count(0);
        if (alive == 0)
            return;
        var others = sums.Sum() / alive;
        for (var k = 0; k < sums.Length; k++)
            sums[k] = sums[k] == 0 ? others : sums[k];
        var random = new CounterRandom(0, 0);
        var size = sizes?.Select((value, i) => value * (weights?[i] ?? 1)).Sum() ?? factor.Rows;
        for (var i = 0; i < factor.Rows; i++)
        {
            var row = factor.Row(i);
            var floor = least;
            if (isGiven)
            {
                // The largest share that a component has in the row is the most that the factor can explain of it.
                double most = 0;
                for (var k = 0; k < row.Length; k++)
                    most = Math.Max(most, double.CreateTruncating(row[k]) / sums[k]);
                floor = most * size < New * sizes![i] ? LevelOfNew : least;
            }

            for (var k = 0; k < row.Length; k++)
            {
                // From a tenth to nineteen tenths.
                var draw = !draws ? 1 : 0.1 + (1.8 * random.Uniform(((long)i * row.Length) + k));
                row[k] = T.Max(row[k], T.CreateChecked(draw * (floor * sums[k] / size * (sizes?[i] ?? 1))));
            }
        }
    }

    // Below β = 1 ratios count, and small values matter more.
    private static double LeastOfMade(double? beta) => beta < 1 ? 0.001 : 0.03;
}

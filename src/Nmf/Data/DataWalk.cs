using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The walk over samples in their order that every kind of data takes once: values are checked, and the sums that
/// starts and objectives need are taken. Who copies samples hands in what the copy has found, and they are not looked
/// at again.
/// </summary>
/// <remarks>Sums are taken of a sample and then of the samples in turn, so that they depend on the data alone, not on
/// how these were read.</remarks>
/// <param name="features">Number of features.</param>
/// <param name="missing">What NaN means.</param>
/// <param name="absent">What entries mean that a sparse sample does not have.</param>
/// <param name="sampleWeights">One weight for each sample, or null.</param>
internal sealed class DataWalk<T>(
    int features, MissingValues missing, AbsentEntries absent = AbsentEntries.Zero, T[]? sampleWeights = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DataSummary _summary = new();
    private readonly bool[] _observedFeatures = new bool[features];
    private int _featuresObserved;

    /// <summary>Number of samples so far.</summary>
    public int Samples { get; private set; }

    private int Features => _observedFeatures.Length;

    private bool NanIsMissing => missing == MissingValues.NaN;

    /// <summary>Walks over a matrix.</summary>
    /// <exception cref="NmfDataException">A value is none, or there is nothing to factorise.</exception>
    public DataSummary Over(Matrix<T> matrix, bool mayBeZero, Matrix<T>? weights = null)
    {
        for (var i = 0; i < matrix.Rows; i++)
            Add(matrix.Row(i), weights is null ? default : weights.Row(i));
        return Finish(mayBeZero);
    }

    /// <summary>The same over a sparse matrix.</summary>
    public DataSummary Over(SparseMatrix<T> matrix, bool mayBeZero, SparseMatrix<T>? weights = null)
    {
        for (var i = 0; i < matrix.Rows; i++)
            Add(matrix.RowIndices(i), matrix.RowValues(i), weights is null ? default : weights.RowValues(i));
        return Finish(mayBeZero);
    }

    /// <summary>The next sample, all its values.</summary>
    public void Add(ReadOnlySpan<T> values, ReadOnlySpan<T> weights = default)
    {
        if (weights.IsEmpty)
            Add(values, RowKernels.Summarize(values, NanIsMissing));
        else
            AddWeighted([], values, weights);
    }

    /// <summary>The next sample, all its values, and what a walk over them found.</summary>
    public void Add(ReadOnlySpan<T> values, in RowSummary row)
    {
        Add([], values, row);
        if (SampleWeight(Samples) > 0)
        {
            if (row.Missing == 0)
                FoundAllFeatures();
            else
                FoundFeatures([], values);
            if (row.NonZeros < values.Length)
                FoundZero(values.IndexOf(T.Zero));
        }

        Samples++;
    }

    /// <summary>The next sample, its stored values.</summary>
    public void Add(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, ReadOnlySpan<T> weights = default)
    {
        if (!weights.IsEmpty)
        {
            AddWeighted(indices, values, weights);
            return;
        }

        var row = RowKernels.Summarize(values);
        Add(indices, values, row);
        var weight = SampleWeight(Samples);
        var count = absent == AbsentEntries.Zero ? Features - values.Length : 0;
        _summary.Observed += count;
        _summary.Weight += weight * count;
        if (weight > 0)
        {
            if (absent == AbsentEntries.Zero)
                FoundAllFeatures();
            else
                FoundFeatures(indices, values);
            if (count > 0)
                FoundZero(FirstAbsent(indices));
            if (row.NonZeros < values.Length)
                FoundZero(indices[values.IndexOf(T.Zero)]);
        }

        Samples++;
    }

    /// <summary>What was found.</summary>
    /// <param name="mayBeZero">Whether data without anything but zeros are accepted.</param>
    /// <exception cref="NmfDataException">There is nothing to factorise.</exception>
    public DataSummary Finish(bool mayBeZero)
    {
        if (Samples == 0 || Features == 0)
            throw new NmfDataException($"The data are empty: {Samples} samples x {Features} features.");
        if (_summary.Observed == 0)
            throw new NmfDataException("All entries are missing: there is nothing to factorize.");
        if (_summary.Weight == 0)
            throw new NmfDataException("The weights of all observed entries are zero: there is nothing to factorize.");
        if (_summary.Sum == 0 && !mayBeZero)
        {
            throw new NmfDataException(
                _summary.Observed == (long)Samples * Features && sampleWeights is null
                    ? "All entries are zero: there is nothing to factorize. A batch of a stream may be: set isBatch."
                    : "All observed entries with a positive weight are zero: there is nothing to factorize.");
        }

        _summary.RequireFiniteSum();
        if (_featuresObserved < Features)
            _summary.ObservedFeatures = _observedFeatures;
        return _summary;
    }

    /// <summary>The first feature that is not among the increasing indices: where there is one, the
    /// first that is zero.</summary>
    public static int FirstAbsent(ReadOnlySpan<int> indices)
    {
        for (var j = 0; j < indices.Length; j++)
        {
            if (indices[j] != j)
                return j;
        }

        return indices.Length;
    }

    private void Add(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, in RowSummary row)
    {
        if (!row.IsValid)
            throw FirstInvalid(indices, values);
        var weight = SampleWeight(Samples);
        var observed = values.Length - row.Missing;
        _summary.Observed += observed;
        _summary.Weight += weight * observed;
        _summary.Sum += weight * row.Sum;
        _summary.SumOfSquares += weight * row.SumOfSquares;
    }

    // Entries with weights of their own are rare, and their weights are looked at one by one as well.
    private void AddWeighted(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, ReadOnlySpan<T> weights)
    {
        var ofSample = SampleWeight(Samples);
        double sum = 0, squares = 0, total = 0;
        for (var j = 0; j < values.Length; j++)
        {
            var value = double.CreateTruncating(values[j]);
            if (double.IsNaN(value) && NanIsMissing)
                continue;
            if (!(value >= 0 && value < double.PositiveInfinity))
                throw FirstInvalid(indices, values);
            if (weights[j] == T.Zero)
                continue;
            _summary.Observed++;
            var feature = indices.IsEmpty ? j : indices[j];
            var weight = ofSample * double.CreateTruncating(weights[j]);
            if (weight > 0)
            {
                Found(feature);
                if (value == 0)
                    FoundZero(feature);
            }

            total += weight;
            sum += weight * value;
            squares += weight * value * value;
        }

        _summary.Sum += sum;
        _summary.SumOfSquares += squares;
        _summary.Weight += total;
        Samples++;
    }

    private void FoundAllFeatures()
    {
        if (_featuresObserved < Features)
            Array.Fill(_observedFeatures, true);
        _featuresObserved = Features;
    }

    private void FoundFeatures(ReadOnlySpan<int> indices, ReadOnlySpan<T> values)
    {
        for (var j = 0; _featuresObserved < Features && j < values.Length; j++)
        {
            if (!T.IsNaN(values[j]))
                Found(indices.IsEmpty ? j : indices[j]);
        }
    }

    private void Found(int feature)
    {
        if (_observedFeatures[feature])
            return;
        _observedFeatures[feature] = true;
        _featuresObserved++;
    }

    private void FoundZero(int feature)
    {
        var (firstSample, firstFeature) = _summary.FirstZero;
        if (firstSample < 0 || (firstSample == Samples && feature < firstFeature))
            _summary.FirstZero = (Samples, feature);
    }

    private double SampleWeight(int sample)
        => sampleWeights is null ? 1 : double.CreateTruncating(sampleWeights[sample]);

    private NmfDataException FirstInvalid(ReadOnlySpan<int> indices, ReadOnlySpan<T> values)
    {
        var at = 0;
        while ((values[at] >= T.Zero && T.IsFinite(values[at])) || (NanIsMissing && T.IsNaN(values[at])))
            at++;
        var (value, feature) = (double.CreateTruncating(values[at]), indices.IsEmpty ? at : indices[at]);
        var what = double.IsNaN(value) ? "not a number (NaN)"
            : double.IsInfinity(value) ? "infinite"
            : $"negative ({value:R})";
        var advice = double.IsNaN(value) ? " If NaN means that the value is missing, "
            + $"say so with {nameof(MissingValues)}.{nameof(MissingValues.NaN)}." : "";
        return new NmfDataException(
            $"The entry at sample {Samples}, feature {feature} is {what}. Nonnegative matrix factorization needs "
            + $"finite values that are at least 0.{advice}", Samples, feature, value);
    }
}

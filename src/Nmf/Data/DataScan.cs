using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What one pass over new data finds.</summary>
internal sealed class DataSummary
{
    /// <summary>Sum of the observed entries, each times its weight.</summary>
    public double Sum { get; set; }

    /// <summary>Sum of their squares, each times its weight.</summary>
    public double SumOfSquares { get; set; }

    /// <summary>Sum of the weights of the observed entries: their number where there are no weights.</summary>
    public double Weight { get; set; }

    /// <summary>Number of observed entries.</summary>
    public long Observed { get; set; }

    /// <summary>The first observed zero in a sample that counts, or (-1, -1).</summary>
    public (long Sample, int Feature) FirstZero { get; set; } = (-1, -1);

    /// <summary>Features that have an observed entry in a sample that counts, or null where all have.</summary>
    public bool[]? ObservedFeatures { get; set; }

    /// <summary>Sum of every sample, or null where they were not kept; there may be room for more samples.</summary>
    public double[]? SampleSums { get; set; }

    /// <exception cref="NmfDataException">The sum of all entries is infinite.</exception>
    public void RequireFiniteSum()
    {
        if (double.IsInfinity(Sum))
            throw new NmfDataException(
                "The entries are so large that their sum overflows. Divide the data by a constant.");
    }
}

/// <summary>One pass over new data: every value is checked, and the sums that starts and objectives
/// need are taken.</summary>
/// <param name="samples">Number of samples.</param>
/// <param name="features">Number of features.</param>
/// <param name="missing">What NaN means.</param>
/// <param name="sampleWeights">One weight for each sample, or null.</param>
internal sealed class DataScan<T>(int samples, int features, MissingValues missing, T[]? sampleWeights)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DataSummary _summary = new();
    private readonly bool[] _observedFeatures = new bool[features];

    /// <summary>Whether data without anything but zeros are accepted.</summary>
    public bool MayBeZero { get; init; }

    public DataSummary Scan(Matrix<T> matrix, Matrix<T>? weights)
    {
        RequireSize();
        for (var i = 0; i < samples; i++)
        {
            if (!MayBeZero || !TryScanBatchRow(matrix.Row(i), i))
                ScanRow(matrix.Row(i), i, default, weights is null ? default : weights.Row(i));
        }

        return Finish();
    }

    public DataSummary Scan(SparseMatrix<T> matrix, SparseMatrix<T>? weights, AbsentEntries absent)
    {
        RequireSize();
        for (var i = 0; i < samples; i++)
        {
            var indices = matrix.RowIndices(i);
            var values = matrix.RowValues(i);
            ScanRow(values, i, indices, weights is null ? default : weights.RowValues(i));
            if (absent == AbsentEntries.Zero)
                AddAbsent(i, features - values.Length, indices);
        }

        if (absent == AbsentEntries.Zero && matrix.NonZeros < (long)samples * features)
            Array.Fill(_observedFeatures, true);
        return Finish();
    }

    private void ScanRow(ReadOnlySpan<T> values, int sample, ReadOnlySpan<int> indices, ReadOnlySpan<T> weights)
    {
        var ofSample = SampleWeight(sample);
        double sum = 0, squares = 0, total = 0;
        for (var j = 0; j < values.Length; j++)
        {
            var value = double.CreateTruncating(values[j]);
            var feature = indices.IsEmpty ? j : indices[j];
            if (double.IsNaN(value) && missing == MissingValues.NaN)
                continue;
            if (!(value >= 0 && value < double.PositiveInfinity))
                throw Invalid(value, sample, feature);
            var weight = weights.IsEmpty ? ofSample : ofSample * double.CreateTruncating(weights[j]);
            if (!weights.IsEmpty && weights[j] == T.Zero)
                continue;
            _summary.Observed++;
            if (weight > 0)
            {
                _observedFeatures[feature] = true;
                if (value == 0)
                    FoundZero(sample, feature);
            }

            total += weight;
            sum += weight * value;
            squares += weight * value * value;
        }

        _summary.Sum += sum;
        _summary.SumOfSquares += squares;
        _summary.Weight += total;
    }

    // A batch is looked at once and must not cost more than its updates: a row of a batch, where it is as it should be,
    // is summed in T. Whatever is wrong with it otherwise, the careful way finds out.
    private bool TryScanBatchRow(ReadOnlySpan<T> values, int sample)
    {
        var row = RowKernels.Summarize(values);
        if (!row.IsValid)
            return false;
        if (row.NonZeros < values.Length)
            FoundZero(sample, values.IndexOf(T.Zero));
        _observedFeatures.AsSpan().Fill(true);
        _summary.Observed += values.Length;
        _summary.Weight += values.Length;
        _summary.Sum += row.Sum;
        _summary.SumOfSquares += row.SumOfSquares;
        return true;
    }

    private void AddAbsent(int sample, int count, ReadOnlySpan<int> indices)
    {
        var weight = SampleWeight(sample);
        _summary.Observed += count;
        _summary.Weight += weight * count;
        if (count > 0 && weight > 0)
            FoundZero(sample, FirstAbsent(indices));
    }

    private void FoundZero(int sample, int feature)
    {
        var (firstSample, firstFeature) = _summary.FirstZero;
        if (firstSample < 0 || (firstSample == sample && feature < firstFeature))
            _summary.FirstZero = (sample, feature);
    }

    private DataSummary Finish()
    {
        if (_summary.Observed == 0)
            throw new NmfDataException("All entries are missing: there is nothing to factorize.");
        if (_summary.Weight == 0)
            throw new NmfDataException("The weights of all observed entries are zero: there is nothing to factorize.");
        if (_summary.Sum == 0 && !MayBeZero)
        {
            throw new NmfDataException(
                _summary.Observed == (long)samples * features && sampleWeights is null
                    ? "All entries are zero: there is nothing to factorize. A batch of a stream may be: set isBatch."
                    : "All observed entries with a positive weight are zero: there is nothing to factorize.");
        }

        _summary.RequireFiniteSum();
        if (Array.IndexOf(_observedFeatures, false) >= 0)
            _summary.ObservedFeatures = _observedFeatures;
        return _summary;
    }

    private double SampleWeight(int sample)
        => sampleWeights is null ? 1 : double.CreateTruncating(sampleWeights[sample]);

    private NmfDataException Invalid(double value, int sample, int feature)
    {
        var what = double.IsNaN(value) ? "not a number (NaN)"
            : double.IsInfinity(value) ? "infinite"
            : $"negative ({value:R})";
        var advice = double.IsNaN(value) ? " If NaN means that the value is missing, "
            + $"say so with {nameof(MissingValues)}.{nameof(MissingValues.NaN)}." : "";
        return new NmfDataException(
            $"The entry at sample {sample}, feature {feature} is {what}. Nonnegative matrix factorization needs finite "
            + $"values that are at least 0.{advice}", sample, feature, value);
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

    private void RequireSize()
    {
        if (samples == 0 || features == 0)
            throw new NmfDataException($"The data are empty: {samples} samples x {features} features.");
    }
}

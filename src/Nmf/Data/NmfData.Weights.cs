using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

// Weights: the objective is Σ m d_β(v|y), where m is the weight of the entry times that of its sample, and 0
// where the entry is missing.
public sealed partial class NmfData<T>
{
    private readonly T[]? _sampleWeights;

    // Dense data: samples x features. Sparse data with missing entries: in the pattern of the data.
    private readonly Matrix<T>? _elementWeights;
    private readonly TransposableMatrix<T>? _storedWeights;

    // The weight of a stored entry times that of its sample, made when a fit first needs it.
    private readonly Lazy<TransposableMatrix<T>>? _combinedWeights;

    private NmfData(
        NmfData<T> source, T[]? sampleWeights, Matrix<T>? elementWeights, TransposableMatrix<T>? storedWeights)
    {
        (_missing, AbsentEntries, _sampleWeights) = (source._missing, source.AbsentEntries, sampleWeights);
        (_memory, _elementWeights, _storedWeights) = (source._memory, elementWeights, storedWeights);
        _combinedWeights = new Lazy<TransposableMatrix<T>>(CombineWeights);

        // A shard that may be all zeros may be so with weights.
        _summary = Walk(mayBeZero: source.Sum == 0);
    }

    /// <summary>Whether entries or samples have weights.</summary>
    internal bool HasWeights => HasElementWeights || HasSampleWeights;

    /// <summary>Whether samples have weights.</summary>
    internal bool HasSampleWeights => _sampleWeights is not null;

    /// <summary>Whether single entries have weights.</summary>
    internal bool HasElementWeights => _elementWeights is not null || _storedWeights is not null;

    /// <summary>These dense data with a weight for every entry, in place of weights they may have:
    /// <c>Σ m d_β(v|y)</c>.</summary>
    /// <remarks>An entry of weight 0 is missing, a missing entry stays so whatever its weight. Weights that are all 1
    /// are none. The result shares the memory of these data.</remarks>
    /// <param name="weights">samples x features, finite and at least 0; copied.</param>
    /// <exception cref="ArgumentException">The data are sparse, or the weights have another shape.</exception>
    /// <exception cref="NmfDataException">A weight is negative, NaN or infinite, or all are zero.</exception>
    public NmfData<T> WithWeights(Matrix<T> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (Dense is not { } dense)
            throw new ArgumentException(
                "The weights of sparse data are a sparse matrix of the same pattern.", nameof(weights));
        if (weights.Rows != Samples || weights.Columns != Features)
            throw new ArgumentException(
                $"The weights are {weights.Rows} x {weights.Columns}, "
                + $"but the data {Samples} samples x {Features} features.", nameof(weights));
        var copy = weights.Clone();
        var allOnes = true;
        for (var n = 0; n < Samples; n++)
        {
            var row = copy.Row(n);
            var values = dense.Row(n);
            for (var f = 0; f < row.Length; f++)
            {
                RequireWeight(row[f], n, f);
                var isMissing = T.IsNaN(values[f]);
                allOnes &= isMissing || row[f] == T.One;
                if (isMissing)
                    row[f] = T.Zero;
            }
        }

        return new NmfData<T>(this, _sampleWeights, allOnes ? null : copy, null);
    }

    /// <summary>
    /// These sparse data, whose absent entries are missing, with a weight for every stored entry, in place
    /// of weights they may have.
    /// </summary>
    /// <remarks>An entry of weight 0 is missing. Weights that are all 1 are none. The result shares the memory
    /// of these data.</remarks>
    /// <param name="weights">Weights in the pattern of the data, finite and at least 0; copied.</param>
    /// <exception cref="ArgumentException">The data are dense, or absent entries are zeros, or the pattern is
    /// another one.</exception>
    /// <exception cref="NmfDataException">A weight is negative, NaN or infinite, or all are zero.</exception>
    public unsafe NmfData<T> WithWeights(SparseMatrix<T> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (Sparse is not { } sparse)
            throw new ArgumentException("The weights of dense data are a dense matrix.", nameof(weights));
        if (AbsentEntries == AbsentEntries.Zero)
        {
            throw new ArgumentException(
                "Entries of sparse data can have weights where absent entries are "
                + $"missing ({nameof(AbsentEntries)}.{nameof(AbsentEntries.Missing)}); where they are zeros, "
                + "they would need weights too. Samples can have weights in either case.", nameof(weights));
        }

        if (weights.Rows != Samples || weights.Columns != Features)
            throw new ArgumentException(
                $"The weights are {weights.Rows} x {weights.Columns}, "
                + $"but the data {Samples} samples x {Features} features.", nameof(weights));
        var allOnes = true;
        for (var n = 0; n < Samples; n++)
        {
            if (!weights.RowIndices(n).SequenceEqual(sparse.RowIndices(n)))
                throw new ArgumentException(
                    $"The weights of sample {n} are not stored for the same features as its values.", nameof(weights));
            for (var j = 0; j < weights.RowValues(n).Length; j++)
            {
                RequireWeight(weights.RowValues(n)[j], n, weights.RowIndices(n)[j]);
                allOnes &= weights.RowValues(n)[j] == T.One;
            }
        }

        return new NmfData<T>(this, _sampleWeights, null, allOnes ? null : new TransposableMatrix<T>(Copy(weights)));
    }

    /// <summary>
    /// These data with a weight for every sample, in place of sample weights they may have: a sample of weight 2 counts
    /// as if it were there twice, one of weight 0 does not influence the dictionary.
    /// </summary>
    /// <remarks>The activations of a sample of weight 0 are inferred where 1 ≤ β ≤ 2; for other β a fit leaves them as
    /// they started: use <see cref="NmfModel{T}.Transform"/>. Weights that are all 1 are none. The result shares the
    /// memory of these data.</remarks>
    /// <param name="weights">One weight per sample, finite and at least 0; copied.</param>
    /// <exception cref="ArgumentException">The number of weights is not that of the samples.</exception>
    /// <exception cref="NmfDataException">A weight is negative, NaN or infinite, or all are zero.</exception>
    public NmfData<T> WithSampleWeights(ReadOnlySpan<T> weights)
    {
        if (weights.Length != Samples)
            throw new ArgumentException(
                $"There are {weights.Length} sample weights for {Samples} samples.", nameof(weights));
        for (var n = 0; n < weights.Length; n++)
        {
            if (!(weights[n] >= T.Zero && T.IsFinite(weights[n])))
            {
                throw new NmfDataException(
                    $"The weight of sample {n} is {weights[n]}. Weights must be finite and at least 0.", n, -1,
                    double.CreateTruncating(weights[n]));
            }
        }

        return new NmfData<T>(
            this, weights.IndexOfAnyExcept(T.One) < 0 ? null : weights.ToArray(), _elementWeights, _storedWeights);
    }

    private static void RequireWeight(T weight, int sample, int feature)
    {
        if (!(weight >= T.Zero && T.IsFinite(weight)))
        {
            throw new NmfDataException(
                $"The weight at sample {sample}, feature {feature} is {weight}. Weights must be finite and at least 0.",
                sample, feature, double.CreateTruncating(weight));
        }
    }

    private static unsafe SparseMatrix<T> Copy(SparseMatrix<T> source)
    {
        var copy = new SparseMatrix<T>(source.Rows, source.Columns, source.NonZeros);
        for (var n = 0; n <= source.Rows; n++)
            copy.RowStarts[n] = source.RowStarts[n];
        for (long j = 0; j < source.NonZeros; j++)
            (copy.ColumnIndices[j], copy.Values[j]) = (source.ColumnIndices[j], source.Values[j]);
        return copy;
    }

    /// <summary>Whether a sample has an observed entry.</summary>
    internal bool HasObserved(int sample)
    {
        if (Sparse is not null && AbsentEntries == AbsentEntries.Zero)
            return true;
        ReadOnlySpan<T> values = Dense is { } dense ? dense.Row(sample) : Sparse!.RowValues(sample);
        var weights = EntryWeights(sample);
        for (var j = 0; j < values.Length; j++)
        {
            if (!T.IsNaN(values[j]) && (weights.IsEmpty || weights[j] > T.Zero))
                return true;
        }

        return false;
    }

    /// <summary>Overwrites the observed entries of a sample.</summary>
    internal void CopyObserved(int sample, Span<T> row)
    {
        var weights = EntryWeights(sample);
        if (Dense is { } dense)
        {
            ReadOnlySpan<T> values = dense.Row(sample);
            for (var f = 0; f < values.Length; f++)
            {
                if (!T.IsNaN(values[f]) && (weights.IsEmpty || weights[f] > T.Zero))
                    row[f] = values[f];
            }

            return;
        }

        if (AbsentEntries == AbsentEntries.Zero)
            row.Clear();
        ReadOnlySpan<T> stored = Sparse!.RowValues(sample);
        var indices = Sparse.RowIndices(sample);
        for (var j = 0; j < stored.Length; j++)
        {
            if (weights.IsEmpty || weights[j] > T.Zero)
                row[indices[j]] = stored[j];
        }
    }

    /// <summary>The weight of a sample: 1 where samples have none.</summary>
    internal double SampleWeight(int sample)
        => _sampleWeights is null ? 1 : double.CreateTruncating(_sampleWeights[sample]);

    /// <summary>The weights of the stored entries of a sample, or empty for 1.</summary>
    internal ReadOnlySpan<T> EntryWeights(int sample)
        => _elementWeights is { } dense ? dense.Row(sample)
            : _storedWeights is { } stored ? stored.Matrix.RowValues(sample)
            : default;

    /// <summary>A pass with the weights of the entries alone, for which every sample counts.</summary>
    internal DivergencePass<T> CreateElementWeightedPass(int rank, double beta, WorkTeam team)
    {
        var fill = T.CreateChecked(Mean);
        return Dense is { } dense
            ? DivergencePass<T>.CreateObserved(dense, _elementWeights, [], fill, rank, beta, team)
            : DivergencePass<T>.CreateObserved(
                Stored.Matrix, Stored.Transposed, _storedWeights?.Matrix, _storedWeights?.Transposed, fill, rank, beta,
                team);
    }

    private DivergencePass<T> CreateWeightedPass(int rank, double beta, WorkTeam team)
    {
        var fill = T.CreateChecked(Mean);
        if (Dense is { } dense)
            return DivergencePass<T>.CreateObserved(dense, _elementWeights, _sampleWeights, fill, rank, beta, team);
        var (data, transposed) = (Stored.Matrix, Stored.Transposed);
        if (AbsentEntries == AbsentEntries.Zero)
            return DivergencePass<T>.CreateSampleWeighted(data, transposed, _sampleWeights, rank, beta, team);
        var weights = _sampleWeights is null ? _storedWeights : _combinedWeights!.Value;
        return DivergencePass<T>.CreateObserved(
            data, transposed, weights?.Matrix, weights?.Transposed, fill, rank, beta, team);
    }

    private DataSummary Walk(bool mayBeZero)
    {
        var walk = new DataWalk<T>(Features, _missing, AbsentEntries, _sampleWeights);
        return Dense is { } dense
            ? walk.Over(dense, mayBeZero, _elementWeights)
            : walk.Over(Sparse!, mayBeZero, _storedWeights?.Matrix);
    }

    private TransposableMatrix<T> CombineWeights()
    {
        var combined = Copy(_storedWeights?.Matrix ?? Sparse!);
        for (var n = 0; n < combined.Rows; n++)
        {
            foreach (ref var weight in combined.RowMemory(n))
                weight = _storedWeights is null ? _sampleWeights![n] : weight * _sampleWeights![n];
        }

        return new TransposableMatrix<T>(combined);
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Takes in samples that come one by one. A sample is checked, counted and summed in the walk that copies it to its
/// place, and kept as its non-zeros where at most a quarter of its entries are, else as all its entries. The same rule
/// decides on the form of the whole, so that neither form nor bits depend on the form in which a sample came.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public abstract class NmfSampleBuilder<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>At most one in so many entries is not zero where samples and data are kept sparse.</summary>
    internal const int SparseFraction = 4;

    private readonly bool _nanIsMissing;
    private readonly T[] _sparseValues;
    private readonly int[] _sparseIndices;
    private bool _lastWasDense;

    private protected NmfSampleBuilder(int features, bool nanIsMissing)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (Features, _nanIsMissing) = (features, nanIsMissing);
        (_sparseValues, _sparseIndices) = (new T[features], new int[features]);
    }

    /// <summary>Number of samples so far.</summary>
    public int Count { get; private protected set; }

    /// <summary>Number of entries above zero so far.</summary>
    internal long NonZeros { get; private protected set; }

    private protected int Features { get; }

    /// <summary>Number of NaN so far.</summary>
    private protected long NaNs { get; private set; }

    /// <summary>Adds a sample.</summary>
    /// <param name="values">All its values.</param>
    /// <param name="nonZeros">How many of them are not zero.</param>
    /// <returns>False when a value is negative, infinite, or NaN without permission: then nothing was added.</returns>
    /// <exception cref="ArgumentException">The number of values is not that of the features.</exception>
    /// <exception cref="InvalidOperationException">There is no room for another sample.</exception>
    public bool TryAdd(ReadOnlySpan<T> values, out int nonZeros)
    {
        if (values.Length != Features)
            throw new ArgumentException(
                $"The sample has {values.Length} values, but there are {Features} features.", nameof(values));
        RequireRoom();

        // A dense sample mostly follows a dense one: then it is copied in the walk that checks it.
        var summary = _lastWasDense
            ? RowKernels.Copy(values, DenseRow(), _nanIsMissing)
            : RowKernels.Summarize(values, _nanIsMissing);
        nonZeros = summary.NonZeros;
        if (!summary.IsValid)
            return false;
        var isDense = nonZeros > Features / SparseFraction;
        if (!isDense)
        {
            AddNonZeros([], values);
        }
        else
        {
            if (!_lastWasDense)
                values.CopyTo(DenseRow());
            AddDense(summary);
        }

        Added(isDense, summary);
        return true;
    }

    /// <summary>Adds a sample of which some values are given and the others are zero, or missing where
    /// what is absent is.</summary>
    /// <param name="indices">The features of the values, strictly increasing.</param>
    /// <param name="values">As many values; zeros among them are left out.</param>
    /// <param name="nonZeros">How many of them are not zero.</param>
    /// <returns>False when a value is negative, infinite, or NaN without permission: then nothing was added.</returns>
    /// <exception cref="ArgumentException">The numbers of indices and values differ, or an index is out of range or
    /// out of order.</exception>
    /// <exception cref="InvalidOperationException">There is no room for another sample.</exception>
    public bool TryAdd(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, out int nonZeros)
    {
        RequireIndices(indices, values.Length);
        RequireRoom();
        var summary = RowKernels.Summarize(values, _nanIsMissing);
        nonZeros = summary.NonZeros;
        if (!summary.IsValid)
            return false;
        var isDense = nonZeros > Features / SparseFraction;
        if (isDense)
        {
            var row = DenseRow();
            row.Clear();
            for (var j = 0; j < values.Length; j++)
                row[indices[j]] = values[j];

            // Summed in the order in which a sample given as all its values is summed.
            AddDense(RowKernels.Summarize<T>(row, _nanIsMissing));
        }
        else if (nonZeros == values.Length)
        {
            AddSparse(indices, values, summary);
        }
        else
        {
            AddNonZeros(indices, values);
        }

        Added(isDense, summary);
        return true;
    }

    /// <summary>Throws where no further sample is taken.</summary>
    private protected abstract void RequireRoom();

    /// <summary>Room for all values of the next sample, with whatever it held; it is not added yet.</summary>
    private protected abstract Span<T> DenseRow();

    /// <summary>Adds the sample that stands in <see cref="DenseRow"/>.</summary>
    private protected abstract void AddDense(in RowSummary summary);

    /// <summary>Adds a sample as its non-zeros.</summary>
    private protected abstract void AddSparse(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, in RowSummary summary);

    private void Added(bool isDense, in RowSummary summary)
    {
        Count++;
        NonZeros += summary.NonZeros - summary.Missing;
        NaNs += summary.Missing;
        _lastWasDense = isDense;
    }

    // Without indices all values are given.
    private void AddNonZeros(ReadOnlySpan<int> indices, ReadOnlySpan<T> values)
    {
        var count = 0;
        for (var j = 0; j < values.Length; j++)
        {
            if (values[j] == T.Zero)
                continue;
            (_sparseIndices[count], _sparseValues[count]) = (indices.IsEmpty ? j : indices[j], values[j]);
            count++;
        }

        var nonZeros = _sparseValues.AsSpan(0, count);
        AddSparse(_sparseIndices.AsSpan(0, count), nonZeros, RowKernels.Summarize<T>(nonZeros, _nanIsMissing));
    }

    private void RequireIndices(ReadOnlySpan<int> indices, int count)
    {
        if (indices.Length != count)
            throw new ArgumentException($"There are {indices.Length} indices but {count} values.", nameof(indices));
        var previous = -1;
        foreach (var index in indices)
        {
            if (index <= previous || index >= Features)
            {
                throw new ArgumentException(
                    $"Index {index} follows {previous}; indices must increase strictly and be below {Features}.",
                    nameof(indices));
            }

            previous = index;
        }
    }
}

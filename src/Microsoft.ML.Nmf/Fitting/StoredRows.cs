using Microsoft.ML.Data;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>
/// The rows that one cursor delivered, each in its smaller form: as its non-zeros (8 bytes each) where at most a
/// quarter of its entries are, else as all its entries (4 bytes each), whatever form it came in. They are taken out in
/// the order in which they were put in, and freed on the way.
/// </summary>
internal sealed class StoredRows(int features, AbsentEntries absent) : IDisposable
{
    /// <summary>At most one in so many entries is not zero where rows and data are kept sparse: the rule of
    /// ML.NET's own vectors.</summary>
    public const int SparseFraction = 4;

    private const int Dense = -1;

    private readonly NativeQueue<float> _values = new();
    private readonly NativeQueue<int> _indices = new();
    private readonly List<int> _counts = [];
    private readonly List<(long Batch, int Rows)> _batches = [];
    private readonly float[] _rowValues = new float[features];
    private readonly int[] _rowIndices = new int[features];
    private int _taken;

    public int Count => _counts.Count;

    /// <summary>The batches of the cursor and how many rows each had, in their order.</summary>
    public IReadOnlyList<(long Batch, int Rows)> Batches => _batches;

    public long NonZeros { get; private set; }

    public double Sum { get; private set; }

    /// <summary>Number of entries that are not missing.</summary>
    public long Observed { get; private set; }

    public void Add(in VBuffer<float> row, long batch)
    {
        if (_batches.Count > 0 && _batches[^1].Batch == batch)
            _batches[^1] = (batch, _batches[^1].Rows + 1);
        else
            _batches.Add((batch, 1));
        var count = Compress(row.GetValues(), row.GetIndices());
        var observed = absent == AbsentEntries.Missing ? count : features;
        foreach (var value in _rowValues.AsSpan(0, count))
        {
            if (float.IsNaN(value))
                observed--;
            else
                Sum += value;
        }

        Observed += observed;
        NonZeros += count;
        if (count <= features / SparseFraction)
        {
            _counts.Add(count);
            _values.Enqueue(_rowValues.AsSpan(0, count));
            _indices.Enqueue(_rowIndices.AsSpan(0, count));
            return;
        }

        _counts.Add(Dense);
        if (row.IsDense)
        {
            _values.Enqueue(row.GetValues());
            return;
        }

        row.CopyTo(_rowValues);
        _values.Enqueue(_rowValues);
    }

    /// <summary>Takes the next row.</summary>
    /// <param name="row">Zeros; receives the row.</param>
    public void TakeDense(Span<float> row)
    {
        var count = _counts[_taken++];
        if (count == Dense)
        {
            _values.Dequeue(features).CopyTo(row);
            return;
        }

        var values = _values.Dequeue(count);
        var indices = _indices.Dequeue(count);
        for (var j = 0; j < values.Length; j++)
            row[indices[j]] = values[j];
    }

    /// <summary>Takes the non-zeros of the next row; they are valid until the next call.</summary>
    public void TakeSparse(out ReadOnlySpan<float> values, out ReadOnlySpan<int> indices)
    {
        var count = _counts[_taken++];
        if (count != Dense)
        {
            values = _values.Dequeue(count);
            indices = _indices.Dequeue(count);
            return;
        }

        count = Compress(_values.Dequeue(features), []);
        values = _rowValues.AsSpan(0, count);
        indices = _rowIndices.AsSpan(0, count);
    }

    public void Dispose()
    {
        _values.Dispose();
        _indices.Dispose();
    }

    // Leaves the non-zeros of a row in the two row buffers. Without indices the row is dense.
    private int Compress(ReadOnlySpan<float> values, ReadOnlySpan<int> indices)
    {
        var count = 0;
        for (var j = 0; j < values.Length; j++)
        {
            if (values[j] == 0 || (absent == AbsentEntries.Missing && float.IsNaN(values[j])))
                continue;
            _rowValues[count] = values[j];
            _rowIndices[count++] = indices.IsEmpty ? j : indices[j];
        }

        return count;
    }
}

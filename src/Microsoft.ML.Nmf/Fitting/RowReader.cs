using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>
/// Reads the rows of a column, once, into the form in which they are factorised.
/// </summary>
/// <remarks>
/// A row is kept as its non-zeros (8 bytes each) where at most a quarter of its entries are, else as all its entries (4 bytes each), whatever
/// form it came in. When all are read, the same rule, which is also that of ML.NET's own vectors, decides on the form of the whole: so
/// sparse data are never densified, and a column of dense vectors that are mostly zeros is stored sparse. While the rows are copied to
/// their final place, the memory is needed twice.
/// </remarks>
internal static class RowReader
{
    private const int SparseFraction = 4;
    private const int RowsBetweenChecks = 256;

    /// <summary>Reads all rows, and their weights where the options name a column of them.</summary>
    /// <exception cref="NmfDataException">The data cannot be factorised.</exception>
    public static NmfData<float> Read(IChannel channel, IDataView input, ColumnGuard guard, NmfEstimator.Options options, FitCancellation cancellation)
    {
        using var rows = new StoredRows(guard.Features, options.AbsentEntries);
        var weights = options.ExampleWeightColumnName is { } name ? guard.Weights(input.Schema, name) : null;
        using (var cursor = input.GetRowCursor(weights is null ? [guard.SchemaColumn] : [guard.SchemaColumn, weights.SchemaColumn]))
        {
            weights?.Attach(cursor);
            var getter = cursor.GetGetter<VBuffer<float>>(guard.SchemaColumn);
            var id = cursor.GetIdGetter();
            var row = default(VBuffer<float>);
            while (cursor.MoveNext())
            {
                if (rows.Count % RowsBetweenChecks == 0)
                    cancellation.ThrowIfRequested();
                if (rows.Count == Array.MaxLength)
                {
                    throw guard.Unusable(
                        $"Column '{guard.Column}' has more than {Array.MaxLength} rows, the most that can be factorized. Fit on a sample of them.");
                }

                getter(ref row);
                guard.RequireValid(row, cursor.Position, id);
                rows.Add(row);
                weights?.Add(cursor.Position, id);
            }
        }

        if (rows.Count == 0)
            throw guard.Unusable($"There are no rows to factorize: column '{guard.Column}' was read to its end without finding one.");
        if (rows.Observed == 0)
            throw guard.Unusable($"All values of column '{guard.Column}' are missing in all {rows.Count} rows: there is nothing to factorize.");
        if (rows.Sum == 0)
            throw guard.Unusable($"All values of column '{guard.Column}' are zero in all {rows.Count} rows: there is nothing to factorize.");
        var data = weights is null ? rows.ToData() : weights.ApplyTo(rows.ToData());
        channel.Info(
            "Read column '{0}': {1} rows, {2} features, {3} non-zeros ({4:0.##%}), stored {5}.",
            guard.Column, data.Samples, data.Features, rows.NonZeros, rows.Density, data.IsSparse ? "sparse" : "dense");
        if (data.HasMissingEntries)
        {
            channel.Info(
                "{0} of {1} entries are missing ({2:0.##%}).",
                ((long)data.Samples * data.Features) - data.ObservedEntries, (long)data.Samples * data.Features,
                1 - (data.ObservedEntries / ((double)data.Samples * data.Features)));
        }

        return data;
    }

    /// <summary>The rows read so far, each in its smaller form.</summary>
    private sealed class StoredRows(int features, AbsentEntries absent) : IDisposable
    {
        private const int Dense = -1;

        private readonly NativeQueue<float> _values = new();
        private readonly NativeQueue<int> _indices = new();
        private readonly List<int> _counts = [];
        private readonly float[] _rowValues = new float[features];
        private readonly int[] _rowIndices = new int[features];

        public int Count => _counts.Count;

        public long NonZeros { get; private set; }

        public double Sum { get; private set; }

        /// <summary>Number of entries that are not missing.</summary>
        public long Observed { get; private set; }

        public double Density => NonZeros / ((double)Count * features);

        // A sparse matrix has no place for NaN beside zeros.
        private bool FewNonZeros => NonZeros <= (double)Count * features / SparseFraction && Observed == (long)Count * features;

        public void Add(in VBuffer<float> row)
        {
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

        public NmfData<float> ToData()
            => absent == AbsentEntries.Missing ? NmfData<float>.FromMatrix(ToSparse(), AbsentEntries.Missing)
            : FewNonZeros ? NmfData<float>.FromMatrix(ToSparse())
            : NmfData<float>.FromMatrix(ToDense(), MissingValues.NaN);

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

        private Matrix<float> ToDense()
        {
            var matrix = new Matrix<float>(Count, features);
            for (var n = 0; n < Count; n++)
            {
                var row = matrix.Row(n);
                if (_counts[n] == Dense)
                {
                    _values.Dequeue(features).CopyTo(row);
                    continue;
                }

                var values = _values.Dequeue(_counts[n]);
                var indices = _indices.Dequeue(_counts[n]);
                for (var j = 0; j < values.Length; j++)
                    row[indices[j]] = values[j];
            }

            return matrix;
        }

        private unsafe SparseMatrix<float> ToSparse()
        {
            var matrix = new SparseMatrix<float>(Count, features, NonZeros);
            long at = 0;
            for (var n = 0; n < Count; n++)
            {
                var isDense = _counts[n] == Dense;
                var count = isDense ? Compress(_values.Dequeue(features), []) : _counts[n];
                var values = isDense ? _rowValues.AsSpan(0, count) : _values.Dequeue(count);
                var indices = isDense ? _rowIndices.AsSpan(0, count) : _indices.Dequeue(count);
                values.CopyTo(new Span<float>(matrix.Values + at, values.Length));
                indices.CopyTo(new Span<int>(matrix.ColumnIndices + at, indices.Length));
                at += values.Length;
                matrix.RowStarts[n + 1] = at;
            }

            return matrix;
        }
    }
}

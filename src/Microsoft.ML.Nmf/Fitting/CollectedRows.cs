using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>
/// All rows, in the order of the view, from one cursor or from a set of them. The rows of a set carry the number of a
/// batch: a batch lies in one cursor, and the batches in increasing order are the rows of the view in theirs.
/// </summary>
/// <remarks>
/// Data of which at most a quarter is not zero become sparse, whatever form their rows came in. Rows are freed as they
/// are copied, and the pages of a dense matrix are taken from the system as they are written: dense data are in memory
/// once, sparse data for a moment twice.
/// </remarks>
internal sealed class CollectedRows(StoredRows[] parts, int features, AbsentEntries absent)
{
    public int Count { get; } = (int)Math.Min(int.MaxValue, parts.Sum(part => (long)part.Count));

    public long NonZeros { get; } = parts.Sum(part => part.NonZeros);

    public double Sum { get; } = parts.Sum(part => part.Sum);

    /// <summary>Number of entries that are not missing.</summary>
    public long Observed { get; } = parts.Sum(part => part.Observed);

    public double Density => NonZeros / ((double)Count * features);

    // A sparse matrix has no place for NaN beside zeros.
    private bool FewNonZeros
        => NonZeros <= (double)Count * features / StoredRows.SparseFraction && Observed == (long)Count * features;

    /// <summary>The data; the stored rows are used up.</summary>
    public NmfData<float> ToData()
        => absent == AbsentEntries.Missing ? NmfData<float>.FromMatrix(ToSparse(), AbsentEntries.Missing)
        : FewNonZeros ? NmfData<float>.FromMatrix(ToSparse())
        : NmfData<float>.FromMatrix(ToDense(), MissingValues.NaN);

    private Matrix<float> ToDense()
    {
        var matrix = new Matrix<float>(Count, features);
        var n = 0;
        foreach (var part in InOrder())
            part.TakeDense(matrix.Row(n++));
        return matrix;
    }

    private unsafe SparseMatrix<float> ToSparse()
    {
        var matrix = new SparseMatrix<float>(Count, features, NonZeros);
        long at = 0;
        var n = 0;
        foreach (var part in InOrder())
        {
            part.TakeSparse(out var values, out var indices);
            values.CopyTo(new Span<float>(matrix.Values + at, values.Length));
            indices.CopyTo(new Span<int>(matrix.ColumnIndices + at, indices.Length));
            at += values.Length;
            matrix.RowStarts[++n] = at;
        }

        return matrix;
    }

    // Where each row comes from.
    private IEnumerable<StoredRows> InOrder()
    {
        var batches = parts.SelectMany(part => part.Batches.Select(batch => (part, batch.Batch, batch.Rows))).OrderBy(
            item => item.Batch);
        foreach (var (part, _, rows) in
            parts.Length == 1 ? parts[0].Batches.Select(batch => (parts[0], batch.Batch, batch.Rows)) : batches)
        {
            for (var i = 0; i < rows; i++)
                yield return part;
        }
    }
}

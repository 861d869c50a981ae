using Microsoft.ML.Data;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>The rows of a column in batches, in the order of the view; every reading opens a
/// cursor of its own.</summary>
internal sealed class RowBatchSource(IDataView input, ColumnGuard guard, FitCancellation cancellation)
    : INmfBatchSource<float>
{
    private const int RowsBetweenChecks = 256;

    private readonly NmfBatchMemory<float> _memory = new();

    public int Features => guard.Features;

    /// <summary>Number of rows of the last reading from beginning to end.</summary>
    public long Count { get; private set; }

    public IEnumerable<NmfData<float>> Read(int batchSize, long skip, CancellationToken cancellationToken)
    {
        using var cursor = input.GetRowCursor([guard.SchemaColumn]);
        var getter = cursor.GetGetter<VBuffer<float>>(guard.SchemaColumn);
        var id = cursor.GetIdGetter();
        var row = default(VBuffer<float>);
        var batch = new NmfBatchBuilder<float>(guard.Features, batchSize, _memory);
        long count = 0;
        long nonZeros = 0;
        while (cursor.MoveNext())
        {
            if (count % RowsBetweenChecks == 0)
            {
                cancellation.ThrowIfRequested();
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (count++ < skip)
                continue;
            getter(ref row);
            if (!TryAdd(batch, row, out var nonZerosOfRow) || (nonZerosOfRow < guard.Features && !guard.AllowsZeros))
                throw guard.Invalid(row, cursor.Position, id);
            nonZeros += nonZerosOfRow;
            if (batch.IsFull)
                yield return batch.Take();
        }

        if (batch.Count > 0)
            yield return batch.Take();
        if (count == 0)
            throw guard.Unusable(
                $"There are no rows to factorize: column '{guard.Column}' was read to its end without finding one.");
        if (skip > 0)
            yield break;
        if (nonZeros == 0)
            throw guard.Unusable(
                $"All values of column '{guard.Column}' are zero in all {count} rows: there is nothing to factorize.");
        Count = count;
    }

    private bool TryAdd(NmfBatchBuilder<float> batch, in VBuffer<float> row, out int nonZeros)
    {
        nonZeros = 0;
        if (row.Length != guard.Features)
            return false;
        return row.IsDense
            ? batch.TryAdd(row.GetValues(), out nonZeros)
            : batch.TryAdd(row.GetIndices(), row.GetValues(), out nonZeros);
    }
}

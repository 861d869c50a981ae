using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>The rows of a column in batches, in the order of the view; every reading opens a
/// cursor of its own.</summary>
internal sealed class RowBatchSource(IDataView input, ColumnGuard guard, FitCancellation cancellation)
    : INmfBatchSource<float>
{
    private readonly NmfBatchMemory<float> _memory = new();

    public int Features => guard.Features;

    /// <summary>Number of rows of the last reading from beginning to end.</summary>
    public long Count { get; private set; }

    public IEnumerable<NmfData<float>> Read(int batchSize, long skip, CancellationToken cancellationToken)
    {
        using var rows = guard.Open(input, Check);
        var batch = new NmfBatchBuilder<float>(guard.Features, batchSize, _memory);
        long nonZeros = 0;
        while (rows.MoveNext())
        {
            if (rows.Count <= skip)
                continue;
            rows.AddTo(batch);
            if (!batch.IsFull)
                continue;
            nonZeros += batch.NonZeros;
            yield return batch.Take();
        }

        nonZeros += batch.NonZeros;
        if (batch.Count > 0)
            yield return batch.Take();
        if (rows.Count == 0)
            throw guard.NoRows();
        if (skip > 0)
            yield break;
        if (nonZeros == 0)
            throw guard.OnlyZeros(rows.Count);
        Count = rows.Count;

        void Check()
        {
            cancellation.ThrowIfRequested();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}

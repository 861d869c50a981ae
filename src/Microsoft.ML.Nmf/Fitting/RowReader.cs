using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>Reads the rows of a column, once, into the form in which they are factorised.</summary>
/// <remarks>
/// Where the view offers a set of cursors, each is read by a thread of its own into a builder of its own, and the
/// order of the view is restored by the numbers of their batches (a batch lies in one cursor, and the batches in
/// increasing order are the rows of the view in theirs): data do not depend on how they were read. Rows with weights
/// are read with one cursor.
/// </remarks>
internal static class RowReader
{
    /// <summary>Reads all rows, and their weights where a column of them is named.</summary>
    /// <exception cref="NmfDataException">The data cannot be factorised.</exception>
    public static NmfData<float> Read(
        IChannel channel, IDataView input, ColumnGuard guard, FitCancellation cancellation, int? threads = null,
        string? weightColumnName = null)
    {
        var weights = weightColumnName is null ? null : guard.Weights(input.Schema, weightColumnName);
        var parts = (weights is null
            ? TryReadInParallel(input, guard, threads ?? Environment.ProcessorCount, cancellation)
            : null) ?? [ReadAlone(input, guard, weights, cancellation)];
        var count = parts.Sum(part => (long)part.Rows.Count);
        if (count > Array.MaxLength)
            throw TooManyRows(guard);
        if (count == 0)
            throw guard.NoRows();
        if (parts.All(part => part.Rows.ObservedEntries == 0))
            throw guard.Unusable(
                $"All values of column '{guard.Column}' are missing in all {count} rows: "
                + "there is nothing to factorize.");
        var nonZeros = parts.Sum(part => part.Rows.NonZeros);
        if (nonZeros == 0)
            throw guard.OnlyZeros(count);
        var data = NmfDataBuilder<float>.Merge(Part.InOrder(parts));
        data = weights?.ApplyTo(data) ?? data;
        var entries = (double)count * guard.Features;
        channel.Info(
            "Read column '{0}': {1} rows, {2} features, {3} non-zeros ({4:0.##%}), stored {5}.",
            guard.Column, data.Samples, data.Features, nonZeros, nonZeros / entries,
            data.IsSparse ? "sparse" : "dense");
        if (data.HasMissingEntries)
            channel.Info(
                "{0} of {1} entries are missing ({2:0.##%}).", entries - data.ObservedEntries, entries,
                1 - (data.ObservedEntries / entries));
        return data;
    }

    /// <summary>Reads a shard in the order of its rows, which may be all zeros; null where there are none.</summary>
    /// <exception cref="NmfDataException">The data cannot be factorised.</exception>
    public static NmfData<float>? ReadShard(IDataView input, ColumnGuard guard, CancellationToken cancellationToken)
    {
        using var rows = guard.Open(input, cancellationToken.ThrowIfCancellationRequested);
        using var builder = guard.CreateBuilder((int)Math.Min(input.GetRowCount() ?? 0, Array.MaxLength));
        while (rows.MoveNext())
            rows.AddTo(builder);
        return builder.Count > 0 ? builder.ToShard() : null;
    }

    private static Part ReadAlone(
        IDataView input, ColumnGuard guard, WeightReader? weights, FitCancellation cancellation)
    {
        using var rows = guard.Open(input, cancellation.ThrowIfRequested, weights?.SchemaColumn);
        weights?.Attach(rows);
        var part = new Part(guard.CreateBuilder((int)Math.Min(input.GetRowCount() ?? 0, Array.MaxLength)));
        part.Read(rows, guard, weights);
        return part;
    }

    /// <summary>
    /// Reads with a set of cursors, one thread each; null where the view offers one cursor only, or where any of them
    /// failed. The caller then reads with one cursor, from the beginning: so the first row that is at fault is the one
    /// that is reported, whatever the threads did.
    /// </summary>
    private static Part[]? TryReadInParallel(
        IDataView input, ColumnGuard guard, int threads, FitCancellation cancellation)
    {
        if (threads < 2)
            return null;
        var cursors = input.GetRowCursorSet([guard.SchemaColumn], threads);
        var parts = Array.ConvertAll(cursors, _ => new Part(guard.CreateBuilder()));
        var failed = cursors.Length < 2;
        try
        {
            if (!failed)
            {
                // Threads of their own: the cursors of a set may wait for each other.
                var readers = cursors.Select((cursor, i) =>
                    new Thread(() => ReadPart(cursor, parts[i])) { IsBackground = true, Name = $"NMF reader {i}" })
                    .ToArray();
                Array.ForEach(readers, reader => reader.Start());
                Array.ForEach(readers, reader => reader.Join());
            }
        }
        finally
        {
            Array.ForEach(cursors, cursor => cursor.Dispose());
        }

        if (!failed)
            return parts;
        Array.ForEach(parts, part => part.Rows.Dispose());
        return null;

        void ReadPart(DataViewRowCursor cursor, Part part)
        {
            try
            {
                using var rows = new RowCursor(guard, cursor, Check);
                part.Read(rows, guard, null);
            }
#pragma warning disable CA1031 // Whatever went wrong goes wrong again, on the caller's thread, when one cursor reads.
            catch (Exception)
#pragma warning restore CA1031
            {
                Volatile.Write(ref failed, true);
            }
        }

        void Check()
        {
            cancellation.ThrowIfRequested();
            if (Volatile.Read(ref failed))
                throw new OperationCanceledException();
        }
    }

    private static NmfDataException TooManyRows(ColumnGuard guard) => guard.Unusable(
        $"Column '{guard.Column}' has more than {Array.MaxLength} rows, the most that can be factorized. "
        + "Fit on a sample of them.");

    /// <summary>The rows of one cursor, and its batches with the number of rows of each, in their order.</summary>
    private sealed record Part(NmfDataBuilder<float> Rows)
    {
        private readonly List<(long Batch, int Rows)> _batches = [];

        // A cursor has its batches in order, so that those of all are merged. Sorting them by LINQ would be sixty
        // methods over these tuples for the compiler, in the first fit of every process.
        public static List<(NmfDataBuilder<float> Builder, int Samples)> InOrder(Part[] parts)
        {
            if (parts is [var alone])
                return [(alone.Rows, alone.Rows.Count)];
            var runs = new List<(NmfDataBuilder<float>, int)>();
            var next = new int[parts.Length];
            while (true)
            {
                var first = -1;
                for (var i = 0; i < parts.Length; i++)
                {
                    var isBehind = next[i] == parts[i]._batches.Count
                        || (first >= 0 && parts[first]._batches[next[first]].Batch <= parts[i]._batches[next[i]].Batch);
                    first = isBehind ? first : i;
                }

                if (first < 0)
                    return runs;
                runs.Add((parts[first].Rows, parts[first]._batches[next[first]++].Rows));
            }
        }

        public void Read(RowCursor rows, ColumnGuard guard, WeightReader? weights)
        {
            while (rows.MoveNext())
            {
                if (Rows.Count == Array.MaxLength)
                    throw TooManyRows(guard);
                rows.AddTo(Rows);
                weights?.Add(rows.Number);
                var batch = rows.Cursor.Batch;
                if (_batches.Count > 0 && _batches[^1].Batch == batch)
                    _batches[^1] = (batch, _batches[^1].Rows + 1);
                else
                    _batches.Add((batch, 1));
            }
        }
    }
}

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>Reads the rows of a column, once, into the form in which they are factorised.</summary>
/// <remarks>
/// Where the view offers a set of cursors, each is read by a thread of its own into memory of its own
/// (<see cref="StoredRows"/>), and the order of the view is restored by the numbers of their batches
/// (<see cref="CollectedRows"/>): data do not depend on how they were read. Rows with weights are read with one cursor.
/// </remarks>
internal static class RowReader
{
    private const int RowsBetweenChecks = 256;

    /// <summary>Reads all rows, and their weights where the options name a column of them.</summary>
    /// <exception cref="NmfDataException">The data cannot be factorised.</exception>
    public static NmfData<float> Read(
        IChannel channel, IDataView input, ColumnGuard guard, NmfEstimator.Options options,
        FitCancellation cancellation)
    {
        var weights = options.ExampleWeightColumnName is { } name ? guard.Weights(input.Schema, name) : null;
        var parts = weights is null ? TryReadInParallel(input, guard, options, cancellation) : null;
        parts ??= [new StoredRows(guard.Features, options.AbsentEntries)];
        try
        {
            if (parts.Length == 1)
            {
                using var cursor = input.GetRowCursor(
                    weights is null ? [guard.SchemaColumn] : [guard.SchemaColumn, weights.SchemaColumn]);
                ReadRows(cursor, guard, parts[0], weights, cancellation, stop: null);
            }

            return ToData(channel, new CollectedRows(parts, guard.Features, options.AbsentEntries), guard, weights);
        }
        finally
        {
            Array.ForEach(parts, part => part.Dispose());
        }
    }

    private static NmfData<float> ToData(IChannel channel, CollectedRows rows, ColumnGuard guard, WeightReader? weights)
    {
        if (rows.Count > Array.MaxLength)
            throw TooManyRows(guard);
        if (rows.Count == 0)
            throw guard.Unusable(
                $"There are no rows to factorize: column '{guard.Column}' was read to its end without finding one.");
        if (rows.Observed == 0)
            throw guard.Unusable(
                $"All values of column '{guard.Column}' are missing in all {rows.Count} rows: "
                + "there is nothing to factorize.");
        if (rows.Sum == 0)
            throw guard.Unusable(
                $"All values of column '{guard.Column}' are zero in all {rows.Count} rows: "
                + "there is nothing to factorize.");
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

    /// <summary>
    /// Reads with a set of cursors, one thread each; null where the view offers one cursor only, or where any of them
    /// failed. The caller then reads with one cursor, from the beginning: so the first row that is at fault is the one
    /// that is reported, whatever the threads did.
    /// </summary>
    private static StoredRows[]? TryReadInParallel(
        IDataView input, ColumnGuard guard, NmfEstimator.Options options, FitCancellation cancellation)
    {
        var threads = options.NumberOfThreads ?? Environment.ProcessorCount;
        if (threads < 2)
            return null;
        var cursors = input.GetRowCursorSet([guard.SchemaColumn], threads);
        var parts = Array.ConvertAll(cursors, _ => new StoredRows(guard.Features, options.AbsentEntries));
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
        Array.ForEach(parts, part => part.Dispose());
        return null;

        void ReadPart(DataViewRowCursor cursor, StoredRows part)
        {
            try
            {
                ReadRows(cursor, guard, part, null, cancellation, () => Volatile.Read(ref failed));
            }
#pragma warning disable CA1031 // Whatever went wrong goes wrong again, on the caller's thread, when one cursor reads.
            catch (Exception)
#pragma warning restore CA1031
            {
                Volatile.Write(ref failed, true);
            }
        }
    }

    private static void ReadRows(
        DataViewRowCursor cursor, ColumnGuard guard, StoredRows rows, WeightReader? weights,
        FitCancellation cancellation, Func<bool>? stop)
    {
        weights?.Attach(cursor);
        var getter = cursor.GetGetter<VBuffer<float>>(guard.SchemaColumn);
        var id = cursor.GetIdGetter();
        var row = default(VBuffer<float>);
        while (cursor.MoveNext())
        {
            if (rows.Count % RowsBetweenChecks == 0)
            {
                cancellation.ThrowIfRequested();
                if (stop is not null && stop())
                    return;
            }

            if (rows.Count == Array.MaxLength)
                throw TooManyRows(guard);
            getter(ref row);
            guard.RequireValid(row, cursor.Position, id);
            rows.Add(row, cursor.Batch);
            weights?.Add(cursor.Position, id);
        }
    }

    private static NmfDataException TooManyRows(ColumnGuard guard) => guard.Unusable(
        $"Column '{guard.Column}' has more than {Array.MaxLength} rows, the most that can be factorized. "
        + "Fit on a sample of them.");
}

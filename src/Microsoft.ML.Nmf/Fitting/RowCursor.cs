using Microsoft.ML.Data;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>The rows of a column one by one: each is checked in the walk that takes it to its place.</summary>
/// <param name="guard">What rows must be like.</param>
/// <param name="cursor">The cursor, with the column active; disposed with this object.</param>
/// <param name="check">Called now and then: throws when the reading should stop.</param>
internal sealed class RowCursor(ColumnGuard guard, DataViewRowCursor cursor, Action check) : IDisposable
{
    /// <summary>So many rows go by before somebody asks whether to stop.</summary>
    public const int RowsBetweenChecks = 256;

    private readonly ColumnRow _row = new(guard, cursor);

    /// <summary>Number of rows that were visited.</summary>
    public long Count { get; private set; }

    public DataViewRowCursor Cursor => cursor;

    /// <summary>Id of the row.</summary>
    public DataViewRowId Id => _row.Id;

    /// <summary>What messages call the row.</summary>
    public long Number => _row.Number;

    public bool MoveNext()
    {
        if (!cursor.MoveNext())
            return false;
        if (Count++ % RowsBetweenChecks == 0)
            check();
        return true;
    }

    /// <summary>Takes the row to its place.</summary>
    /// <exception cref="NmfDataException">It cannot be factorised; names the row.</exception>
    public void AddTo(NmfSampleBuilder<float> builder)
    {
        _row.Fetch();
        _row.AddTo(builder);
    }

    public void Dispose() => cursor.Dispose();
}

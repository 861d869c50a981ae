using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>The rows of a column one by one: each is checked in the walk that takes it to its place.</summary>
/// <param name="guard">What rows must be like.</param>
/// <param name="cursor">The cursor, with the column active; disposed with this object.</param>
/// <param name="check">Called now and then: throws when the reading should stop.</param>
internal sealed class RowCursor(ColumnGuard guard, DataViewRowCursor cursor, Action check) : IDisposable
{
    private const int RowsBetweenChecks = 256;

    private readonly ValueGetter<VBuffer<float>> _getter = guard.GetterOf(cursor);
    private readonly ValueGetter<DataViewRowId> _id = cursor.GetIdGetter();
    private VBuffer<float> _row;

    /// <summary>Number of rows that were visited.</summary>
    public long Count { get; private set; }

    public DataViewRowCursor Cursor => cursor;

    /// <summary>Id of the row.</summary>
    public DataViewRowId Id
    {
        get
        {
            var id = default(DataViewRowId);
            _id(ref id);
            return id;
        }
    }

    /// <summary>What messages call the row.</summary>
    public long Number => ColumnGuard.NumberOf(Id, cursor.Position);

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
        _getter(ref _row);
        var isValid = _row.Length == guard.Features
            && (TryAdd(builder, out var nonZeros) || (guard.TryClip(ref _row) && TryAdd(builder, out nonZeros)))
            && (nonZeros == guard.Features || guard.AllowsZeros) && guard.AllowsLargest(_row.GetValues());
        if (!isValid)
            throw guard.Invalid(_row, Number);
    }

    private bool TryAdd(NmfSampleBuilder<float> builder, out int nonZeros)
        => _row.IsDense
            ? builder.TryAdd(_row.GetValues(), out nonZeros)
            : builder.TryAdd(_row.GetIndices(), _row.GetValues(), out nonZeros);

    public void Dispose() => cursor.Dispose();
}

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>A column of the current row of a cursor, which is checked in the walk that takes it to its place.</summary>
/// <param name="guard">What rows must be like.</param>
/// <param name="row">The row, with the column active.</param>
internal sealed class ColumnRow(ColumnGuard guard, DataViewRow row)
{
    private readonly ValueGetter<VBuffer<float>> _getter = guard.GetterOf(row);
    private readonly ValueGetter<DataViewRowId> _id = row.GetIdGetter();
    private VBuffer<float> _values;

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
    public long Number => ColumnGuard.NumberOf(Id, row.Position);

    /// <summary>What was fetched.</summary>
    public ref readonly VBuffer<float> Values => ref _values;

    /// <summary>Asks the source for the values of the current row.</summary>
    public void Fetch() => _getter(ref _values);

    /// <summary>Takes the values to their place.</summary>
    /// <exception cref="NmfDataException">They cannot be factorised; names the row.</exception>
    public void AddTo(NmfSampleBuilder<float> builder)
    {
        var isValid = _values.Length == guard.Features
            && (TryAdd(builder, out var nonZeros) || (guard.TryClip(ref _values) && TryAdd(builder, out nonZeros)))
            && (nonZeros == guard.Features || guard.AllowsZeros) && guard.AllowsLargest(_values.GetValues());
        if (!isValid)
            throw guard.Invalid(_values, Number);
    }

    private bool TryAdd(NmfSampleBuilder<float> builder, out int nonZeros)
        => _values.IsDense
            ? builder.TryAdd(_values.GetValues(), out nonZeros)
            : builder.TryAdd(_values.GetIndices(), _values.GetValues(), out nonZeros);
}

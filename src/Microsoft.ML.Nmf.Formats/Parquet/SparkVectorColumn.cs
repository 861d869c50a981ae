using System.Numerics;
using Microsoft.ML.Data;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>
/// Vectors as Apache Spark's machine learning stores them: a group of type (0 sparse, 1 dense), size, indices and
/// values.
/// </summary>
internal sealed class SparkVectorColumn<T>(
    string name, SparkVectorFields fields, Element<double, T> element, string[]? slotNames, int size)
    : ParquetColumn(name, new VectorDataViewType(element.ViewType, size), slotNames), ISizedColumn
    where T : struct, INumber<T>
{
    public override ColumnBlock CreateBlock() => new SparkVectorBlock<T>(Name, fields, element, size);
}

/// <summary>Where the parts of such vectors stand.</summary>
internal sealed record SparkVectorFields(DataField Type, DataField Size, DataField Indices, DataField Values)
{
    /// <summary>The parts, or null where a group is something else.</summary>
    public static SparkVectorFields? Of(Field field)
        => field is StructField { Fields: [DataField type, DataField size, ListField indices, ListField values] }
            && (type.Name, size.Name, indices.Name, values.Name) == ("type", "size", "indices", "values")
            && type.ClrType == typeof(sbyte) && size.ClrType == typeof(int)
            && indices.Item is DataField index && index.ClrType == typeof(int)
            && values.Item is DataField value && value.ClrType == typeof(double)
                ? new SparkVectorFields(type, size, index, value)
                : null;
}

/// <summary>Their values in a row group.</summary>
internal sealed class SparkVectorBlock<T> : ColumnBlock, ISizedBlock
    where T : struct, INumber<T>
{
    // What no vector has.
    private const int None = -1;

    private readonly string _name;
    private readonly int _size;
    private readonly T _missing;
    private readonly ScalarBlock<sbyte, int> _types;
    private readonly ScalarBlock<int, int> _sizes;
    private readonly ListBlock<int, int> _indices;
    private readonly ListBlock<double, T> _values;

    public SparkVectorBlock(string name, SparkVectorFields fields, Element<double, T> element, int size)
    {
        (_name, _size, _missing) = (name, size, element.Missing);
        _types = new ScalarBlock<sbyte, int>(name, fields.Type, new Element<sbyte, int>(type => type, None));
        var whole = new Element<int, int>(value => value, None);
        _sizes = new ScalarBlock<int, int>(name, fields.Size, whole);
        _indices = new ListBlock<int, int>(name, fields.Indices, whole, 0);
        _values = new ListBlock<double, T>(name, fields.Values, element, 0);
    }

    public int LengthOf(int row) => _types.Values[row] switch
    {
        None => -1,
        0 => _sizes.Values[row],
        _ => _values.Row(row).Length,
    };

    public override async Task LoadAsync(GroupPlace group)
    {
        foreach (var part in new ColumnBlock[] { _types, _sizes, _indices, _values })
            await part.LoadAsync(group).ConfigureAwait(false);
        for (var row = 0; row < group.Rows; row++)
            Check(group, row);
    }

    public override Delegate Getter(Func<int> row) => new ValueGetter<VBuffer<T>>((ref VBuffer<T> value) =>
    {
        var i = row();
        if (_types.Values[i] == None)
        {
            var missing = VBufferEditor.Create(ref value, _size);
            missing.Values.Fill(_missing);
            value = missing.Commit();
            return;
        }

        var values = _values.Row(i);
        var editor = _types.Values[i] == 0
            ? VBufferEditor.Create(ref value, _sizes.Values[i], values.Length)
            : VBufferEditor.Create(ref value, values.Length);
        values.CopyTo(editor.Values);
        if (_types.Values[i] == 0 && values.Length < _sizes.Values[i])
            _indices.Row(i).CopyTo(editor.Indices);
        value = editor.Commit();
    });

    private void Check(GroupPlace group, int row)
    {
        var type = _types.Values[row];
        if (type == None)
            return;
        if (type is not (0 or 1))
            throw group.Error(_name, row, $"a vector has type {type}; 0 is sparse and 1 is dense.");
        if (type == 0)
        {
            var size = _sizes.Values[row];
            var indices = _indices.Row(row);
            if (size < 0 || indices.Length != _values.Row(row).Length)
                throw group.Error(
                    _name, row, $"a sparse vector of size {size} has {indices.Length} indices and "
                    + $"{_values.Row(row).Length} values.");
            for (var j = 0; j < indices.Length; j++)
            {
                if (indices[j] < 0 || indices[j] >= size || (j > 0 && indices[j] <= indices[j - 1]))
                    throw group.Error(
                        _name, row, $"index {indices[j]} of a sparse vector of size {size} is out of range or order.");
            }
        }

        if (_size > 0 && LengthOf(row) != _size)
            throw group.Error(
                _name, row, $"the vector has size {LengthOf(row)}, but the column has vectors of {_size}. VectorSizes "
                + "of the options names another size, or 0 for any.");
    }
}

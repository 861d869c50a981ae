using System.Numerics;
using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>What exports of vectors share.</summary>
internal abstract class VectorExport<T>(DataViewSchema.Column column) : ColumnExport(column)
{
    private ValueGetter<VBuffer<T>>? _getter;
    private VBuffer<T> _vector;

    public override StoredColumn? Stored
    {
        get
        {
            var names = default(VBuffer<ReadOnlyMemory<char>>);
            if (Column.HasSlotNames())
                Column.GetSlotNames(ref names);
            return new StoredColumn(
                ((VectorDataViewType)Column.Type).Size, typeof(T) == typeof(float),
                names.Length > 0 ? [.. names.DenseValues().Select(name => name.ToString())] : null);
        }
    }

    public override void Bind(DataViewRow row) => _getter = row.GetGetter<VBuffer<T>>(Column);

    public override void Add()
    {
        _getter!(ref _vector);
        Add(_vector);
    }

    protected abstract void Add(in VBuffer<T> vector);
}

/// <summary>Vectors as lists.</summary>
internal sealed class ListExport<T> : VectorExport<T>
    where T : struct
{
    // The list may be missing, an element not: one level for the list, one for its elements.
    private const int Present = 2;
    private const int Empty = 1;

    private readonly DataField _item = new("element", typeof(T), isNullable: false);
    private readonly Values<T> _values = new();
    private readonly Values<int> _definitions = new();
    private readonly Values<int> _repetitions = new();

    public ListExport(DataViewSchema.Column column)
        : base(column) => Field = new ListField(column.Name, _item);

    public override Field Field { get; }

    public override long Values => _values.Count;

    public override async Task FlushAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken)
    {
        await group.WriteAllPartsAsync(
            _item, _values.Memory, _definitions.Memory, _repetitions.Memory, cancellationToken).ConfigureAwait(false);
        _values.Clear();
        _definitions.Clear();
        _repetitions.Clear();
    }

    protected override void Add(in VBuffer<T> vector)
    {
        var count = Math.Max(1, vector.Length);
        _definitions.AddRoom(count).Fill(vector.Length > 0 ? Present : Empty);
        var repetitions = _repetitions.AddRoom(count);
        repetitions.Fill(1);
        repetitions[0] = 0;
        if (vector.Length > 0)
            vector.CopyTo(_values.AddRoom(vector.Length));
    }
}

/// <summary>Vectors as their non-zero values, in the layout of Apache Spark.</summary>
internal sealed class SparseExport<T> : VectorExport<T>
    where T : struct, INumber<T>
{
    // The lists are missing in no row of ours: empty, or present, below a group that is there.
    private const int Present = 3;
    private const int Empty = 2;

    private readonly DataField _type = new("type", typeof(sbyte), isNullable: false);
    private readonly DataField _size = new("size", typeof(int), isNullable: true);
    private readonly DataField _index = new("element", typeof(int), isNullable: false);
    private readonly DataField _value = new("element", typeof(double), isNullable: false);
    private readonly Values<sbyte> _types = new();
    private readonly Values<int> _sizes = new();
    private readonly Values<int> _indices = new();
    private readonly Values<double> _values = new();
    private readonly Values<int> _definitions = new();
    private readonly Values<int> _repetitions = new();

    public SparseExport(DataViewSchema.Column column)
        : base(column) => Field = new StructField(
            column.Name, _type, _size, new ListField("indices", _index), new ListField("values", _value));

    public override Field Field { get; }

    public override long Values => _values.Count;

    public override async Task FlushAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken)
    {
        await WriteScalar(_type, _types).ConfigureAwait(false);
        await WriteScalar(_size, _sizes).ConfigureAwait(false);
        await group.WriteAllPartsAsync(
            _index, _indices.Memory, _definitions.Memory, _repetitions.Memory, cancellationToken).ConfigureAwait(false);
        await group.WriteAllPartsAsync(
            _value, _values.Memory, _definitions.Memory, _repetitions.Memory, cancellationToken).ConfigureAwait(false);
        foreach (var values in new[] { _sizes, _indices, _definitions, _repetitions })
            values.Clear();
        _types.Clear();
        _values.Clear();

        Task WriteScalar<TValue>(DataField field, Values<TValue> values)
            where TValue : struct
        {
            var levels = new int[values.Count];
            Array.Fill(levels, field.MaxDefinitionLevel);
            return group.WriteAllPartsAsync(field, values.Memory, levels, null, cancellationToken);
        }
    }

    protected override void Add(in VBuffer<T> vector)
    {
        _types.Add(0);
        _sizes.Add(vector.Length);
        var before = _values.Count;
        // Zeros may be stored, and of dense vectors most are.
        foreach (var (index, value) in vector.Items())
        {
            if (value == T.Zero)
                continue;
            _indices.Add(index);
            _values.Add(double.CreateChecked(value));
        }

        var count = _values.Count - before;
        _definitions.AddRoom(Math.Max(1, count)).Fill(count > 0 ? Present : Empty);
        var repetitions = _repetitions.AddRoom(Math.Max(1, count));
        repetitions.Fill(1);
        repetitions[0] = 0;
    }
}

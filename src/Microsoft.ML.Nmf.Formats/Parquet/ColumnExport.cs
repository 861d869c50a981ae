using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>A column that is written: gathers the values of a row group.</summary>
/// <param name="column">The column.</param>
internal abstract class ColumnExport(DataViewSchema.Column column)
{
    public DataViewSchema.Column Column => column;

    /// <summary>How the column stands in the file.</summary>
    public abstract Field Field { get; }

    /// <summary>What of it has no place there, or null.</summary>
    public virtual StoredColumn? Stored => null;

    /// <summary>Number of values gathered.</summary>
    public abstract long Values { get; }

    public abstract void Bind(DataViewRow row);

    /// <summary>Takes the value of the current row.</summary>
    public abstract void Add();

    /// <summary>Writes what was gathered, and forgets it.</summary>
    public abstract Task FlushAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken);

    /// <summary>The export of a column, or null where its type has no counterpart.</summary>
    public static ColumnExport? Of(DataViewSchema.Column column, bool isSparse)
    {
        if (column.Type is VectorDataViewType vector)
            return isSparse
                ? vector.ItemType == NumberDataViewType.Single ? new SparseExport<float>(column)
                    : vector.ItemType == NumberDataViewType.Double ? new SparseExport<double>(column) : null
                : OfVector(column, vector.ItemType);
        if (isSparse)
            return null;
        return column.Type switch
        {
            KeyDataViewType key => KeyExport.Of(column, key),
            TextDataViewType => Same<ReadOnlyMemory<char>>(column),
            BooleanDataViewType => Same<bool>(column),
            DateTimeDataViewType => new ScalarExport<DateTime, DateTime>(column, name => Timestamp(name, false), Wall),
            DateTimeOffsetDataViewType => new ScalarExport<DateTimeOffset, DateTime>(
                column, name => Timestamp(name, true), date => date.UtcDateTime),
            NumberDataViewType => NumberOf(column, column.Type.RawType),
            _ => null,
        };
    }

    // Numbers of the library that say what time it is somewhere must not be moved to where this machine is.
    private static DateTime Wall(DateTime date) => DateTime.SpecifyKind(date, DateTimeKind.Utc);

    private static DateTimeDataField Timestamp(string name, bool isUtc)
        => new(name, DateTimeFormat.Timestamp, isUtc, DateTimeTimeUnit.Micros, isNullable: false);

    private static ScalarExport<T, T> Same<T>(DataViewSchema.Column column)
        where T : struct
        => new(column, name => new DataField(name, typeof(T), isNullable: false), value => value);

    private static ColumnExport? NumberOf(DataViewSchema.Column column, Type type)
        => type == typeof(float) ? Same<float>(column) : type == typeof(double) ? Same<double>(column)
            : type == typeof(sbyte) ? Same<sbyte>(column) : type == typeof(byte) ? Same<byte>(column)
            : type == typeof(short) ? Same<short>(column) : type == typeof(ushort) ? Same<ushort>(column)
            : type == typeof(int) ? Same<int>(column) : type == typeof(uint) ? Same<uint>(column)
            : type == typeof(long) ? Same<long>(column) : type == typeof(ulong) ? Same<ulong>(column) : null;

    private static ColumnExport? OfVector(DataViewSchema.Column column, PrimitiveDataViewType item)
    {
        var type = item is KeyDataViewType ? null : item.RawType;
        return type == typeof(float) ? new ListExport<float>(column)
            : type == typeof(double) ? new ListExport<double>(column)
            : type == typeof(sbyte) ? new ListExport<sbyte>(column)
            : type == typeof(byte) ? new ListExport<byte>(column)
            : type == typeof(short) ? new ListExport<short>(column)
            : type == typeof(ushort) ? new ListExport<ushort>(column)
            : type == typeof(int) ? new ListExport<int>(column) : type == typeof(uint) ? new ListExport<uint>(column)
            : type == typeof(long) ? new ListExport<long>(column)
            : type == typeof(ulong) ? new ListExport<ulong>(column)
            : type == typeof(bool) ? new ListExport<bool>(column)
            : type == typeof(ReadOnlyMemory<char>) ? new ListExport<ReadOnlyMemory<char>>(column) : null;
    }
}

/// <summary>A column with one value in each row.</summary>
internal sealed class ScalarExport<TView, TStored>(
    DataViewSchema.Column column, Func<string, DataField> field, Func<TView, TStored> convert) : ColumnExport(column)
    where TStored : struct
{
    private readonly DataField _field = field(column.Name);
    private readonly Values<TStored> _values = new();
    private ValueGetter<TView>? _getter;
    private TView _value = default!;

    public override Field Field => _field;

    public override long Values => _values.Count;

    public override void Bind(DataViewRow row) => _getter = row.GetGetter<TView>(Column);

    public override void Add()
    {
        _getter!(ref _value);
        _values.Add(convert(_value));
    }

    public override async Task FlushAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken)
    {
        await group.WriteAllPartsAsync<TStored>(_field, _values.Memory, null, null, cancellationToken)
            .ConfigureAwait(false);
        _values.Clear();
    }
}

/// <summary>Values one after the other, in memory that the library can be given.</summary>
internal sealed class Values<T>
{
    private T[] _values = new T[256];

    public int Count { get; private set; }

    public ReadOnlyMemory<T> Memory => _values.AsMemory(0, Count);

    public void Add(T value)
    {
        if (Count == _values.Length)
            Array.Resize(ref _values, checked(2 * _values.Length));
        _values[Count++] = value;
    }

    /// <summary>Room for more values.</summary>
    public Span<T> AddRoom(int count)
    {
        while (Count + count > _values.Length)
            Array.Resize(ref _values, checked(2 * _values.Length));
        Count += count;
        return _values.AsSpan(Count - count, count);
    }

    public void Clear() => Count = 0;
}

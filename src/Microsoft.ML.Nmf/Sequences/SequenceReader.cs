using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>Reads a view one sequence at a time: consecutive rows with the same value of the sequence column, or all
/// rows where there is none.</summary>
internal sealed class SequenceReader : IDisposable
{
    public const string ExpectedType = "Key, Text or an integer";

    private const int FirstRows = 256;

    private readonly IHost _host;
    private readonly ColumnGuard _guard;
    private readonly string? _sequenceColumn;
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _row;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly Func<string>? _sequence;
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private readonly List<DataViewRowId> _ids = [];
    private VBuffer<float> _buffer;
    private Matrix<float> _rows;
    private string _current = "";
    private bool _pending;

    public SequenceReader(IHost host, ColumnGuard guard, IDataView input, string? sequenceColumn)
    {
        (_host, _guard, _sequenceColumn) = (host, guard, sequenceColumn);
        var sequence = sequenceColumn is null
            ? default(DataViewSchema.Column?)
            : RequireColumn(host, input.Schema, sequenceColumn);
        _cursor = input.GetRowCursor(sequence is { } column ? [guard.SchemaColumn, column] : [guard.SchemaColumn]);
        _row = _cursor.GetGetter<VBuffer<float>>(guard.SchemaColumn);
        _id = _cursor.GetIdGetter();
        _sequence = sequence is { } found ? TextOf(_cursor, found) : null;
        _rows = new Matrix<float>(FirstRows, guard.Features);
    }

    /// <summary>Ids of the rows of the sequence that was read last.</summary>
    public IReadOnlyList<DataViewRowId> Ids => _ids;

    /// <summary>Checks the sequence column of a schema.</summary>
    public static DataViewSchema.Column RequireColumn(IHost host, DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw host.ExceptSchemaMismatch(nameof(schema), "sequence", name);
        if (!IsSequenceType(column.Type))
            throw host.ExceptSchemaMismatch(nameof(schema), "sequence", name, ExpectedType, column.Type.ToString());
        return column;
    }

    public static bool IsSequenceType(DataViewType type)
        => type is TextDataViewType || type.RawType == typeof(byte) || type.RawType == typeof(ushort)
            || type.RawType == typeof(uint) || type.RawType == typeof(ulong) || type.RawType == typeof(int)
            || type.RawType == typeof(long);

    /// <summary>Reads the next sequence.</summary>
    /// <param name="check">Called now and then: throws when the reader should stop.</param>
    /// <returns>Its rows, or null at the end.</returns>
    /// <exception cref="NmfDataException">A row cannot be factorised, or continues a sequence
    /// that has ended.</exception>
    public Matrix<float>? Read(Action? check = null)
    {
        _ids.Clear();
        var count = 0;
        while (_pending || _cursor.MoveNext())
        {
            var name = _sequence?.Invoke() ?? "";
            if (count > 0 && name != _current)
            {
                _ended.Add(_current);
                _pending = true;
                break;
            }

            _pending = false;
            if (count == 0)
            {
                _current = name;
                if (_ended.Contains(name))
                {
                    throw _host.Process(
                        new NmfDataException(
                            $"Row {_cursor.Position} belongs to sequence '{name}' of column '{_sequenceColumn}', which "
                            + "had ended before: the rows of a sequence must be together and in the order of time. "
                            + "Sort the rows by sequence and time first, and do not shuffle them."));
                }
            }

            _row(ref _buffer);
            _guard.RequireValid(_buffer, _cursor.Position, _id);
            if (count == _rows.Rows)
                Grow();
            _buffer.CopyTo(_rows.Row(count++));
            var id = default(DataViewRowId);
            _id(ref id);
            _ids.Add(id);
            if (count % FirstRows == 0)
                check?.Invoke();
        }

        if (count == 0)
            return null;
        var sequence = new Matrix<float>(count, _guard.Features);
        for (var n = 0; n < count; n++)
            _rows.Row(n).CopyTo(sequence.Row(n));
        return sequence;
    }

    public void Dispose() => _cursor.Dispose();

    private static Func<string> TextOf(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
            return Getter<ReadOnlyMemory<char>>();
        var raw = column.Type.RawType;
        return raw == typeof(byte) ? Getter<byte>() : raw == typeof(ushort) ? Getter<ushort>() : raw == typeof(uint)
            ? Getter<uint>()
            : raw == typeof(ulong) ? Getter<ulong>()
            : raw == typeof(int) ? Getter<int>()
            : Getter<long>();

        Func<string> Getter<TValue>()
        {
            var getter = row.GetGetter<TValue>(column);
            var (value, text) = (default(TValue)!, "");
            var before = default(TValue)!;
            return () =>
            {
                getter(ref value);
                if (text.Length == 0 || !EqualityComparer<TValue>.Default.Equals(value, before))
                    (before, text) = (value, value!.ToString()!);
                return text;
            };
        }
    }

    private void Grow()
    {
        var grown = new Matrix<float>(checked(2 * _rows.Rows), _guard.Features);
        for (var n = 0; n < _rows.Rows; n++)
            _rows.Row(n).CopyTo(grown.Row(n));
        _rows = grown;
    }
}

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>Reads a view one sequence at a time: consecutive rows with the same value of the sequence column, or all
/// rows where there is none.</summary>
internal sealed class SequenceReader : IDisposable
{
    private readonly IHost _host;
    private readonly string? _sequenceColumn;
    private readonly RowCursor _rows;
    private readonly Func<string>? _sequence;
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private readonly List<DataViewRowId> _ids = [];
    private string _current = "";
    private bool _pending;

    /// <param name="host">Where errors come from.</param>
    /// <param name="guard">The column.</param>
    /// <param name="input">The view.</param>
    /// <param name="sequenceColumn">Name of the column that tells sequences apart, or null.</param>
    /// <param name="check">Called now and then: throws when the reader should stop.</param>
    public SequenceReader(IHost host, ColumnGuard guard, IDataView input, string? sequenceColumn, Action check)
    {
        (_host, _sequenceColumn) = (host, sequenceColumn);
        var sequence =
            sequenceColumn is null ? default(DataViewSchema.Column?) : Column.In(host, input.Schema, sequenceColumn);
        _rows = guard.Open(input, check, sequence);
        _sequence = sequence is { } found ? TextOf(_rows.Cursor, found) : null;
    }

    /// <summary>Ids of the rows of the sequence that was read last.</summary>
    public IReadOnlyList<DataViewRowId> Ids => _ids;

    /// <summary>What a column has to be that tells sequences apart.</summary>
    public static RequiredColumn Column { get; } = RequiredColumn.Scalar(
        "sequence", "Key, Text or an integer", IsSequenceType, orKey: true);

    /// <summary>Reads the next sequence.</summary>
    /// <param name="builder">Receives its rows.</param>
    /// <returns>How many they are; 0 at the end.</returns>
    /// <exception cref="NmfDataException">A row cannot be factorised, or continues a sequence
    /// that has ended.</exception>
    public int Read(NmfSampleBuilder<float> builder)
    {
        _ids.Clear();
        while (_pending || _rows.MoveNext())
        {
            var name = _sequence?.Invoke() ?? "";
            if (_ids.Count > 0 && name != _current)
            {
                _ended.Add(_current);
                _pending = true;
                break;
            }

            _pending = false;
            _current = name;
            if (_ids.Count == 0 && _ended.Contains(name))
            {
                throw _host.Process(
                    new NmfDataException(
                        $"Row {_rows.Cursor.Position} belongs to sequence '{name}' of column '{_sequenceColumn}', "
                        + "which had ended before: the rows of a sequence must be together and in the order of time. "
                        + "Sort the rows by sequence and time first, and do not shuffle them."));
            }

            _rows.AddTo(builder);
            _ids.Add(_rows.Id);
        }

        return _ids.Count;
    }

    public void Dispose() => _rows.Dispose();

    private static bool IsSequenceType(DataViewType type)
        => type is TextDataViewType || type.RawType == typeof(byte) || type.RawType == typeof(ushort)
            || type.RawType == typeof(uint) || type.RawType == typeof(ulong) || type.RawType == typeof(int)
            || type.RawType == typeof(long);

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
}

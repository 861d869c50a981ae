using System.Text;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf.Topics;

namespace Microsoft.ML;

/// <summary>The rows of a view of texts with their activations, one by one.</summary>
internal sealed class TextRows : IDisposable
{
    private readonly IHost _host;
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _activations;
    private readonly ValueGetter<StringBuilder> _text;
    private readonly ValueGetter<StringBuilder>? _title;
    private readonly ValueGetter<StringBuilder>? _class;
    private readonly Func<DateTime?>? _date;
    private readonly StringBuilder _buffer = new();
    private VBuffer<float> _sparse;
    private float[] _row = [];

    /// <param name="host">Where errors come from.</param>
    /// <param name="data">The texts.</param>
    /// <param name="columns">What to read.</param>
    /// <param name="steps">What makes activations of them.</param>
    /// <param name="topics">Name of the column of activations.</param>
    public TextRows(
        IHost host, IDataView data, TopicExplorerColumns columns, ReadOnlySpan<ITransformer> steps, string topics)
    {
        _host = host;
        Count = (int)Math.Min(data.GetRowCount() ?? 0, int.MaxValue);
        string?[] names = [columns.Text, columns.Title, columns.Date, columns.Class];
        // Of the columns as they are there: the pipeline may write over them.
        var copies = new string?[names.Length];
        var view = data;
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i] is not { } name)
                continue;
            if (data.Schema.GetColumnOrNull(name) is not { } column)
                throw MissingColumn.In(host, data.Schema, Roles[i], name);
            if (column.Type is VectorDataViewType)
                throw host.ExceptSchemaMismatch(nameof(data), Roles[i], name, "scalar", column.Type.ToString());
            copies[i] = $"{topics}/{Roles[i]}/{name}";
            view = new ColumnCopyingTransformer(host, (copies[i]!, name)).Transform(view);
            if (column.Type is KeyDataViewType && column.HasKeyValues())
                view = new KeyToValueMappingTransformer(host, copies[i]!).Transform(view);
        }

        foreach (var step in steps)
            view = step.Transform(view);
        DataViewSchema.Column[] wanted =
            [view.Schema[topics], .. copies.OfType<string>().Select(copy => view.Schema[copy])];
        _cursor = view.GetRowCursor(wanted);
        _activations = _cursor.GetGetter<VBuffer<float>>(view.Schema[topics]);
        _text = Strings(copies[0])!;
        _title = Strings(copies[1]);
        _class = Strings(copies[3]);
        _date = copies[2] is { } date ? Dates(view.Schema[date], names[2]!) : null;
    }

    /// <summary>Number of rows, or 0 where the view does not know.</summary>
    public int Count { get; }

    /// <summary>Activations of the row.</summary>
    public ReadOnlySpan<float> Activations
    {
        get
        {
            _activations(ref _sparse);
            if (_row.Length != _sparse.Length)
                _row = new float[_sparse.Length];
            _sparse.CopyTo(_row);
            return _row;
        }
    }

    private static string[] Roles { get; } = ["text", "title", "date", "class"];

    public bool MoveNext() => _cursor.MoveNext();

    /// <summary>What is shown of the row.</summary>
    public TopicDocument Document() => new()
    {
        Text = Read(_text), Title = Read(_title), Class = Read(_class) is { Length: > 0 } name ? name : null,
        Date = _date?.Invoke(),
    };

    /// <inheritdoc/>
    public void Dispose() => _cursor.Dispose();

    private string? Read(ValueGetter<StringBuilder>? getter)
    {
        if (getter is null)
            return null;
        var buffer = _buffer;
        getter(ref buffer);
        return buffer.ToString();
    }

    private ValueGetter<StringBuilder>? Strings(string? column)
        => column is null ? null
        : RowCursorUtils.GetGetterAsStringBuilder(_cursor, _cursor.Schema[column].Index);

    private Func<DateTime?> Dates(DataViewSchema.Column column, string name)
    {
        if (column.Type is DateTimeDataViewType)
        {
            var getter = _cursor.GetGetter<DateTime>(column);
            return () =>
            {
                DateTime value = default;
                getter(ref value);
                return value == default ? null : value;
            };
        }

        if (column.Type is DateTimeOffsetDataViewType)
        {
            var getter = _cursor.GetGetter<DateTimeOffset>(column);
            return () =>
            {
                DateTimeOffset value = default;
                getter(ref value);
                return value == default ? null : value.DateTime;
            };
        }

        var strings = Strings(column.Name)!;
        return () => Parse(Read(strings)!, name);
    }

    private DateTime? Parse(string text, string column) => TextDates.TryParse(text, out var date)
        ? date
        : throw _host.ExceptUserArg(
            nameof(TopicExplorerColumns.Date),
            $"Column '{column}', row {_cursor.Position}: '{(text.Length <= 50 ? text : text[..50] + "…")}' is no date. "
            + TextDates.Rule);
}

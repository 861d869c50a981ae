using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML;

/// <summary>The topics of texts, and what else is known of these, read in one pass.</summary>
internal sealed class TopicRows
{
    private const int RowsBetweenChecks = 256;

    private readonly List<string?>[] _texts;

    private TopicRows(Matrix<float> activations, List<string?>[] texts, List<DateTime?> dates)
        => (Activations, _texts, Dates) = (activations, texts, dates);

    /// <summary>H, rows x topics.</summary>
    public Matrix<float> Activations { get; }

    /// <summary>Dates, or none.</summary>
    public IReadOnlyList<DateTime?> Dates { get; }

    /// <summary>The texts of a column, in the order in which columns were asked for.</summary>
    public IReadOnlyList<string> Texts(int column) => _texts[column]!;

    public static TopicRows Read(
        ModelOperationsCatalog catalog, string name, IDataView data, string topics,
        CancellationToken cancellationToken, string? text = null, string? dates = null)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        var environment = CatalogUtils.GetEnvironment(catalog);
        var host = environment.Register(name);
        host.CheckValue(data, nameof(data));
        var topicColumn = Required(host, data.Schema, topics, "topics");
        if (topicColumn.Type is not VectorDataViewType { ItemType: NumberDataViewType { RawType: var raw }, Size: > 0 }
            || raw != typeof(float))
            throw host.ExceptSchemaMismatch(
                nameof(data), "topics", topics, "known-size vector of Single", topicColumn.Type.ToString());
        // What ML.NET has for a number that is missing is no class.
        var isNumber = text is not null && data.Schema.GetColumnOrNull(text)?.Type.RawType is { } type
            && (type == typeof(float) || type == typeof(double));
        if (text is not null)
            data = AsText(new MLContext(), host, data, ref text);
        var columns = new List<DataViewSchema.Column> { data.Schema[topics] };
        if (text is not null)
            columns.Add(data.Schema[text]);
        if (dates is not null)
        {
            var column = Required(host, data.Schema, dates, "dates");
            if (column.Type is not DateTimeDataViewType)
                throw host.ExceptSchemaMismatch(nameof(data), "dates", dates, "DateTime", column.Type.ToString());
            columns.Add(column);
        }

        using var channel = host.Start(name);
        using var cancellation = new FitCancellation(host, cancellationToken);
        using var cursor = data.GetRowCursor(columns);
        var rank = ((VectorDataViewType)topicColumn.Type).Size;
        var (getTopics, rows) = (cursor.GetGetter<VBuffer<float>>(data.Schema[topics]), new List<float[]>());
        var getText = text is null ? null : cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema[text]);
        var getDate = dates is null ? null : cursor.GetGetter<DateTime>(data.Schema[dates]);
        var (values, words, date) = (default(VBuffer<float>), default(ReadOnlyMemory<char>), default(DateTime));
        var (texts, days) = (new List<string?>(), new List<DateTime?>());
        while (cursor.MoveNext())
        {
            if (rows.Count % RowsBetweenChecks == 0)
                cancellation.Guard(token => token.IsCancellationRequested);
            getTopics(ref values);
            rows.Add([.. values.DenseValues()]);
            if (getText is not null)
            {
                getText(ref words);
                texts.Add(isNumber && words.Span is "NaN" ? "" : words.ToString());
            }

            if (getDate is not null)
            {
                getDate(ref date);
                days.Add(date == default ? null : date);
            }
        }

        var activations = new Matrix<float>(rows.Count, rank);
        for (var n = 0; n < rows.Count; n++)
        {
            var bad = Array.FindIndex(rows[n], value => !(value >= 0 && float.IsFinite(value)));
            if (bad >= 0)
            {
                throw host.ExceptUserArg(
                    nameof(data), $"Row {n} of column '{topics}' holds {rows[n][bad]} for topic {bad}. Activations are "
                    + "finite and at least 0.");
            }

            rows[n].CopyTo(activations.Row(n));
        }

        return new TopicRows(activations, [texts], days);
    }

    /// <summary>Word counts, and the words where the column has slot names.</summary>
    public static (NmfData<float> Counts, string[]? Words) ReadCounts(
        ModelOperationsCatalog catalog, IDataView data, string counts, CancellationToken cancellationToken)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        var host = CatalogUtils.GetEnvironment(catalog).Register("TopicCounts");
        host.CheckValue(data, nameof(data));
        var guard = ColumnGuard.ForInput(host, data.Schema, counts, BetaDivergence.KullbackLeibler);
        using var channel = host.Start("Topics");
        using var cancellation = new FitCancellation(host, cancellationToken);
        return (RowReader.Read(channel, data, guard, cancellation), guard.SlotNames());
    }

    // Keys become their values, and whatever is no text is written as one.
    private static IDataView AsText(MLContext context, IHost host, IDataView data, ref string name)
    {
        const string written = "Text of the class";
        var column = Required(host, data.Schema, name, "texts");
        if (column.Type is TextDataViewType)
            return data;
        if (column.Type is not PrimitiveDataViewType)
            throw host.ExceptSchemaMismatch(
                nameof(data), "texts", name, "text, key or number", column.Type.ToString());
        if (column.Type is KeyDataViewType)
        {
            data = context.Transforms.Conversion.MapKeyToValue(written, name).Fit(data).Transform(data);
            name = written;
            if (data.Schema[name].Type is TextDataViewType)
                return data;
        }

        data = context.Transforms.Conversion.ConvertType(written, name, DataKind.String).Fit(data).Transform(data);
        name = written;
        return data;
    }

    private static DataViewSchema.Column Required(IHost host, DataViewSchema schema, string name, string what)
    {
        host.CheckNonWhiteSpace(name, what);
        return schema.GetColumnOrNull(name) ?? throw MissingColumn.In(host, schema, what, name);
    }
}

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNmf.Tool.Input;

/// <summary>A Parquet file, or a folder of them, read row group by row group.</summary>
internal static class ParquetTable
{
    public const string Extension = ".parquet";

    // Enough rows to see which column has the texts.
    private const int LookedAt = 1000;

    /// <summary>Whether a path is a Parquet file, or a folder with one.</summary>
    public static bool Is(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*" + Extension).Any()
        : path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>The texts of a column.</summary>
    public static IEnumerable<TextItem> Texts(string path, TextOptions options, Action<string>? note)
    {
        var view = new MLContext().Data.LoadFromParquet(path);
        DataViewSchema.Column[] columns = [.. view.Schema.Where(column => column.Type is not VectorDataViewType)];
        string[] names = [.. columns.Select(column => column.Name)];
        var text = Chosen(options.Column, "--column") ?? Guess(view, path, columns);
        note?.Invoke(
            $"The texts are those of column \"{text.Name}\""
            + (options.Column is null && columns.Length > 1 ? " (--column names another)" : ""));
        var (name, date, label) = (
            Chosen(options.Name, "--id"), Chosen(options.Date, "--date"), Chosen(options.Class, "--class"));
        using var cursor = view.GetRowCursor(
            new[] { text, name, date, label }.OfType<DataViewSchema.Column>().DistinctBy(column => column.Index));
        var getText = Text(cursor, text);
        var (getName, getDate, getLabel) = (TextOrNull(name), TextOrNull(date), TextOrNull(label));
        for (var row = 1; cursor.MoveNext(); row++)
            yield return new TextItem(
                getText(), getName?.Invoke() ?? string.Create(CultureInfo.InvariantCulture, $"row {row}"),
                getDate?.Invoke(), getLabel?.Invoke());

        DataViewSchema.Column? Chosen(string? wanted, string option) => wanted is null ? null
            : columns[ColumnChoice.Find(path, names, columns.Length, wanted, option)];

        Func<string>? TextOrNull(DataViewSchema.Column? column)
            => column is { } there ? Text(cursor, there) : null;
    }

    /// <summary>A matrix: the column of vectors where there is one, else all columns of numbers.</summary>
    public static MatrixFile Matrix(
        MLContext ml, string path, MatrixOptions options, string column, Action<string> note)
    {
        var view = ml.Data.LoadFromParquet(path, new ParquetReadOptions { NumbersAsSingle = true });
        DataViewSchema.Column[] all = [.. view.Schema];
        string[] names = [.. all.Select(c => c.Name)];
        var left = options.Ignore.Select(
            ignored => ColumnChoice.Find(path, names, names.Length, ignored, "--ignore")).ToHashSet();
        DataViewSchema.Column? id = options.Text.Name is { } wanted
            ? all[ColumnChoice.Find(path, names, names.Length, wanted, "--id")]
            : null;
        DataViewSchema.Column[] kept = [.. all.Where(c => !left.Contains(c.Index) && c.Index != id?.Index)];
        DataViewSchema.Column[] vectors =
            [.. kept.Where(c => c.Type is VectorDataViewType { ItemType: NumberDataViewType })];
        DataViewSchema.Column[] scalars = [.. kept.Where(c => c.Type == NumberDataViewType.Single)];
        var other = kept.Where(c => c.Type is not VectorDataViewType && c.Type != NumberDataViewType.Single).ToList();
        if (id is null && other is [var named])
        {
            id = named;
            note($"The column {named.Name} has no numbers: it is taken for the names of the rows.");
        }
        else if (vectors.Length == 0 && other.Count > 0)
        {
            throw new UserErrorException(
                $"{path}: the columns {string.Join(", ", other.Select(c => c.Name))} have no numbers; --ignore leaves "
                + "them out, --id takes one for the names of the rows.");
        }

        view = vectors switch
        {
            [] when scalars.Length == 0 => throw new UserErrorException($"{path}: no columns of numbers are left."),
            [] => ml.Transforms.Concatenate(column, [.. scalars.Select(c => c.Name)]).Fit(view).Transform(view),
            [{ Type: VectorDataViewType { Size: 0 } } only] => throw new UserErrorException(
                $"{path}: the lists of column {only.Name} are of different lengths, so they are not the rows of a "
                + "matrix."),
            [var only] when only.Name == column => view,
            [var only] => ml.Transforms.CopyColumns(column, only.Name).Fit(view).Transform(view),
            _ => throw new UserErrorException(
                $"{path} has the lists {string.Join(", ", vectors.Select(c => c.Name))}: leave out all but one with "
                + "--ignore."),
        };
        List<string>? rowNames = null;
        if (id is { } identifier)
        {
            rowNames = [];
            using var cursor = view.GetRowCursor([view.Schema[identifier.Name]]);
            var get = Text(cursor, view.Schema[identifier.Name]);
            while (cursor.MoveNext())
                rowNames.Add(get());
        }

        // Only what is factorised: a model that is saved says what it takes.
        view = ml.Transforms.SelectColumns(column).Fit(view).Transform(view);
        var rows = view.GetRowCount() ?? throw new UserErrorException($"{path}: the number of rows is not known.");
        return rows == 0
            ? throw new UserErrorException($"{path}: the file has no rows of numbers.")
            : new MatrixFile(view, checked((int)rows), ((VectorDataViewType)view.Schema[column].Type).Size, rowNames);
    }

    /// <summary>Writes rows of vectors with their names.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The vectors, in the column <c>values</c>.</param>
    /// <param name="names">Their names, in the column <c>name</c>.</param>
    /// <param name="slots">Names of the values, or null.</param>
    public static void Write(
        string path, IReadOnlyList<float[]> rows, IEnumerable<string> names, IReadOnlyList<string> slots)
    {
        var ml = new MLContext();
        var definition = SchemaDefinition.Create(typeof(Row));
        var (name, vector) = (definition[nameof(Row.Name)], definition[nameof(Row.Values)]);
        (name.ColumnName, vector.ColumnName) = ("name", "values");
        vector.ColumnType = new VectorDataViewType(NumberDataViewType.Single, slots.Count);
        vector.AddAnnotation(
            "SlotNames",
            new VBuffer<ReadOnlyMemory<char>>(slots.Count, [.. slots.Select(slot => slot.AsMemory())]),
            new VectorDataViewType(TextDataViewType.Instance, slots.Count));
        ml.Data.SaveAsParquet(
            ml.Data.LoadFromEnumerable(
                rows.Zip(names, (values, row) => new Row { Name = row, Values = values }), definition), path);
    }

    // The one with a usual name, else the one with the longest texts.
    private static DataViewSchema.Column Guess(IDataView view, string path, DataViewSchema.Column[] columns)
    {
        DataViewSchema.Column[] texts = [.. columns.Where(column => column.Type is TextDataViewType)];
        if (texts.Length == 0)
            throw new UserErrorException(
                $"{path}: there is no column of texts; there are "
                + $"{string.Join(", ", view.Schema.Select(column => $"{column.Name} ({column.Type})"))}.");
        if (ColumnChoice.Usual([.. texts.Select(column => column.Name)]) is { } usual)
            return texts.First(column => column.Name == usual);
        using var cursor = view.GetRowCursor(texts);
        var (getters, lengths) = (Array.ConvertAll(texts, column => Text(cursor, column)), new long[texts.Length]);
        for (var row = 0; row < LookedAt && cursor.MoveNext(); row++)
        {
            for (var c = 0; c < texts.Length; c++)
                lengths[c] += getters[c]().Length;
        }

        return texts[Array.IndexOf(lengths, lengths.Max())];
    }

    // A value as people write it; none is empty.
    private static Func<string> Text(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        var type = column.Type.RawType;
        return type == typeof(ReadOnlyMemory<char>) ? Of<ReadOnlyMemory<char>>(text => text.ToString())
            : type == typeof(DateTime) ? Of<DateTime>(date => date == default ? ""
                : date.ToString(
                    date.TimeOfDay == default ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture))
            : type == typeof(TimeSpan) ? Of<TimeSpan>(time => time.ToString("c", CultureInfo.InvariantCulture))
            : type == typeof(bool) ? Of<bool>(value => value ? "true" : "false")
            : type == typeof(float) ? Number<float>() : type == typeof(double) ? Number<double>()
            : type == typeof(sbyte) ? Number<sbyte>() : type == typeof(byte) ? Number<byte>()
            : type == typeof(short) ? Number<short>() : type == typeof(ushort) ? Number<ushort>()
            : type == typeof(int) ? Number<int>() : type == typeof(uint) ? Number<uint>()
            : type == typeof(long) ? Number<long>() : Number<ulong>();

        Func<string> Number<T>()
            where T : struct, System.Numerics.INumber<T>
            => Of<T>(value => T.IsNaN(value) ? "" : value.ToString(null, CultureInfo.InvariantCulture));

        Func<string> Of<T>(Func<T, string> convert)
        {
            var getter = cursor.GetGetter<T>(column);
            T value = default!;
            return () =>
            {
                getter(ref value);
                return convert(value);
            };
        }
    }

    private sealed class Row
    {
        public string Name { get; set; } = "";

        public float[] Values { get; set; } = [];
    }
}

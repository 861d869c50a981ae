using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf.Formats;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>Which columns files have for ML.NET.</summary>
/// <param name="files">The files; the first says which columns there are.</param>
/// <param name="options">Which are wanted.</param>
/// <param name="warn">Told what is left out.</param>
internal sealed class ParquetColumns(
    IReadOnlyList<ParquetFile> files, ParquetReadOptions options, Action<string> warn)
{
    private readonly StoredColumns _stored = StoredColumns.Of(files[0].Metadata);
    private readonly ILookup<string, DataField> _parts =
        files[0].Schema.DataFields.ToLookup(part => part.Path.FirstPart ?? "", StringComparer.Ordinal);

    /// <exception cref="MatrixFormatException">A column that is asked for is not there, or cannot be
    /// loaded.</exception>
    public List<ParquetColumn> Create()
    {
        var (first, columns) = (files[0], new List<ParquetColumn>());
        var named = first.Schema.Fields.ToLookup(field => field.Name, StringComparer.Ordinal);
        foreach (var wanted in (options.Columns ?? []).Concat(options.VectorSizes?.Keys ?? []))
        {
            if (!named.Contains(wanted))
                throw new MatrixFormatException(
                    first.Path, $"there is no column '{wanted}'; there are "
                    + $"{string.Join(", ", first.Schema.Fields.Select(field => field.Name))}.");
        }

        foreach (var field in first.Schema.Fields)
        {
            if (options.Columns is not null && !options.Columns.Contains(field.Name))
                continue;
            var isNamed = field.Name.Length > 0 && named[field.Name].Count() == 1;
            if (isNamed && Create(field) is { } column)
                columns.Add(column);
            else if (options.Columns is not null)
                throw new MatrixFormatException(first.Path, NotLoaded(field));
            else
                warn($"{Path.GetFileName(first.Path)}: {NotLoaded(field)} It is left out.");
        }

        if (columns.Count == 0)
            throw new MatrixFormatException(first.Path, "there is no column that can be loaded.");
        foreach (var name in options.VectorSizes?.Keys ?? [])
        {
            if (!columns.Exists(column => column.Name == name && column.Type is VectorDataViewType))
                throw new MatrixFormatException(
                    first.Path, $"the column '{name}' of VectorSizes is not loaded, or has no vectors.");
        }

        return columns;
    }

    private string NotLoaded(Field field) => field.Name.Length == 0 ? "a column has no name."
        : files[0].Schema.Fields.Count(other => other.Name == field.Name) is > 1 and var count
            ? $"there are {count} columns '{field.Name}', which nothing tells apart."
        : field is DataField data
        ? $"the column '{field.Name}' has values of type {data.ClrType.Name}, which ML.NET has no column for."
        : $"the column '{field.Name}' is a {field.SchemaType.ToString().ToLowerInvariant()} that is not loaded: lists "
            + "of values are, and vectors of Apache Spark.";

    private ParquetColumn? Create(Field field)
    {
        foreach (var file in files)
        {
            foreach (var part in _parts[field.Name])
                file.Find(part);
        }

        var stored = _stored.Columns.GetValueOrDefault(field.Name);
        if (SparkVectorFields.Of(field) is { } vector)
            return options.NumbersAsSingle || stored?.IsSingle == true
                ? Sized(stored, size => Spark(new Element<double, float>(ToSingle, float.NaN), size))
                : Sized(stored, size => Spark(new Element<double, double>(value => value, double.NaN), size));
        return field switch
        {
            DataField { MaxRepetitionLevel: 0 } scalar
                => Element.Of(scalar, HasMissing(scalar), options.NumbersAsSingle)?.Scalar(field.Name, scalar),
            DataField { MaxRepetitionLevel: 1 } repeated => List(repeated),
            ListField { Item: DataField { MaxRepetitionLevel: 1 } item } => List(item),
            _ => null,
        };

        ParquetColumn? List(DataField item)
        {
            var element = Element.Of(item, HasMissing(item), options.NumbersAsSingle);
            return element is null ? null
                : Sized(stored, size => element.Vector(field.Name, item, stored, size), () => CommonLength(item));
        }

        SparkVectorColumn<T> Spark<T>(Element<double, T> element, int size)
            where T : struct, System.Numerics.INumber<T>
            => new(field.Name, vector!, element, stored?.SlotNames, size);

        ParquetColumn Sized(StoredColumn? kept, Func<int, ParquetColumn> create, Func<int>? most = null)
            => options.VectorSizes?.TryGetValue(field.Name, out var size) == true
                ? create(RequireSize(field.Name, size))
                : kept?.Size is >= 0 and var known ? create(known)
                : most?.Invoke() is 0 ? create(0)
                : create(LengthOfFirst(create(0)));
    }

    private static float ToSingle(double value)
        => float.IsInfinity((float)value) && double.IsFinite(value)
            ? throw new OverflowException("too large for single precision")
            : (float)value;

    private static int RequireSize(string name, int size)
        => size >= 0 ? size
            : throw new ArgumentException($"The size of the vectors of column '{name}' must not be negative.");

    // Files need not say: what is not known may be missing.
    private bool HasMissing(DataField field)
        => Groups().Any(place => place.File.Find(field) is { MaxDefinitionLevel: > 0 } found
            && place.File.CountsOf(place.Group, found) is { Missing: not 0, Values: > 0 });

    // The number of values of every row, where the row groups may have one in common, else 0.
    private int CommonLength(DataField field)
    {
        long? common = null;
        foreach (var (file, group) in Groups())
        {
            var (rows, values) = (file.RowsOf(group), file.CountsOf(group, file.Find(field)).Values);
            if (rows == 0)
                continue;
            if (values % rows != 0 || (common is { } length && values / rows != length))
                return 0;
            common = values / rows;
        }

        return common is > 0 and <= int.MaxValue ? (int)common : 0;
    }

    // Of rows of the first row group all the same, or 0.
    private int LengthOfFirst(ParquetColumn column)
    {
        if (column.CreateBlock() is not ISizedBlock sized)
            return 0;
        foreach (var (file, group) in Groups())
        {
            var rows = file.RowsOf(group);
            if (rows == 0)
                continue;
            ParquetFile.Run(file.Path, async () =>
            {
                using var reader = file.OpenGroup(group);
                await ((ColumnBlock)sized).LoadAsync(new GroupPlace(file, reader, 0, (int)rows, default))
                    .ConfigureAwait(false);
                return true;
            });
            var lengths = Enumerable.Range(0, (int)rows).Select(sized.LengthOf)
                .Where(length => length >= 0).Distinct().Take(2).ToArray();
            return lengths is [var only] ? only : 0;
        }

        return 0;
    }

    private IEnumerable<(ParquetFile File, int Group)> Groups()
        => files.SelectMany(file => Enumerable.Range(0, file.GroupCount).Select(group => (file, group)));
}

using Nmf.Formats;
using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>An open Parquet file. What the library says of a file that it cannot read becomes one kind of exception,
/// with the name of the file.</summary>
internal sealed class ParquetFile : IDisposable
{
    private readonly Stream _stream;
    private readonly ParquetReader _reader;
    private readonly Dictionary<FieldPath, DataField> _fields = [];

    private ParquetFile(string path, Stream stream, ParquetReader reader)
    {
        (Path, _stream, _reader) = (path, stream, reader);
        Schema = Run(path, () => Task.FromResult(reader.Schema));
        foreach (var field in Schema.DataFields)
            _fields.TryAdd(field.Path, field);
    }

    public string Path { get; }

    public ParquetSchema Schema { get; }

    public int GroupCount => _reader.RowGroupCount;

    /// <summary>What the file says beside its schema; nothing where it has a key twice, which the library does not
    /// read.</summary>
    public IReadOnlyDictionary<string, string> Metadata
    {
        get
        {
            try
            {
                return _reader.CustomMetadata;
            }
            catch (ArgumentException)
            {
                return new Dictionary<string, string>();
            }
        }
    }

    /// <exception cref="MatrixFormatException">It is no Parquet file, or damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ParquetFile Open(string path)
    {
        var stream = File.OpenRead(path);
        try
        {
            return new ParquetFile(path, stream, Run(path, () => ParquetReader.CreateAsync(stream)));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public ParquetRowGroupReader OpenGroup(int group)
        => Run(Path, () => Task.FromResult(_reader.OpenRowGroupReader(group)));

    public long RowsOf(int group)
    {
        using var reader = OpenGroup(group);
        return reader.RowCount is >= 0 and <= int.MaxValue and var rows ? rows
            : throw new MatrixFormatException(Path, $"row group {group} has {reader.RowCount} rows, too many for one.");
    }

    /// <summary>Number of stored values of a column in a row group, and of those that are missing, which a file need
    /// not say.</summary>
    public (long Values, long? Missing) CountsOf(int group, DataField field) => Run(Path, () =>
    {
        using var reader = _reader.OpenRowGroupReader(group);
        var content = reader.GetMetadata(field)?.MetaData;
        return Task.FromResult((content?.NumValues ?? 0, content?.Statistics?.NullCount));
    });

    /// <summary>A column by its place.</summary>
    /// <exception cref="MatrixFormatException">There is none, or it has another type.</exception>
    public DataField Find(DataField wanted)
    {
        if (!_fields.TryGetValue(wanted.Path, out var found))
            throw new MatrixFormatException(Path, $"there is no column '{wanted.Path}', which other files here have.");
        return found.ClrType == wanted.ClrType && found.MaxRepetitionLevel == wanted.MaxRepetitionLevel
            && UnitOf(found) == UnitOf(wanted)
                ? found
                : throw new MatrixFormatException(
                    Path, $"the column '{wanted.Path}' has values of type {TypeOf(found)}; in other files here it has "
                    + $"{TypeOf(wanted)}.");
    }

    // Times are numbers, of a unit that stands beside them. (The library converts dates and decimals itself.)
    private static TimeUnitPrecision? UnitOf(DataField field) => (field as TimeDataField)?.Precision;

    private static string TypeOf(DataField field)
        => (field.MaxRepetitionLevel > 0 ? "list of " : "") + field.ClrType.Name
            + (UnitOf(field) is { } unit ? $" in {unit}" : "");

    /// <summary>Whether an exception of the library tells of the file: of damaged ones it throws whatever it comes
    /// across first.</summary>
    public static bool IsOfFormat(Exception e)
        => e is not (OperationCanceledException or OutOfMemoryException or ObjectDisposedException);

    /// <summary>Waits for the library, on a thread of the pool: some callers have a thread that must not be waited
    /// on.</summary>
    public static T Run<T>(string path, Func<Task<T>> work)
    {
        try
        {
            return Task.Run(work).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not MatrixFormatException && IsOfFormat(e))
        {
            throw new MatrixFormatException(
                path, $"this is not a Parquet file, it is damaged, or it has what is not read: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        Task.Run(async () => await _reader.DisposeAsync().ConfigureAwait(false)).GetAwaiter().GetResult();
        _stream.Dispose();
    }
}

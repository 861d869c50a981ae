using System.IO.Compression;
using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Formats;

/// <summary>
/// Archives of NumPy arrays (NPZ), as <c>numpy.savez</c>, <c>numpy.savez_compressed</c> and
/// <c>scipy.sparse.save_npz</c> write them. Not thread-safe.
/// </summary>
/// <remarks>Sparse matrices of SciPy are read in its formats CSR, CSC and COO, entries of the same place are added, as
/// SciPy does; they are written as CSR.</remarks>
public sealed class NpzFile : IDisposable
{
    private const string Extension = ".npy";

    private readonly string _path;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    private NpzFile(string path, ZipArchive archive)
    {
        (_path, _archive) = (path, archive);
        foreach (var entry in archive.Entries)
        {
            var name = entry.FullName.EndsWith(Extension, StringComparison.Ordinal)
                ? entry.FullName[..^Extension.Length]
                : entry.FullName;
            if (!_entries.TryAdd(name, entry))
                throw new MatrixFormatException(path, $"the archive has two arrays '{name}'.");
        }
    }

    /// <summary>Names of the arrays, in the order of the archive.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Keys];

    /// <summary>Whether this is a sparse matrix of SciPy rather than dense arrays.</summary>
    public bool IsSparse => _entries.ContainsKey("format") && _entries.ContainsKey("shape");

    /// <summary>Opens an archive.</summary>
    /// <exception cref="MatrixFormatException">It is none.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NpzFile Open(string path)
    {
        var stream = File.OpenRead(path);
        try
        {
            return new NpzFile(path, new ZipArchive(stream, ZipArchiveMode.Read));
        }
        catch (InvalidDataException e)
        {
            stream.Dispose();
            throw new MatrixFormatException(path, $"this is not an archive of NumPy arrays: {e.Message}", e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>What the header of an array says.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="MatrixFormatException">There is no such array, or it is broken.</exception>
    public NpyHeader ReadHeader(string name)
        => Read(name, (stream, source, _) => NpyHeader.Read(stream, source));

    /// <summary>Reads a dense array with two indices.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="MatrixFormatException">There is no such array, or it is broken.</exception>
    public Matrix<T> ReadMatrix<T>(string name, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Read(name, (stream, source, length) => NpyFile.ReadMatrix<T>(stream, source, length, cancellationToken));

    /// <summary>Reads the archive as a sparse matrix of SciPy.</summary>
    /// <exception cref="MatrixFormatException">It is none, of a format that is not read, or broken.</exception>
    public SparseMatrix<T> ReadSparse<T>(CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!IsSparse)
            throw new MatrixFormatException(
                _path, "this is not a sparse matrix of SciPy (scipy.sparse.save_npz): it has the arrays "
                + $"{string.Join(", ", Names)}.");
        var format = Read("format", (stream, source, _) => ReadText(stream, source));
        if (format is not ("csr" or "csc" or "coo"))
            throw new MatrixFormatException(
                _path, $"sparse matrices of format '{format}' are not read: save matrix.tocsr().");
        var shape = Integers("shape", cancellationToken);
        if (shape.Length != 2 || shape.Any(size => size is < 0 or > int.MaxValue))
            throw new MatrixFormatException(_path, $"the shape ({string.Join(", ", shape)}) is not that of a matrix.");
        var (rows, columns) = ((int)shape[0], (int)shape[1]);
        var values = Values<T>("data", cancellationToken);
        return format == "coo"
            ? SparseEntries.FromCoordinates(
                _path, rows, columns, Integers("row", cancellationToken), Integers("col", cancellationToken), values)
            : SparseEntries.FromCompressed(
                _path, rows, columns, Integers("indptr", cancellationToken), Integers("indices", cancellationToken),
                values, isByColumn: format == "csc");
    }

    /// <summary>Writes matrices as an archive of dense arrays, compressed.</summary>
    /// <param name="path">The file, which is replaced.</param>
    /// <param name="matrices">For each name its values.</param>
    public static void Write<T>(string path, params IReadOnlyList<(string Name, Matrix<T> Values)> matrices)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrices);
        using var archive = Create(path);
        foreach (var (name, values) in matrices)
            WriteArray(archive, name, stream => NpyFile.Write(stream, values));
    }

    /// <summary>Writes a sparse matrix as SciPy does: <c>scipy.sparse.load_npz</c> reads it as CSR.</summary>
    /// <param name="path">The file, which is replaced.</param>
    /// <param name="matrix">The values.</param>
    public static void WriteSparse<T>(string path, SparseMatrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (starts, indices, values) = SparseEntries.ToArrays(matrix);
        using var archive = Create(path);
        WriteArray(archive, "indices", stream => NpyFile.WriteValues<int>(stream, indices, indices.Length));
        WriteArray(archive, "indptr", stream => NpyFile.WriteValues<int>(stream, starts, starts.Length));
        WriteArray(archive, "format", stream =>
        {
            new NpyHeader("|S3", false, []).Write(stream);
            stream.Write("csr"u8);
        });
        WriteArray(archive, "shape", stream => NpyFile.WriteValues<long>(stream, [matrix.Rows, matrix.Columns], 2));
        WriteArray(archive, "data", stream => NpyFile.WriteValues<T>(stream, values, values.Length));
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private static ZipArchive Create(string path) => new(File.Create(path), ZipArchiveMode.Create);

    private static void WriteArray(ZipArchive archive, string name, Action<Stream> write)
    {
        using var stream = archive.CreateEntry(name + Extension, CompressionLevel.Fastest).Open();
        write(stream);
    }

    private TResult Read<TResult>(string name, Func<Stream, string, long, TResult> read)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_entries.TryGetValue(name, out var entry))
            throw new MatrixFormatException(
                _path, $"there is no array '{name}'; there are {string.Join(", ", Names)}.");
        var source = $"{Path.GetFileName(_path)}:{name}";
        try
        {
            using var stream = entry.Open();
            return read(stream, source, entry.Length);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new MatrixFormatException(source, $"the archive is damaged: {e.Message}", e);
        }
    }

    private long[] Integers(string name, CancellationToken cancellationToken)
        => Read(name, (stream, source, length) => Vector(stream, source, length).ReadIntegers(cancellationToken));

    private T[] Values<T>(string name, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Read(name, (stream, source, length) => Vector(stream, source, length).ReadAll<T>(cancellationToken));

    private static NpyReader Vector(Stream stream, string source, long length)
    {
        var reader = NpyReader.Open(stream, source, length);
        reader.RequireIndices(1, "one index is expected");
        return reader;
    }

    // A single text, of bytes or of code points of four bytes.
    private static string ReadText(Stream stream, string source)
    {
        var header = NpyHeader.Read(stream, source);
        var rest = new byte[256];
        var bytes = rest.AsSpan(0, stream.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false));
        var encoding = header.DataType switch
        {
            ['<', 'U', ..] => System.Text.Encoding.UTF32,
            ['>', 'U', ..] => new System.Text.UTF32Encoding(bigEndian: true, byteOrderMark: false),
            [_, 'S', ..] => System.Text.Encoding.Latin1,
            _ => throw new MatrixFormatException(source, $"a text is expected, not type '{header.DataType}'."),
        };
        return encoding.GetString(bytes).TrimEnd('\0');
    }
}

using System.IO.Compression;
using System.Numerics;
using System.Text;
using Nmf.Kernels;

namespace Nmf.Formats;

/// <summary>
/// Matrix Market files (.mtx, and .mtx.gz): coordinate and array forms, real, integer and pattern values, general,
/// symmetric and skew-symmetric. Complex matrices are refused.
/// </summary>
/// <remarks>Symmetric matrices are read with both halves; entries of the same place are added; the entries of a pattern
/// are 1. Source: Boisvert, Pozo and Remington, "The Matrix Market Exchange Formats" (1996).</remarks>
public static class MatrixMarketFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>Whether the file has the array form, which holds every entry.</summary>
    /// <exception cref="MatrixFormatException">The first line is not that of a Matrix Market file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsDense(string path)
    {
        using var reader = new MatrixMarketReader(OpenText(path), path);
        return reader.IsDense;
    }

    /// <summary>Reads a matrix of either form as a dense one.</summary>
    /// <param name="path">The file; with .gz at its end it is decompressed.</param>
    /// <param name="cancellationToken">Stops between lines.</param>
    /// <exception cref="MatrixFormatException">The file is broken; the message has the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Matrix<T> ReadDense<T>(string path, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var reader = new MatrixMarketReader(OpenText(path), path);
        if (reader.IsDense)
            return reader.ReadDense<T>(cancellationToken);
        var sparse = reader.ReadSparse<T>(cancellationToken);
        var dense = new Matrix<T>(sparse.Rows, sparse.Columns);
        for (var i = 0; i < sparse.Rows; i++)
        {
            var row = dense.Row(i);
            var indices = sparse.RowIndices(i);
            var values = sparse.RowValues(i);
            for (var j = 0; j < indices.Length; j++)
                row[indices[j]] = values[j];
        }

        return dense;
    }

    /// <summary>Reads a matrix of the coordinate form.</summary>
    /// <exception cref="MatrixFormatException">The file is broken (the message has the line), or it has the array
    /// form.</exception>
    /// <inheritdoc cref="ReadDense{T}(string, CancellationToken)"/>
    public static SparseMatrix<T> ReadSparse<T>(string path, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var reader = new MatrixMarketReader(OpenText(path), path);
        return reader.IsDense
            ? throw new MatrixFormatException(path, "the file has the array form, which is dense.")
            : reader.ReadSparse<T>(cancellationToken);
    }

    /// <summary>Writes a matrix in the array form.</summary>
    /// <param name="path">The file, which is replaced; with .gz at its end it is compressed.</param>
    /// <param name="matrix">The values, which are written so that they are read back to the bit.</param>
    public static void Write<T>(string path, Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrix);
        using var writer = CreateText(path);
        writer.Write("%%MatrixMarket matrix array real general\n");
        writer.Write($"{matrix.Rows} {matrix.Columns}\n");
        for (var j = 0; j < matrix.Columns; j++)
        {
            for (var i = 0; i < matrix.Rows; i++)
                writer.Write($"{Text(matrix[i, j])}\n");
        }
    }

    /// <summary>Writes a matrix in the coordinate form.</summary>
    /// <inheritdoc cref="Write{T}(string, Matrix{T})"/>
    public static void Write<T>(string path, SparseMatrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrix);
        using var writer = CreateText(path);
        writer.Write("%%MatrixMarket matrix coordinate real general\n");
        writer.Write($"{matrix.Rows} {matrix.Columns} {matrix.NonZeros}\n");
        for (var i = 0; i < matrix.Rows; i++)
        {
            var indices = matrix.RowIndices(i);
            var values = matrix.RowValues(i);
            for (var j = 0; j < indices.Length; j++)
                writer.Write($"{i + 1} {indices[j] + 1} {Text(values[j])}\n");
        }
    }

    // As other programs write what is not a number.
    private static string Text<T>(T value)
        where T : IFloatingPointIeee754<T>
        => T.IsNaN(value) ? "nan" : T.IsInfinity(value) ? T.IsPositive(value) ? "inf" : "-inf"
            : value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static StreamReader OpenText(string path)
    {
        var stream = File.OpenRead(path);
        return new StreamReader(
            IsCompressed(path) ? new WholeGzipStream(stream) : stream, Encoding.UTF8,
            detectEncodingFromByteOrderMarks: true, BufferSize);
    }

    private static StreamWriter CreateText(string path)
    {
        Stream stream = File.Create(path);
        return new StreamWriter(
            IsCompressed(path) ? new GZipStream(stream, CompressionLevel.Fastest) : stream,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize);
    }
}

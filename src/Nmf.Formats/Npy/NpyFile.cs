using System.Numerics;
using System.Runtime.InteropServices;
using Nmf.Kernels;

namespace Nmf.Formats;

/// <summary>
/// Arrays of NumPy in files (NPY): read in all three versions of the format, both byte orders and both orders of
/// indices, with values of any real type; written in version 1.0, little endian, the last index fastest.
/// </summary>
/// <remarks>
/// Values are converted to the type asked for: a double that is too large for float is an error that names its place.
/// NaN, infinite and negative values are read as they are; <see cref="NmfData{T}"/> refuses them with row and column.
/// Source of the format: NEP 1, "A simple file format for NumPy arrays" (2007), and numpy.lib.format.
/// </remarks>
public static class NpyFile
{
    /// <summary>What the header says, without the values.</summary>
    /// <exception cref="MatrixFormatException">The file is no NumPy array.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NpyHeader ReadHeader(string path)
    {
        using var stream = File.OpenRead(path);
        return NpyHeader.Read(stream, path);
    }

    /// <summary>Reads an array with two indices.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>As many rows and columns as the array has.</returns>
    /// <exception cref="MatrixFormatException">The file is no NumPy array of real numbers with two indices, it ends too
    /// early, something follows the array, or a value is too large for <typeparamref name="T"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Matrix<T> ReadMatrix<T>(string path, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var stream = File.OpenRead(path);
        return ReadMatrix<T>(stream, path, stream.Length, cancellationToken);
    }

    /// <summary>Reads an array with one index, such as weights of samples.</summary>
    /// <inheritdoc cref="ReadMatrix{T}(string, CancellationToken)"/>
    public static T[] ReadVector<T>(string path, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var stream = File.OpenRead(path);
        var reader = NpyReader.Open(stream, path, stream.Length);
        reader.RequireIndices(1, "a vector has one, such as (3,)");
        return reader.ReadAll<T>(cancellationToken);
    }

    /// <summary>Writes a matrix as an array with two indices, rows x columns.</summary>
    /// <param name="path">The file, which is replaced.</param>
    /// <param name="matrix">The values.</param>
    public static void Write<T>(string path, Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrix);
        using var stream = File.Create(path);
        Write(stream, matrix);
    }

    /// <summary>Writes values as an array.</summary>
    /// <param name="path">The file, which is replaced.</param>
    /// <param name="values">The values, the last index fastest.</param>
    /// <param name="shape">Size along each index; their product is the number of values.</param>
    /// <exception cref="ArgumentException">The shape does not have that number of values.</exception>
    public static void Write<T>(string path, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var stream = File.Create(path);
        WriteValues(stream, values, shape);
    }

    internal static Matrix<T> ReadMatrix<T>(
        Stream stream, string source, long length, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var reader = NpyReader.Open(stream, source, length);
        reader.RequireIndices(2, "a matrix has two: samples, and features");
        return reader.ReadMatrix<T>(cancellationToken);
    }

    internal static void Write<T>(Stream stream, Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        new NpyHeader(NpyType.NameOf<T>(), false, [matrix.Rows, matrix.Columns]).Write(stream);
        for (var i = 0; i < matrix.Rows; i++)
            WriteValues<T>(stream, matrix.Row(i));
    }

    internal static void WriteValues<T>(Stream stream, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged, INumberBase<T>
    {
        var header = new NpyHeader(NpyType.NameOf<T>(), false, [.. shape.ToArray().Select(size => (long)size)]);
        if (shape.ContainsAnyInRange(int.MinValue, -1) || header.Count != values.Length)
            throw new ArgumentException(
                $"The shape {header.ShapeText} does not have {values.Length} values.", nameof(shape));
        header.Write(stream);
        WriteValues(stream, values);
    }

    private static void WriteValues<T>(Stream stream, ReadOnlySpan<T> values)
        where T : unmanaged, INumberBase<T>
    {
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        Span<T> one = stackalloc T[1];
        foreach (var value in values)
        {
            one[0] = value;
            var bytes = MemoryMarshal.AsBytes(one);
            bytes.Reverse();
            stream.Write(bytes);
        }
    }
}

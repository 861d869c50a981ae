using System.Numerics;
using System.Runtime.InteropServices;
using Nmf.Kernels;

namespace Nmf.Formats;

/// <summary>The values behind a header, block by block.</summary>
internal sealed class NpyReader
{
    private const int BlockBytes = 1 << 20;

    private readonly Stream _stream;
    private readonly string _source;
    private readonly NpyType _type;

    private NpyReader(Stream stream, string source, NpyHeader header)
        => (_stream, _source, Header, _type) = (stream, source, header, NpyType.Of(header.DataType, source));

    public NpyHeader Header { get; }

    /// <summary>Reads the header, and checks the size of the data before any memory is taken for it.</summary>
    /// <param name="stream">Stands before the header.</param>
    /// <param name="source">What messages call it.</param>
    /// <param name="length">Number of bytes, header and data.</param>
    /// <exception cref="MatrixFormatException">The header is broken, or the data have another size.</exception>
    public static NpyReader Open(Stream stream, string source, long length)
    {
        var reader = new NpyReader(stream, source, NpyHeader.Read(stream, source));
        reader.RequireLength(length - reader.Header.Length);
        return reader;
    }

    public void RequireIndices(int number, string meaning)
    {
        if (Header.Shape.Count != number)
            throw new MatrixFormatException(
                _source, $"the array has shape {Header.ShapeText}; {meaning}. Reshape it before it is saved.");
    }

    /// <summary>All values in the order of the file.</summary>
    public T[] ReadAll<T>(CancellationToken cancellationToken)
        where T : unmanaged, INumberBase<T>
    {
        if (Header.Count > Array.MaxLength)
            throw new MatrixFormatException(_source, $"the array has {Header.Count} values, too many for one list.");
        var values = new T[Header.Count];
        ReadBlocks<T>((first, block) => block.CopyTo(values.AsSpan((int)first)), cancellationToken);
        return values;
    }

    /// <summary>Whole numbers, such as indices.</summary>
    public long[] ReadIntegers(CancellationToken cancellationToken)
    {
        if (_type.Kind is not ('i' or 'u'))
            throw new MatrixFormatException(
                _source, $"the values are of type {Header.DataType}, but whole numbers are expected.");
        return ReadAll<long>(cancellationToken);
    }

    public Matrix<T> ReadMatrix<T>(CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Header.Shape.Any(size => size > int.MaxValue))
            throw new MatrixFormatException(
                _source, $"the shape {Header.ShapeText} has a size above {int.MaxValue}.");
        var (rows, columns) = ((int)Header.Shape[0], (int)Header.Shape[1]);
        var matrix = new Matrix<T>(rows, columns);
        ReadBlocks<T>(Place, cancellationToken);
        return matrix;

        void Place(long first, ReadOnlySpan<T> block)
        {
            if (Header.IsFortranOrder)
            {
                var (column, row) = ((int)(first / rows), (int)(first % rows));
                foreach (var value in block)
                {
                    matrix[row, column] = value;
                    if (++row == rows)
                        (row, column) = (0, column + 1);
                }
            }
            else
            {
                while (!block.IsEmpty)
                {
                    var (row, column) = ((int)(first / columns), (int)(first % columns));
                    var count = Math.Min(columns - column, block.Length);
                    block[..count].CopyTo(matrix.Row(row)[column..]);
                    first += count;
                    block = block[count..];
                }
            }
        }
    }

    private void ReadBlocks<T>(BlockAction<T> action, CancellationToken cancellationToken)
        where T : unmanaged, INumberBase<T>
    {
        var count = Header.Count;
        var blockLength = BlockBytes / _type.Size;
        // Memory in units of the widest type, so that values of any type are aligned.
        var memory = new ulong[BlockBytes / sizeof(ulong)];
        var values = new T[Math.Min(blockLength, count)];
        for (long first = 0; first < count; first += blockLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = (int)Math.Min(blockLength, count - first);
            var bytes = MemoryMarshal.AsBytes(memory.AsSpan())[..(length * _type.Size)];
            var got = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (got < bytes.Length)
                throw new MatrixFormatException(
                    _source, $"the file ends too early: shape {Header.ShapeText} has {count} values, but there are "
                    + $"{first + (got / _type.Size)}.");
            var overflow = _type.Convert(bytes, values.AsSpan(0, length));
            if (overflow >= 0)
                throw new MatrixFormatException(
                    _source, $"the value at {PlaceOf(first + overflow)} is too large for single precision. Divide the "
                    + "array by its largest value.");
            action(first, values.AsSpan(0, length));
        }
    }

    private void RequireLength(long bytes)
    {
        var expected = (UInt128)Header.Count * (uint)_type.Size;
        if ((UInt128)bytes < expected)
            throw new MatrixFormatException(
                _source, $"the file ends too early: shape {Header.ShapeText} of type {Header.DataType} needs "
                + $"{expected} bytes behind the header, but there are {bytes}.");
        if ((UInt128)bytes > expected)
            throw new MatrixFormatException(
                _source, $"{(UInt128)bytes - expected} bytes follow the array of shape {Header.ShapeText}: save one "
                + "array per file, or all as NPZ.");
    }

    private string PlaceOf(long position)
    {
        if (Header.Shape.Count != 2)
            return $"position {position}";
        return Header.IsFortranOrder
            ? $"row {position % Header.Shape[0]}, column {position / Header.Shape[0]}"
            : $"row {position / Header.Shape[1]}, column {position % Header.Shape[1]}";
    }

    private delegate void BlockAction<T>(long first, ReadOnlySpan<T> block);
}

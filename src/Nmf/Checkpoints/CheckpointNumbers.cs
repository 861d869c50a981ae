using System.Numerics;
using System.Runtime.InteropServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Matrices and runs of numbers in a checkpoint: bits as they are, row by row, without padding.</summary>
internal static class CheckpointNumbers
{
    public static void WriteNumbers<T>(this BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged
        => writer.Write(MemoryMarshal.AsBytes(values));

    public static void ReadNumbers<T>(this BinaryReader reader, Span<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        while (!bytes.IsEmpty)
        {
            var read = reader.Read(bytes);
            if (read == 0)
                throw new EndOfStreamException();
            bytes = bytes[read..];
        }
    }

    public static void WriteMatrix<T>(this BinaryWriter writer, Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < matrix.Rows; i++)
            writer.WriteNumbers<T>(matrix.Row(i));
    }

    public static void ReadMatrix<T>(this BinaryReader reader, Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < matrix.Rows; i++)
            reader.ReadNumbers(matrix.Row(i));
    }
}

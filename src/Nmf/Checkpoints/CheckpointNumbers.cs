using System.Numerics;
using System.Runtime.InteropServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Matrices, runs of numbers and histories in a checkpoint: bits as they are, row by row,
/// without padding.</summary>
internal static class CheckpointNumbers
{
    private const int MostPoints = 1 << 28;

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

    public static void WriteHistory(this BinaryWriter writer, IReadOnlyList<ObjectivePoint> history)
    {
        writer.Write(history.Count);
        foreach (var point in history)
        {
            writer.Write(point.Iteration);
            writer.Write(point.Objective);
            writer.Write(point.Elapsed.Ticks);
        }
    }

    public static List<ObjectivePoint> ReadHistory(this BinaryReader reader)
    {
        var count = reader.ReadInt32();
        if (count is < 0 or > MostPoints)
            throw new FormatException("The length of the history is out of range.");
        var history = new List<ObjectivePoint>();
        for (var i = 0; i < count; i++)
            history.Add(new ObjectivePoint(reader.ReadInt32(), reader.ReadDouble(), new TimeSpan(reader.ReadInt64())));
        return history;
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

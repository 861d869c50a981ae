using System.Numerics;
using System.Runtime.InteropServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Matrices, runs of numbers and histories in a checkpoint: bits as they are, row by row,
/// without padding.</summary>
internal static class CheckpointNumbers
{
    private const int MostPoints = 1 << 28;
    private const long MostCounted = 1L << 60;

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
        var iteration = -1;
        for (var i = 0; i < count; i++)
        {
            var point = new ObjectivePoint(
                (int)reader.ReadCount(), reader.ReadFinite(), new TimeSpan(reader.ReadCount(isLong: true)));
            if (point.Iteration <= iteration)
                throw new FormatException("The iterations of the history are out of order.");
            iteration = point.Iteration;
            history.Add(point);
        }

        return history;
    }

    public static void WriteMatrix<T>(this BinaryWriter writer, Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < matrix.Rows; i++)
            writer.WriteNumbers<T>(matrix.Row(i));
    }

    /// <exception cref="FormatException">A number is not finite.</exception>
    public static void ReadMatrix<T>(this BinaryReader reader, Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < matrix.Rows; i++)
            reader.ReadFinite(matrix.Row(i), T.NegativeInfinity);
    }

    /// <summary>A matrix of which no entry is negative.</summary>
    /// <exception cref="FormatException">A number is negative or not finite.</exception>
    public static void ReadFactor<T>(this BinaryReader reader, Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < matrix.Rows; i++)
            reader.ReadFinite(matrix.Row(i), T.Zero);
    }

    /// <exception cref="FormatException">A number is below the least, or not finite.</exception>
    public static void ReadFinite<T>(this BinaryReader reader, Span<T> values, T least)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        reader.ReadNumbers(values);
        foreach (var value in values)
        {
            if (!(value >= least && T.IsFinite(value)))
                throw new FormatException("A number is out of range.");
        }
    }

    /// <exception cref="FormatException">The number is below the least, or not finite.</exception>
    public static double ReadFinite(this BinaryReader reader, double least = double.MinValue)
    {
        Span<double> value = stackalloc double[1];
        reader.ReadFinite(value, least);
        return value[0];
    }

    /// <summary>A number of things.</summary>
    /// <exception cref="FormatException">It is negative, or more than there can be.</exception>
    public static long ReadCount(this BinaryReader reader, bool isLong = false)
        => (isLong ? reader.ReadInt64() : reader.ReadInt32()) is >= 0 and <= MostCounted and var count
            ? count : throw new FormatException("A count is out of range.");
}

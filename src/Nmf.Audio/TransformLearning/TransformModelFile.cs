using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// The file of a learnt transform: <see cref="SealedContent"/> of the size of a number in bytes, M, K and the number of
/// frames; Φ, W and H, row by row.
/// </summary>
internal static class TransformModelFile
{
    private const int Facts = 4;
    private const int MostFrames = 1 << 28;
    private const int LargestRank = 1 << 16;

    private static readonly SealedContent Seal = new("transform model", "NMFTRL", 1);

    public static void Write<T>(TransformModel<T> model, Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Seal.Write(stream, writer =>
        {
            writer.WriteNumbers<int>(
            [
                Unsafe.SizeOf<T>(), model.Transform.Rows, model.Dictionary.Columns, model.Activations.Rows,
            ]);
            writer.WriteMatrix(model.Transform);
            writer.WriteMatrix(model.Dictionary);
            writer.WriteMatrix(model.Activations);
        });

    public static TransformModel<T> Read<T>(Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var content = Seal.Read(stream, Facts * sizeof(int));
        using var reader = new BinaryReader(new MemoryStream(content));
        var facts = new int[Facts];
        reader.ReadNumbers(facts.AsSpan());
        var (size, rank, frames) = (facts[1], facts[2], facts[3]);
        Seal.Require(facts[0] is sizeof(float) or sizeof(double), "its facts are out of range");
        if (facts[0] != Unsafe.SizeOf<T>())
            throw new InvalidDataException(
                $"The transform model has numbers of {facts[0]} bytes; {typeof(T).Name} has {Unsafe.SizeOf<T>()}.");
        Seal.Require(
            size is > 1 and <= TransformLearningOptions.LongestFrame && rank is > 0 and <= LargestRank
            && frames is > 0 and <= MostFrames, "its facts are out of range");
        // Before memory is taken for them.
        Seal.Require(
            content.Length - reader.BaseStream.Position
            == facts[0] * (((long)size * size) + ((long)(size + frames) * rank)), "its length does not fit its facts");
        try
        {
            var (transform, w, h) = (new Matrix<T>(size, size), new Matrix<T>(size, rank), new Matrix<T>(frames, rank));
            reader.ReadMatrix(transform);
            reader.ReadFactor(w);
            reader.ReadFactor(h);
            return new TransformModel<T>(transform, w, h, null);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"The transform model is damaged: {e.Message}", e);
        }
    }
}

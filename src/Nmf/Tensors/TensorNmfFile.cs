using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The file of a CP model: <see cref="SealedContent"/> of the size of a number, β, rank, number of modes,
/// their lengths, weights and factors.</summary>
internal static class TensorNmfFile
{
    private const int MostModes = 64;
    private const int Head = (3 * sizeof(int)) + sizeof(double);

    private static readonly SealedContent Seal = new("tensor model", "NMFTEN", 1);

    public static unsafe void Write<T>(TensorNmfModel<T> model, Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Seal.Write(stream, writer =>
        {
            writer.Write(sizeof(T));
            writer.Write(model.Beta);
            writer.Write(model.Rank);
            writer.Write(model.Order);
            foreach (var factor in model.Factors)
                writer.Write(factor.Rows);
            foreach (var weight in model.Weights)
                writer.Write(weight);
            foreach (var factor in model.Factors)
                writer.WriteMatrix(factor);
        });

    public static unsafe TensorNmfModel<T> Read<T>(Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var content = Seal.Read(stream, Head);
        using var reader = new BinaryReader(new MemoryStream(content));
        var size = reader.ReadInt32();
        if (size is sizeof(float) or sizeof(double) && size != sizeof(T))
            throw new InvalidDataException(
                $"The tensor model has numbers of {size} bytes, not of {sizeof(T)}: load it in its own precision.");
        var (beta, rank, order) = (reader.ReadDouble(), reader.ReadInt32(), reader.ReadInt32());
        Seal.Require(
            size == sizeof(T) && double.IsFinite(beta) && rank > 0 && order is >= 2 and <= MostModes
            && content.Length - Head >= (order * (long)sizeof(int)) + (rank * (long)sizeof(double)),
            "its facts are out of range");
        var lengths = new int[order];
        reader.ReadNumbers<int>(lengths);
        Seal.Require(lengths.All(length => length > 0), "the length of a mode is out of range");

        // Before memory is taken for them.
        Seal.Require(
            content.Length - reader.BaseStream.Position
            == (rank * (long)sizeof(double)) + ((Int128)lengths.Sum(length => (long)length) * rank * sizeof(T)),
            "its length does not fit its facts");
        var weights = new double[rank];
        var factors = Array.ConvertAll(lengths, length => new Matrix<T>(length, rank));
        try
        {
            reader.ReadFinite(weights.AsSpan(), 0);
            foreach (var factor in factors)
                reader.ReadFactor(factor);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"The tensor model is damaged: {e.Message}", e);
        }

        return TensorNmfModel<T>.FromParameters(factors, weights, beta);
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The file of a Tucker model: <see cref="SealedContent"/> of the size of a number, β, number of modes, their
/// lengths and ranks, the core in double precision, and the factors.</summary>
internal static class TuckerNmfFile
{
    private const int MostModes = 64;
    private const int Head = (2 * sizeof(int)) + sizeof(double);

    private static readonly SealedContent Seal = new("Tucker model", "NMFTUC", 1);

    public static unsafe void Write<T>(TuckerNmfModel<T> model, Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Seal.Write(stream, writer =>
        {
            writer.Write(sizeof(T));
            writer.Write(model.Beta);
            writer.Write(model.Order);
            foreach (var factor in model.Factors)
            {
                writer.Write(factor.Rows);
                writer.Write(factor.Columns);
            }

            foreach (var entry in model.Core)
                writer.Write(entry);
            foreach (var factor in model.Factors)
                writer.WriteMatrix(factor);
        });

    public static unsafe TuckerNmfModel<T> Read<T>(Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var content = Seal.Read(stream, Head);
        using var reader = new BinaryReader(new MemoryStream(content));
        var size = reader.ReadInt32();
        if (size is sizeof(float) or sizeof(double) && size != sizeof(T))
            throw new InvalidDataException(
                $"The Tucker model has numbers of {size} bytes, not of {sizeof(T)}: load it in its own precision.");
        var (beta, order) = (reader.ReadDouble(), reader.ReadInt32());
        Seal.Require(
            size == sizeof(T) && double.IsFinite(beta) && order is >= 2 and <= MostModes
            && content.Length - Head >= order * 2L * sizeof(int),
            "its facts are out of range");
        var sizes = new int[2 * order];
        reader.ReadNumbers<int>(sizes);
        Seal.Require(sizes.All(x => x > 0), "the length or the rank of a mode is out of range");
        var ofCore = 1.0;
        Int128 ofFactors = 0;
        for (var n = 0; n < order; n++)
        {
            ofCore *= sizes[(2 * n) + 1];
            ofFactors += (Int128)sizes[2 * n] * sizes[(2 * n) + 1];
        }

        // Before memory is taken for them.
        Seal.Require(
            ofCore <= 1 << 24 && content.Length - reader.BaseStream.Position
            == ((long)ofCore * sizeof(double)) + (ofFactors * sizeof(T)),
            "its length does not fit its facts");
        var core = new double[(int)ofCore];
        Matrix<T>[] factors = [.. Enumerable.Range(0, order).Select(
            n => new Matrix<T>(sizes[2 * n], sizes[(2 * n) + 1]))];
        try
        {
            reader.ReadFinite(core.AsSpan(), 0);
            foreach (var factor in factors)
                reader.ReadFactor(factor);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"The Tucker model is damaged: {e.Message}", e);
        }

        return TuckerNmfModel<T>.FromParameters(factors, core, beta);
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The file of a co-factorisation: <see cref="SealedContent"/> of the size of a number, views, rank, samples,
/// coupling, scaling, inference, features, what is known of each view and component, dictionaries, and activations: one
/// matrix, or one for each view.</summary>
internal static class CoNmfFile
{
    private const int Head = (7 * sizeof(int)) + (3 * sizeof(double));
    private const int OfView = sizeof(int) + (4 * sizeof(double));

    private static readonly SealedContent Seal = new("co-factorisation", "NMFVIE", 1);

    // In the order of their numbers in the file.
    private enum Kind
    {
        Shared,
        L1,
        L2,
    }

    public static unsafe void Write<T>(CoNmfModel<T> model, Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Seal.Write(stream, writer =>
        {
            var soft = model.Options.Coupling as SoftCoupling;
            writer.Write(sizeof(T));
            writer.Write(model.Dictionaries.Count);
            writer.Write(model.Options.Rank);
            writer.Write(model.Activations[0].Rows);
            writer.Write((int)(soft is null ? Kind.Shared : soft.IsSquared ? Kind.L2 : Kind.L1));
            writer.Write(soft?.Weight ?? 0);
            writer.Write((int)model.Options.Scaling);
            writer.Write(model.Options.Inference.Tolerance);
            writer.Write(model.Options.Inference.MaximumIterations);
            writer.Write(model.CouplingValue);
            for (var v = 0; v < model.Dictionaries.Count; v++)
            {
                writer.Write(model.Dictionaries[v].Rows);
                writer.Write(model.Options.View(v).Beta);
                writer.Write(model.Options.View(v).Weight ?? 0);
                writer.Write(model.Weights[v]);
                writer.Write(model.ExplainedParts[v]);
            }

            foreach (var share in model.Contributions)
                writer.Write(share);
            foreach (var factor in model.Dictionaries.Concat(model.Activations.Distinct()))
                writer.WriteMatrix(factor);
        });

    public static CoNmfModel<T> Read<T>(Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var content = Seal.Read(stream, Head);
        using var reader = new BinaryReader(new MemoryStream(content));
        try
        {
            return Read<T>(reader, content.Length);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"The co-factorisation is damaged: {e.Message}", e);
        }
    }

    private static unsafe CoNmfModel<T> Read<T>(BinaryReader reader, long length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = reader.ReadInt32();
        if (size is sizeof(float) or sizeof(double) && size != sizeof(T))
            throw new InvalidDataException(
                $"The co-factorisation has numbers of {size} bytes, not of {sizeof(T)}: load it in its own precision.");
        var (views, rank, samples) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        var (kind, weight) = ((Kind)reader.ReadInt32(), reader.ReadFinite(0));
        var scaling = (DictionaryScaling)reader.ReadInt32();
        var inference = new InferenceOptions
        {
            Tolerance = reader.ReadFinite(double.Epsilon), MaximumIterations = reader.ReadInt32(),
        };
        var couplingValue = reader.ReadFinite(0);
        Seal.Require(
            size == sizeof(T) && views is >= 2 and <= CoNmf.MostViews && rank > 0 && samples > 0
            && Enum.IsDefined(kind) && Enum.IsDefined(scaling)
            && inference.MaximumIterations is > 0 and <= InferenceOptions.MostIterations
            && length - Head >= (views * OfView) + (rank * (long)sizeof(double)),
            "its facts are out of range");
        var (features, options) = (new int[views], new CoNmfView[views]);
        var (weights, explained, shares) = (new double[views], new double[views], new double[rank]);
        for (var v = 0; v < views; v++)
        {
            features[v] = reader.ReadInt32();
            options[v] = new CoNmfView
            {
                Beta = reader.ReadFinite(), Weight = reader.ReadFinite(0) is > 0 and var given ? given : null,
            };
            (weights[v], explained[v]) = (reader.ReadFinite(double.Epsilon), reader.ReadFinite());
        }

        reader.ReadFinite(shares.AsSpan(), 0);
        var matrices = kind == Kind.Shared ? 1 : views;

        // Before memory is taken for them.
        var rows = features.Sum(count => (long)count) + ((long)samples * matrices);
        Seal.Require(
            features.All(count => count > 0) && length - reader.BaseStream.Position == (Int128)rows * rank * sizeof(T),
            "its length does not fit its facts");
        Matrix<T>[] dictionaries = [.. features.Select(ReadFactor)];
        Matrix<T>[] activations = [.. Enumerable.Repeat(samples, matrices).Select(ReadFactor)];
        return CoNmfModel<T>.FromParameters(
            new CoNmfOptions
            {
                Rank = rank, Views = options, Scaling = scaling, Inference = inference,
                Coupling = kind == Kind.Shared ? ViewCoupling.Shared
                    : kind == Kind.L1 ? ViewCoupling.L1(weight) : ViewCoupling.L2(weight),
            },
            dictionaries, weights, [.. features.Select((_, v) => activations[matrices == 1 ? 0 : v])], explained,
            shares, couplingValue);

        Matrix<T> ReadFactor(int count)
        {
            var factor = new Matrix<T>(count, rank);
            reader.ReadFactor(factor);
            return factor;
        }
    }
}

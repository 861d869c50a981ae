using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// The file of a source model, little-endian: "NMFSRC", version, length of the content, content, SHA-256 of the
/// content. The content: sample rate, frame length, hop, transform length, window, padding, scaling, shape of the
/// transitions (0 for none), rank, W row by row, A row by row.
/// </summary>
internal static class SourceModelFile
{
    private const int FactsLength = (9 * sizeof(int)) + sizeof(double);
    private const int LargestRank = 1 << 16;

    private static readonly SealedContent Seal = new("source model", "NMFSRC", 1);

    public static void Write(SourceModel model, Stream stream) => Seal.Write(stream, writer =>
    {
        var stft = model.Options.Stft;
        int[] facts =
        [model.SampleRate, stft.FrameLength, stft.EffectiveHopLength, stft.EffectiveFftLength, (int)stft.Window,
            (int)stft.Padding, (int)stft.Scaling, model.Dictionary.Columns, model.Dictionary.Rows,
        ];
        foreach (var fact in facts)
            writer.Write(fact);
        writer.Write(model.Transitions is null ? 0.0 : model.Options.TransitionShape!.Value);
        WriteMatrix(writer, model.Dictionary);
        if (model.Transitions is { } transitions)
            WriteMatrix(writer, transitions);
    });

    public static SourceModel Read(Stream stream) => Parse(Seal.Read(stream, FactsLength));

    private static SourceModel Parse(byte[] content)
    {
        using var reader = new BinaryReader(new MemoryStream(content));
        var facts = new int[9];
        for (var i = 0; i < facts.Length; i++)
            facts[i] = reader.ReadInt32();
        var shape = reader.ReadDouble();
        var stft = new StftOptions
        {
            FrameLength = facts[1], HopLength = facts[2], FftLength = facts[3], Window = (StftWindow)facts[4],
            Padding = (StftPadding)facts[5], Scaling = (StftScaling)facts[6],
        };
        var (rank, bins) = (facts[7], facts[8]);
        Seal.Require(
            facts[0] > 0 && rank is > 0 and <= LargestRank && bins == (facts[3] / 2) + 1
            && shape is >= 0 and < double.PositiveInfinity, "its facts are out of range");
        var options = new SourceModelOptions { Stft = stft, Rank = rank, TransitionShape = shape > 0 ? shape : null };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The source model is damaged: {e.Message}", e);
        }

        Seal.Require(
            content.Length == FactsLength
                + (sizeof(float) * (((long)bins * rank) + (shape > 0 ? (long)rank * rank : 0))),
            "its length does not fit its facts");
        return new SourceModel(
            facts[0], options, ReadMatrix(reader, bins, rank), shape > 0 ? ReadMatrix(reader, rank, rank) : null);
    }

    private static void WriteMatrix(BinaryWriter writer, Matrix<float> matrix)
    {
        for (var i = 0; i < matrix.Rows; i++)
        {
            foreach (var value in matrix.Row(i))
                writer.Write(value);
        }
    }

    private static Matrix<float> ReadMatrix(BinaryReader reader, int rows, int columns)
    {
        var matrix = new Matrix<float>(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var value in matrix.Row(i))
            {
                value = reader.ReadSingle();
                if (!(value >= 0 && float.IsFinite(value)))
                    throw new InvalidDataException($"The source model is damaged: it holds {value}.");
            }
        }

        return matrix;
    }
}

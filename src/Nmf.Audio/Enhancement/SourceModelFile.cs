using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// The file of a source model, little-endian: "NMFSRC", version, length of the content, content, SHA-256 of the
/// content. The content: sample rate, frame length, hop, transform length, window, padding, scaling, shape of the
/// transitions (0 for none), rank, W row by row, A row by row.
/// </summary>
internal static class SourceModelFile
{
    private const ushort Version = 1;
    private const int FactsLength = (9 * sizeof(int)) + sizeof(double);
    private const int LargestRank = 1 << 16;

    private static readonly byte[] Signature = Encoding.ASCII.GetBytes("NMFSRC");

    public static void Write(SourceModel model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
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
        writer.Flush();
        var bytes = content.GetBuffer().AsSpan(0, checked((int)content.Length));

        using var file = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        file.Write(Signature);
        file.Write(Version);
        file.Write(bytes.Length);
        file.Write(bytes);
        file.Write(SHA256.HashData(bytes));
    }

    public static SourceModel Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> head = stackalloc byte[Signature.Length + sizeof(ushort) + sizeof(int)];
        Require(
            stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && head.StartsWith(Signature), "This is not a source model.");
        var version = BinaryPrimitives.ReadUInt16LittleEndian(head[Signature.Length..]);
        Require(
            version == Version,
            $"The source model has version {version}; this library reads version {Version}.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[(Signature.Length + sizeof(ushort))..]);
        Require(length >= FactsLength, "The source model is damaged: its length is out of range.");
        var content = ReadContent(stream, length);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Require(
            stream.ReadAtLeast(hash, hash.Length, throwOnEndOfStream: false) == hash.Length
            && hash.SequenceEqual(SHA256.HashData(content)),
            "The source model is damaged: its content does not have the checksum that was written with it.");
        return Parse(content);
    }

    // Memory is taken as bytes come, not as a header promises.
    private static byte[] ReadContent(Stream stream, int length)
    {
        using var content = new MemoryStream();
        var block = new byte[Math.Min(length, 1 << 16)];
        while (content.Length < length)
        {
            var read = stream.Read(block, 0, (int)Math.Min(block.Length, length - content.Length));
            Require(read > 0, "The source model is truncated.");
            content.Write(block, 0, read);
        }

        return content.ToArray();
    }

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
        Require(
            facts[0] > 0 && rank is > 0 and <= LargestRank && bins == (facts[3] / 2) + 1
            && shape is >= 0 and < double.PositiveInfinity, "The source model is damaged: its facts are out of range.");
        var options = new SourceModelOptions { Stft = stft, Rank = rank, TransitionShape = shape > 0 ? shape : null };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The source model is damaged: {e.Message}", e);
        }

        Require(
            content.Length == FactsLength
                + (sizeof(float) * (((long)bins * rank) + (shape > 0 ? (long)rank * rank : 0))),
            "The source model is damaged: its length does not fit its facts.");
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

    private static void Require(bool condition, string message)
    {
        if (!condition)
            throw new InvalidDataException(message);
    }
}

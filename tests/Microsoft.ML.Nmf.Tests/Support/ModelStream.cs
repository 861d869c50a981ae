using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

/// <summary>A transformer as the bytes of its own model stream, without the zip archive around it.</summary>
internal static class ModelStream
{
    public static byte[] Save(ITransformer transformer)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            ModelSaveContext.Save(writer, ((ICanSaveModel)transformer).Save);
        return stream.ToArray();
    }

    /// <summary>The part between ML.NET's header and its string table: offset and length stand in the header.</summary>
    public static (int Start, int Length) Payload(byte[] bytes)
        => ((int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)),
            (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24)));

    /// <summary>Writes the checksum of content that was changed.</summary>
    public static void WriteChecksum(byte[] bytes)
    {
        var (start, length) = Payload(bytes);
        var end = start + length - SHA256.HashSizeInBytes;
        SHA256.HashData(bytes.AsSpan(start, end - start), bytes.AsSpan(end, SHA256.HashSizeInBytes));
    }

    public static NmfTransformer Load(byte[] bytes) => Load<NmfTransformer>(bytes);

    public static TTransformer Load<TTransformer>(byte[] bytes)
        where TTransformer : class
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), System.Text.Encoding.UTF8);
        ModelLoadContext.LoadModel<TTransformer, SignatureLoadModel>(new MLContext(), out var transformer, reader);
        return transformer;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Nmf;

/// <summary>What the files of models have in common, little-endian: signature, version, length of the content, content,
/// SHA-256 of the content.</summary>
/// <param name="name">What the file is, for messages.</param>
/// <param name="signature">Its first letters.</param>
/// <param name="version">The version that is written and read.</param>
internal sealed class SealedContent(string name, string signature, ushort version)
{
    private readonly byte[] _signature = Encoding.ASCII.GetBytes(signature);

    public void Write(Stream stream, Action<BinaryWriter> writeContent)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writeContent(writer);
        writer.Flush();
        var bytes = content.GetBuffer().AsSpan(0, checked((int)content.Length));

        using var file = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        file.Write(_signature);
        file.Write(version);
        file.Write(bytes.Length);
        file.Write(bytes);
        file.Write(SHA256.HashData(bytes));
    }

    /// <summary>The content, once its checksum has been found right.</summary>
    /// <exception cref="InvalidDataException">It is something else, of another version, or damaged.</exception>
    public byte[] Read(Stream stream, int leastLength)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> head = stackalloc byte[_signature.Length + sizeof(ushort) + sizeof(int)];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length
            || !head.StartsWith(_signature))
        {
            throw new InvalidDataException($"This is not a {name}.");
        }

        var found = BinaryPrimitives.ReadUInt16LittleEndian(head[_signature.Length..]);
        if (found != version)
            throw new InvalidDataException(
                $"The {name} has version {found}; this library reads version {version}.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[(_signature.Length + sizeof(ushort))..]);
        Require(length >= leastLength, "its length is out of range");
        var content = ReadContent(stream, length);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Require(
            stream.ReadAtLeast(hash, hash.Length, throwOnEndOfStream: false) == hash.Length
            && hash.SequenceEqual(SHA256.HashData(content)),
            "its content does not have the checksum that was written with it");
        return content;
    }

    /// <exception cref="InvalidDataException">The condition does not hold.</exception>
    public void Require(bool condition, string what)
    {
        if (!condition)
            throw new InvalidDataException($"The {name} is damaged: {what}.");
    }

    // Memory is taken as bytes come, not as a header promises.
    private byte[] ReadContent(Stream stream, int length)
    {
        using var content = new MemoryStream();
        var block = new byte[Math.Min(length, 1 << 16)];
        while (content.Length < length)
        {
            var read = stream.Read(block, 0, (int)Math.Min(block.Length, length - content.Length));
            if (read == 0)
                throw new InvalidDataException($"The {name} is truncated.");
            content.Write(block, 0, read);
        }

        return content.ToArray();
    }
}

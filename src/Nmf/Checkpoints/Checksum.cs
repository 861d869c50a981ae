using System.Security.Cryptography;
using System.Text;

namespace Nmf;

/// <summary>Content of a file with its SHA-256 behind it: without, one wrong bit would be another answer.</summary>
internal static class Checksum
{
    /// <summary>Bytes of a checksum.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    private const int BlockSize = 1 << 16;

    /// <summary>Writes content, which comes number by number and is hashed in blocks, and its checksum.</summary>
    public static void Write(Stream stream, Action<BinaryWriter> write)
    {
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (var writer = new BinaryWriter(new BufferedStream(hashing, BlockSize), Encoding.UTF8))
            write(writer);
        stream.Write(hash.Hash!);
    }

    /// <summary>Whether a stream goes on with so many bytes of content and their checksum, which are read.</summary>
    public static bool IsRight(Stream stream, long content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Clamp(content, Length, BlockSize)];
        while (content > 0)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, content));
            if (read == 0)
                return false;
            hash.AppendData(buffer, 0, read);
            content -= read;
        }

        var checksum = buffer.AsSpan(0, Length);
        return stream.ReadAtLeast(checksum, Length, throwOnEndOfStream: false) == Length
            && checksum.SequenceEqual(hash.GetHashAndReset());
    }
}

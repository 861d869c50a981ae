using System.Text;

namespace Nmf;

/// <summary>
/// A file that is either whole or not there: a signature, a version, what the state belongs to, the state, and
/// a checksum of all of it.
/// </summary>
internal static class CheckpointFile
{
    private const int Version = 1;

    private static ReadOnlySpan<byte> Signature => "MLNmf\r\n\u001A"u8;

    // *** Binary format, version 1 ***
    // 8 bytes: signature; int: version
    // int: number of facts; for each: string: name, string: value
    // the state
    // 32 bytes: SHA-256 of everything before

    /// <summary>Replaces the file in one step. After a crash the old or the new content is there,
    /// never a mixture.</summary>
    public static void Write(string path, CheckpointFacts facts, Action<BinaryWriter> writeState)
    {
        var temporary = TemporaryOf(path);
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            WriteTo(file, facts, writeState);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Tries whether a file can be written.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public static void RequireWritable(string path)
    {
        try
        {
            new FileStream(TemporaryOf(path), FileMode.Create, FileAccess.Write, FileShare.None).Dispose();
            File.Delete(TemporaryOf(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The checkpoint '{path}' cannot be written: {e.Message}", e);
        }
    }

    private static string TemporaryOf(string path) => path + ".tmp";

    /// <summary>Writes the same to a stream.</summary>
    public static void WriteTo(Stream stream, CheckpointFacts facts, Action<BinaryWriter> writeState)
        => Checksum.Write(stream, writer =>
        {
            writer.Write(Signature);
            writer.Write(Version);
            facts.Save(writer);
            writeState(writer);
        });

    /// <summary>Reads a file back, once its checksum and its facts have been found right.</summary>
    /// <returns>False when there is no such file.</returns>
    /// <exception cref="NmfCheckpointException">The file is damaged or belongs to something else.</exception>
    public static bool TryRead(string path, CheckpointFacts expected, Action<BinaryReader> readState)
    {
        if (!File.Exists(path))
            return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        ReadFrom(file, path, facts => facts.RequireEqual(expected, path), readState);
        return true;
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote to a stream that can seek, from its
    /// position to its end.</summary>
    public static void ReadFrom(
        Stream stream, string name, Action<CheckpointFacts> checkFacts, Action<BinaryReader> readState)
    {
        var start = stream.Position;
        RequireIntact(stream, name);
        var length = stream.Length - start - Checksum.Length;
        stream.Position = start + Signature.Length + sizeof(int);
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            checkFacts(CheckpointFacts.Load(reader));
            readState(reader);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            throw new NmfCheckpointException(
                name, $"The checkpoint '{name}' is damaged: its content cannot be read.", e);
        }

        if (stream.Position != start + length)
            throw new NmfCheckpointException(
                name, $"The checkpoint '{name}' is damaged: it does not end where its content ends.");
    }

    private static void RequireIntact(Stream stream, string name)
    {
        var start = stream.Position;
        var content = stream.Length - start - Checksum.Length;
        Span<byte> head = stackalloc byte[Signature.Length];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length
            || !head.SequenceEqual(Signature))
        {
            throw new NmfCheckpointException(name, $"'{name}' is not a checkpoint of this library.");
        }
        Span<byte> version = stackalloc byte[sizeof(int)];
        if (content < Signature.Length + sizeof(int)
            || stream.ReadAtLeast(version, version.Length, throwOnEndOfStream: false) < version.Length)
        {
            throw new NmfCheckpointException(
                name, $"The checkpoint '{name}' is truncated: it has {stream.Length - start} bytes.");
        }
        var found = BitConverter.ToInt32(version);
        if (found != Version)
            throw new NmfCheckpointException(
                name, $"The checkpoint '{name}' has version {found}, but this library reads version {Version}.");

        stream.Position = start;
        if (!Checksum.IsRight(stream, content))
            throw new NmfCheckpointException(
                name, $"The checkpoint '{name}' is damaged or truncated: its checksum is wrong.");
    }
}

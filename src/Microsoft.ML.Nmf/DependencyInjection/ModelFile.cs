namespace Microsoft.ML;

/// <summary>
/// Tells two contents of a model file apart without reading all of it. A saved model is a zip archive, whose last bytes
/// are a directory with the CRC-32 of every entry: their hash differs for different models even where a deployment tool
/// fixes all times and the lengths agree.
/// </summary>
internal readonly record struct ModelFileStamp(long Length, DateTime WrittenUtc, ulong Tail);

/// <summary>
/// One path at which model files come and go. Everything is asked of an open handle, never of the path twice, so a
/// rename or a symbolic link swapped between two calls cannot pair the stamp of one file with the content of another.
/// </summary>
internal sealed class ModelFile(string path)
{
    private const int TailLength = 64 * 1024;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The stamp of the file that lies there now, or null when there is none or it cannot be read.</summary>
    public ModelFileStamp? TryReadStamp()
    {
        try
        {
            using var stream = Open();
            return ReadStamp(stream);
        }
        // Not supported: a pipe or a device, which has no length.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>
    /// The whole file, unless its stamp is one that is not wanted. It is read before it is parsed, so that a
    /// failing drive is never taken for a broken model, and the file is not held open meanwhile: it can be replaced
    /// at any time, on Windows too.
    /// </summary>
    /// <param name="wanted">Whether a content with this stamp is to be read.</param>
    /// <param name="stamp">The stamp of the file.</param>
    /// <returns>The content, or null when it is not wanted.</returns>
    /// <exception cref="IOException">Missing, unreadable, longer than an array can be, or written to while
    /// it was read.</exception>
    public byte[]? Read(Func<ModelFileStamp, bool> wanted, out ModelFileStamp stamp)
    {
        using var stream = Open();
        stamp = ReadStamp(stream);
        if (!wanted(stamp))
            return null;
        if (stamp.Length > Array.MaxLength)
            throw new IOException(
                $"The file has {stamp.Length} bytes; a model file may have at most {Array.MaxLength}.");
        var content = new byte[stamp.Length];
        stream.Position = 0;
        stream.ReadExactly(content);
        if (ReadStamp(stream) != stamp)
            throw new IOException("The file was written to while it was being read.");
        return content;
    }

    // Writers and replacers are let through: a served model must never stand in the way of its successor.
    private FileStream Open() =>
        new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private static ModelFileStamp ReadStamp(FileStream stream)
    {
        var length = stream.Length;
        var tail = new byte[Math.Min(length, TailLength)];
        stream.Position = length - tail.Length;
        stream.ReadExactly(tail);
        return new ModelFileStamp(length, File.GetLastWriteTimeUtc(stream.SafeFileHandle), Fnv1a(tail));
    }

    // FNV-1a, 64 bits (Fowler, Noll and Vo, 1991): no adversary here, only files to be told apart.
    private static ulong Fnv1a(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in bytes)
            hash = (hash ^ b) * 1099511628211UL;
        return hash;
    }
}

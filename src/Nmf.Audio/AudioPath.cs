namespace Nmf.Audio;

/// <summary>Paths that are asked of the file system.</summary>
internal static class AudioPath
{
    /// <summary>Requires that a path is not that of a folder, which the file system reports as a
    /// lack of rights.</summary>
    /// <exception cref="IOException">It is.</exception>
    public static string RequireNoFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Directory.Exists(path) ? throw new IOException($"'{path}' is a folder, not a file.") : path;
    }
}

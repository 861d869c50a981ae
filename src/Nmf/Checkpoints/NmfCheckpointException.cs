namespace Nmf;

/// <summary>A checkpoint cannot be used: it is damaged, was written by another version, or belongs to another fit. The
/// message names what.</summary>
public sealed class NmfCheckpointException : IOException
{
    internal NmfCheckpointException(string path, string message, Exception? inner = null)
        : base(message, inner)
        => Path = path;

    /// <summary>The checkpoint file.</summary>
    public string Path { get; }
}

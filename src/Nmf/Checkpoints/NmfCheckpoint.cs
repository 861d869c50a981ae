using System.Security.Cryptography;
using System.Text;

namespace Nmf;

/// <summary>
/// Where a fit saves its state at intervals. A fit that finds a checkpoint there goes on from it and ends with the bits
/// that it would have had without the interruption; a fit that ends successfully deletes its checkpoint.
/// </summary>
/// <remarks>
/// A checkpoint is written beside the file, flushed to the disk and renamed, so that a process killed at any moment
/// leaves either the last or the one before it. It holds a checksum and the options and data it belongs to: another fit
/// that finds it is refused with an <see cref="NmfCheckpointException"/> that names what differs. Two fits must not
/// share a path at the same time.
/// </remarks>
/// <param name="Path">The file; its folder must exist.</param>
public sealed record NmfCheckpoint(string Path)
{
    /// <summary>
    /// Least time between two checkpoints; <see cref="TimeSpan.Zero"/> saves after every batch of a stream, or at every
    /// check of the objective. It has no influence on the result.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the caller knows of the data beyond their numbers, such as the names of the features; a checkpoint
    /// with another label is refused.</summary>
    public string Label { get; init; } = "";

    /// <summary>A short mark of a list of names, for a label: lists that differ have different marks.</summary>
    internal static string MarkOf(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        // With the lengths, so that no two lists run together to the same text.
        var text = string.Concat(names.Select(name => $"{name.Length}:{name}"));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>Checks the path and the interval.</summary>
    /// <exception cref="ArgumentException">The path is empty or a folder, or the interval negative.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(Path))
            throw new ArgumentException("The path of the checkpoint must not be empty.", nameof(Path));
        // Now, not after the first hours of a fit.
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)) is { } folder
            && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The folder '{folder}' of the checkpoint does not exist.");
        }
        if (Directory.Exists(Path))
            throw new ArgumentException($"The path of the checkpoint, '{Path}', is a folder.", nameof(Path));
        if (Interval < TimeSpan.Zero)
            throw new ArgumentException("The interval between checkpoints must not be negative.", nameof(Interval));
    }
}

namespace Nmf;

/// <summary>
/// Where a fit saves its state at intervals. A fit that finds a checkpoint there goes on from it and ends with the bits that it would have had
/// without the interruption; a fit that ends successfully deletes its checkpoint.
/// </summary>
/// <remarks>
/// A checkpoint is written beside the file, flushed to the disk and renamed, so that a process killed at any moment leaves either the last or the one before it. It
/// holds a checksum and the options and data it belongs to: another fit that finds it is refused with an
/// <see cref="NmfCheckpointException"/> that names what differs. Two fits must not share a path at the same time.
/// </remarks>
/// <param name="Path">The file; its folder must exist.</param>
public sealed record NmfCheckpoint(string Path)
{
    /// <summary>
    /// Least time between two checkpoints of a fit to a stream; <see cref="TimeSpan.Zero"/> saves after every batch. It has no influence on the result.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(Path))
            throw new ArgumentException("The path of the checkpoint must not be empty.", nameof(Path));
        if (Interval < TimeSpan.Zero)
            throw new ArgumentException("The interval between checkpoints must not be negative.", nameof(Interval));
    }
}

namespace Nmf.Audio;

/// <summary>What becomes of WAV files that are not whole.</summary>
public sealed record WavReadOptions
{
    /// <summary>
    /// Whether a file that ends before its header says is read up to its end, with a warning in
    /// <see cref="WavReader.Warnings"/>. The default is false: it is an error.
    /// </summary>
    public bool ReadTruncated { get; init; }
}

namespace Nmf.Formats;

/// <summary>The files that match a pattern, in the order of their names, character by character.</summary>
/// <param name="folder">The folder that patterns are relative to and may not leave, or null for all that the process
/// may read.</param>
internal sealed class ShardFiles(string? folder)
{
    private readonly string? _root = folder is null ? null : Path.TrimEndingDirectorySeparator(
        Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;

    /// <exception cref="FileNotFoundException">No file matches.</exception>
    /// <exception cref="ArgumentException">The address leaves the folder.</exception>
    public string[] At(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        var pattern = _root is null ? Path.GetFullPath(address) : Path.GetFullPath(address, _root);
        if (_root is not null && !pattern.StartsWith(_root, StringComparison.Ordinal))
            throw new ArgumentException($"The address {address} leaves the folder of the shards.", nameof(address));
        var name = Path.GetFileName(pattern);
        var place = name.Length == 0 ? null : Path.GetDirectoryName(pattern);
        string[] files = Directory.Exists(place) ? Directory.GetFiles(place, name) : [];
        if (files.Length == 0)
            throw new FileNotFoundException($"No file matches {address}.", address);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>One of them.</summary>
    /// <exception cref="FileNotFoundException">There are no longer so many.</exception>
    public string At(string address, int shard)
    {
        var files = At(address);
        return shard >= 0 && shard < files.Length ? files[shard] : throw new FileNotFoundException(
            $"There is no file for shard {shard} (counted from 0): {files.Length} match {address} now.", address);
    }

    public string NameOf(string address, int shard)
        => At(address) is var files && shard >= 0 && shard < files.Length ? files[shard]
            : $"shard {shard} of {address}";
}

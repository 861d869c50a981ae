namespace Nmf.Hyperspectral;

/// <summary>Which files belong together: "scene.hdr" describes "scene", "scene.img" and the like; "scene.img.hdr" describes "scene.img".</summary>
internal static class EnviPaths
{
    private const string HeaderExtension = ".hdr";

    private static readonly string[] DataExtensions = ["", ".img", ".dat", ".bin", ".raw", ".bsq", ".bil", ".bip", ".sli", ".slb", ".cube"];

    /// <summary>The header: the path itself, or that of the data with ".hdr" added or instead of its extension.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static string FindHeader(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string[] candidates = IsHeader(path) ? [path] : [path + HeaderExtension, Path.ChangeExtension(path, HeaderExtension), path + ".HDR", Path.ChangeExtension(path, ".HDR")];
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"There is no ENVI header {string.Join(" or ", candidates.Take(2).Distinct().Select(Path.GetFileName))}.", candidates[0]);
    }

    /// <summary>The data that a header describes.</summary>
    /// <exception cref="FileNotFoundException">There are none.</exception>
    public static string FindData(string header)
    {
        var stem = Path.ChangeExtension(header, null);
        return DataExtensions.SelectMany(extension => new[] { stem + extension, stem + extension.ToUpperInvariant() }).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"There are no data beside the ENVI header {Path.GetFileName(header)}: looked for {Path.GetFileName(stem)} without extension and with {string.Join(", ", DataExtensions.Skip(1))}.",
                stem);
    }

    /// <summary>Where the data of a new header go: "scene.img" for "scene.hdr", and "scene.bil" for "scene.bil.hdr".</summary>
    public static string DataFor(string header, string extension)
    {
        ArgumentException.ThrowIfNullOrEmpty(header);
        if (!IsHeader(header))
            throw new ArgumentException($"The path of an ENVI header must end in {HeaderExtension}, not '{Path.GetFileName(header)}'.", nameof(header));
        var stem = Path.ChangeExtension(header, null);
        return Path.HasExtension(stem) && DataExtensions.Contains(Path.GetExtension(stem), StringComparer.OrdinalIgnoreCase) ? stem : stem + extension;
    }

    private static bool IsHeader(string path) => Path.GetExtension(path).Equals(HeaderExtension, StringComparison.OrdinalIgnoreCase);
}

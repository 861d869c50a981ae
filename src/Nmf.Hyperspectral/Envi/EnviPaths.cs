namespace Nmf.Hyperspectral;

/// <summary>
/// Which files belong together: "scene.hdr" describes "scene", "scene.img" and the like; "scene.img.hdr" describes
/// "scene.img". A file that is named is the one that is read; only where a header alone is named are the data looked
/// for. Extensions are compared without regard to case.
/// </summary>
internal static class EnviPaths
{
    private const string HeaderExtension = ".hdr";

    private static readonly string[] DataExtensions =
        ["", ".img", ".dat", ".bin", ".raw", ".bsq", ".bil", ".bip", ".sli", ".slb", ".cube", ".hyspex", ".pix", ".rfl",
            ".ref", ".rad", ".rdn"];

    /// <summary>The header: the path itself, or that of the data with ".hdr" added or instead of
    /// its extension.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">The path is that of a folder.</exception>
    public static string FindHeader(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RequireNoFolder(path);
        if (IsHeader(path))
            return File.Exists(path) ? path : throw NoHeader(Path.GetFileName(path), path);
        string[] candidates = [path + HeaderExtension, Path.ChangeExtension(path, HeaderExtension)];
        return candidates.Select(Existing).FirstOrDefault(header => header is not null)
            ?? throw NoHeader(string.Join(" or ", candidates.Distinct().Select(Path.GetFileName)), candidates[0]);
    }

    /// <summary>The data: the path itself unless it is that of the header or has no file; then those that lie
    /// beside the header.</summary>
    /// <param name="path">What was asked for.</param>
    /// <param name="headerPath">Its header.</param>
    /// <param name="header">What the header says.</param>
    /// <exception cref="FileNotFoundException">There are none.</exception>
    /// <exception cref="EnviFormatException">Several files may be meant.</exception>
    public static string FindData(string path, string headerPath, EnviHeader header)
    {
        if (IsHeader(path))
            return BesideHeader(headerPath, header);
        if (File.Exists(path))
            return path;

        // "scene" for "scene.hdr" and its data.
        return Path.GetFileNameWithoutExtension(headerPath) == Path.GetFileName(path)
            ? BesideHeader(headerPath, header)
            : throw new FileNotFoundException(
                $"There is no file {Path.GetFileName(path)}, only a header {Path.GetFileName(headerPath)}.", path);
    }

    /// <summary>Where the data of a new header go: "scene.img" for "scene.hdr", and "scene.bil" for
    /// "scene.bil.hdr".</summary>
    public static string DataFor(string header, string extension)
    {
        ArgumentException.ThrowIfNullOrEmpty(header);
        if (!IsHeader(header))
            throw new ArgumentException(
                $"The path of an ENVI header must end in {HeaderExtension}, not '{Path.GetFileName(header)}'.",
                nameof(header));
        var stem = Path.ChangeExtension(header, null);
        return Path.HasExtension(stem) && IsDataExtension(Path.GetExtension(stem)) ? stem : stem + extension;
    }

    /// <exception cref="IOException">The path is that of a folder.</exception>
    public static void RequireNoFolder(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a folder, not a file.");
    }

    /// <summary>
    /// The file whose name is that of the header without ".hdr", or with another extension. Where several are there,
    /// their size decides: what has the bytes that the header describes, else what has more; a file of an extension
    /// that nobody uses for data must have just these bytes.
    /// </summary>
    private static string BesideHeader(string headerPath, EnviHeader header)
    {
        var stem = Path.GetFileNameWithoutExtension(headerPath);
        var needed = header.HeaderOffset + header.DataBytes;
        var beside = FilesBeside(headerPath)
            .Where(file => IsExtensionAfter(stem, file.Name) && !IsHeader(file.Name))
            .OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
        var known = beside.Where(file => IsDataExtension(file.Name[stem.Length..])).ToArray();
        FileInfo[][] choices =
        [[.. known.Where(file => file.Length == needed)], [.. known.Where(file => file.Length > needed)],
            [.. beside.Where(file => file.Length == needed)], known,
        ];
        var chosen = choices.FirstOrDefault(files => files.Length > 0) ?? throw new FileNotFoundException(
            $"There are no data beside the ENVI header {Path.GetFileName(headerPath)}: looked for {stem} without "
            + $"extension and with {string.Join(", ", DataExtensions.Skip(1))}. Open the data by their own path.",
            Path.ChangeExtension(headerPath, null));

        // Too short, each of them: the first will be an error by name.
        if (chosen.Length > 1 && chosen != choices[^1])
        {
            throw new EnviFormatException(
                headerPath,
                $"The data may be any of {string.Join(", ", chosen.Select(file => file.Name))}: "
                + "open the one that is meant by its own path.");
        }

        return Path.Combine(Path.GetDirectoryName(headerPath) ?? "", chosen[0].Name);
    }

    private static string? Existing(string path)
        => File.Exists(path) ? path
            : FilesBeside(path).Select(file => file.Name).Where(name =>
                IsHeader(name) && Path.GetFileNameWithoutExtension(name) == Path.GetFileNameWithoutExtension(path))
                .Order(StringComparer.Ordinal)
                .Select(name => Path.Combine(Path.GetDirectoryName(path) ?? "", name)).FirstOrDefault();

    private static IEnumerable<FileInfo> FilesBeside(string path)
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(path) is { Length: > 0 } name ? name : ".");
        return folder.Exists ? folder.EnumerateFiles() : [];
    }

    private static bool IsExtensionAfter(string stem, string name)
        => name.StartsWith(stem, StringComparison.Ordinal)
            && (name.Length == stem.Length || (name[stem.Length] == '.' && name.LastIndexOf('.') == stem.Length));

    private static bool IsDataExtension(string extension)
        => DataExtensions.Contains(extension, StringComparer.OrdinalIgnoreCase);

    private static bool IsHeader(string path)
        => Path.GetExtension(path).Equals(HeaderExtension, StringComparison.OrdinalIgnoreCase);

    private static FileNotFoundException NoHeader(string names, string path)
        => new($"There is no ENVI header {names}.", path);
}

using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TopicModel.Corpus;

/// <summary>Finds the XML documentation that this machine already has: that of the SDK's reference packs.</summary>
/// <param name="Files">Full paths, in a fixed order.</param>
/// <param name="Source">One phrase for the user.</param>
internal sealed record XmlDocumentationFiles(IReadOnlyList<string> Files, string Source)
{
    /// <summary>The packs that every SDK has, on every operating system, so that all see the same documents.</summary>
    private static readonly string[] Packs = ["Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref"];

    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    /// <summary>Looks in the usual places.</summary>
    /// <exception cref="UserErrorException">There is no documentation; the message says what to do.</exception>
    public static XmlDocumentationFiles Find() => Find(DotnetRoots());

    /// <summary>Looks in the given places.</summary>
    /// <param name="dotnetRoots">Folders of .NET installations.</param>
    public static XmlDocumentationFiles Find(IEnumerable<string> dotnetRoots)
    {
        string[] places = [.. dotnetRoots.Distinct().Select(root => Path.Combine(root, "packs"))];
        foreach (var packs in places)
        {
            var folders = Packs.Select(pack => NewestVersion(Path.Combine(packs, pack))).OfType<string>().ToList();
            var files = folders.SelectMany(folder => FilesOfNewestFramework(Path.Combine(folder, "ref"))).ToList();
            if (files.Count > 0)
                return new XmlDocumentationFiles(
                    files, "API documentation of " + string.Join(" and ", folders.Select(NameAndVersion)));
        }

        throw new UserErrorException(
            $"Found no XML documentation to read in {string.Join(", ", places)}. Install the .NET SDK (a runtime alone "
            + "has no documentation), or give texts of your own with --data FILE.");
    }

    private static IEnumerable<string> DotnetRoots()
    {
        // The runtime lives in <root>/shared/Microsoft.NETCore.App/<version>/.
        yield return Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
            yield return Path.GetFullPath(root);
        if (Path.GetDirectoryName(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")) is { Length: > 0 } host)
            yield return host;
    }

    /// <summary>The folder of a package's newest version, or null.</summary>
    private static string? NewestVersion(string package)
        => SubfoldersOf(package).OrderBy(folder => NumberIn(Path.GetFileName(folder)))
            .ThenBy(folder => folder, StringComparer.Ordinal).LastOrDefault();

    private static IEnumerable<string> FilesOfNewestFramework(string folder)
        => SubfoldersOf(folder)
            .Select(f => (Name: Path.GetFileName(f), Files: Directory.GetFiles(f, "*.xml")))
            .Where(f => f.Files.Length > 0)
            .OrderBy(f => f.Name.Contains('.', StringComparison.Ordinal)).ThenBy(f => NumberIn(f.Name)).ThenBy(
                f => f.Name, StringComparer.Ordinal)
            .Select(f => f.Files).LastOrDefault([]).Order(StringComparer.Ordinal);

    private static string[] SubfoldersOf(string folder)
        => Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];

    /// <summary>The version in a folder's name: <c>net10.0</c>, <c>8.0.11</c>, <c>9.0.0-rc.1</c>.</summary>
    private static Version NumberIn(string name)
    {
        var digits = name.AsSpan()[Math.Max(0, name.AsSpan().IndexOfAnyInRange('0', '9'))..];
        var end = digits.IndexOfAnyExcept(VersionCharacters);
        return Version.TryParse(end < 0 ? digits : digits[..end], out var version) ? version : new Version(0, 0);
    }

    private static string NameAndVersion(string folder)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(Path.GetDirectoryName(folder))} {Path.GetFileName(folder)}");
}

using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TopicModel.Corpus;

/// <summary>Finds the XML documentation that this machine already has: that of the SDK's reference packs, else of
/// the NuGet cache.</summary>
/// <param name="Files">Full paths, in a fixed order.</param>
/// <param name="Source">One phrase for the user.</param>
internal sealed record XmlDocumentationFiles(IReadOnlyList<string> Files, string Source)
{
    /// <summary>The packs that every SDK has, on every operating system, so that all see the same documents.</summary>
    private static readonly string[] Packs = ["Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref"];

    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    /// <summary>Looks in the usual places.</summary>
    /// <exception cref="UserErrorException">There is no documentation; the message says what to do.</exception>
    public static XmlDocumentationFiles Find() => Find(DotnetRoots(), NuGetCache());

    /// <summary>Looks in the given places.</summary>
    /// <param name="dotnetRoots">Folders of .NET installations.</param>
    /// <param name="nuGetCache">Folder with one folder per package.</param>
    public static XmlDocumentationFiles Find(IEnumerable<string> dotnetRoots, string nuGetCache)
    {
        var roots = dotnetRoots.Distinct().ToList();
        foreach (var packs in roots.Select(r => Path.Combine(r, "packs")).Append(nuGetCache))
        {
            var folders = Packs.Select(p => NewestVersion(packs, p)).OfType<string>().ToList();
            var files = folders.SelectMany(f => FilesOfNewestFramework(Path.Combine(f, "ref"))).ToList();
            if (files.Count > 0)
                return new XmlDocumentationFiles(
                    files, "API documentation of " + string.Join(" and ", folders.Select(NameAndVersion)));
        }

        var cached = SubfoldersOf(nuGetCache)
            .Select(p => NewestVersion(nuGetCache, Path.GetFileName(p))).OfType<string>()
            .SelectMany(f => FilesOfNewestFramework(Path.Combine(f, "lib"))).ToList();
        if (cached.Count > 0)
            return new XmlDocumentationFiles(cached, $"API documentation of the packages in {nuGetCache}");

        throw new UserErrorException(
            "Found no XML documentation to read: neither reference packs "
            + $"({string.Join(", ", roots.Select(r => Path.Combine(r, "packs")))}) nor packages ({nuGetCache}). "
            + "Install the .NET SDK (a runtime alone has no documentation), "
            + "or give texts of your own with --data FILE.");
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

    private static string NuGetCache()
        => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The folder of a package's newest version, or null. The cache spells package names
    /// in lower case.</summary>
    private static string? NewestVersion(string packages, string name)
        => new[] { name, name.ToLowerInvariant() }.Select(n => Path.Combine(packages, n)).SelectMany(SubfoldersOf)
            .OrderBy(f => NumberIn(Path.GetFileName(f))).ThenBy(f => f, StringComparer.Ordinal).LastOrDefault();

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

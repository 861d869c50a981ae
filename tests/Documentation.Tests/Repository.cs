using System.Text.RegularExpressions;

namespace Documentation.Tests;

/// <summary>The files of the repository, by their paths from its root, with slashes.</summary>
internal static partial class Repository
{
    // Looked for from the program: the path of a source is another one in a deterministic build.
    public static string Root { get; } = RootAbove(AppContext.BaseDirectory);

    private static readonly string[] Left = [".git", "bin", "obj", "artifacts", "TestResults"];
    private static readonly string[] Sources = [
        ".cs", ".csproj", ".props", ".targets", ".sh", ".py", ".template", ".txt", ""];

    private static readonly Lazy<IReadOnlySet<string>> AllFiles = new(
        () => FilesOf(Root).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).ToHashSet());

    private static readonly Lazy<IReadOnlySet<string>> AllWords = new(() =>
    {
        var words = new HashSet<string>();
        foreach (var file in Files.Where(file => Sources.Contains(Path.GetExtension(file))))
        {
            var text = Read(file);
            foreach (var word in Word().EnumerateMatches(text))
                words.Add(text.Substring(word.Index, word.Length));
            words.Add(Path.GetFileNameWithoutExtension(file));
        }

        return words;
    });

    public static IReadOnlySet<string> Files => AllFiles.Value;

    /// <summary>Every word of every source file, and its name: what a page may call by its name.</summary>
    public static IReadOnlySet<string> Words => AllWords.Value;

    /// <summary>The pages, but for the list of changes, which may name what is gone.</summary>
    public static IEnumerable<string> Pages
        => Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal) && file != "CHANGELOG.md")
            .Order(StringComparer.Ordinal);

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>Whether there is such a file or folder.</summary>
    public static bool Has(string path)
    {
        var trimmed = path.TrimEnd('/');
        return Files.Contains(trimmed) || Files.Any(file => file.StartsWith(trimmed + "/", StringComparison.Ordinal));
    }

    private static IEnumerable<string> FilesOf(string folder)
        => Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder)
            .Where(inner => !Left.Contains(Path.GetFileName(inner))).SelectMany(FilesOf));

    private static string RootAbove(string folder) => File.Exists(Path.Combine(folder, "MLNmf.sln")) ? folder
        : RootAbove(Path.GetDirectoryName(folder)
            ?? throw new DirectoryNotFoundException("There is no MLNmf.sln above the test program."));

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}

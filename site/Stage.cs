#:property RestorePackagesWithLockFile=false
#:property ManagePackageVersionsCentrally=false
// The pages of the repository as DocFX takes them: dotnet run site/Stage.cs -- FOLDER
// On a repository page a link may lead to a folder or to a source file; on the site each of them has a page of its own.
// Pages keep their paths, but for README.md of the root, which is the site's first page.
using System.Text;
using System.Text.RegularExpressions;

var root = Directory.GetCurrentDirectory();
var target = Path.GetFullPath(args[0]);
if (!File.Exists(Path.Combine(root, "MLNmf.sln")))
{
    Console.Error.WriteLine("Run it in the root of the repository.");
    return 2;
}

if (Directory.Exists(target))
    Directory.Delete(target, recursive: true);

// What is asked for: pages to stage, by their paths from the root. A link adds what it leads to.
var wanted = new Queue<string>(
    Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)
        .Concat(Directory.GetFiles(Path.Combine(root, "samples"), "README.md", SearchOption.AllDirectories))
        .Concat(["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "perf/README.md", "perf/RESULTS.md"])
        .Select(path => Path.GetRelativePath(root, Path.Combine(root, path)).Replace('\\', '/'))
        .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
        .Order(StringComparer.Ordinal));
var staged = new HashSet<string>(StringComparer.Ordinal);
while (wanted.TryDequeue(out var path))
{
    if (!staged.Add(path))
        continue;
    var source = Path.Combine(root, path);
    if (Directory.Exists(source))
        Write(path + "/index.md", Listing(path, source));
    else if (path.EndsWith(".md", StringComparison.Ordinal))
        Write(PageOf(path), Page(path, File.ReadAllText(source)));
    else if (IsPicture(path))
        Copy(source, path);
    else
        Write(PageOf(path), Source(path, File.ReadAllText(source)));
}

foreach (var file in Directory.GetFiles(Path.Combine(root, "site"), "*", SearchOption.AllDirectories))
{
    if (Path.GetExtension(file) is ".yml" or ".json" or ".css" or ".js" or ".svg" or ".md")
        Copy(file, Path.GetRelativePath(Path.Combine(root, "site"), file));
}

Copy(Path.Combine(root, "src/icon.png"), "icon.png");
Write("docs/toc.yml", Articles(File.ReadAllLines(Path.Combine(root, "docs/README.md"))));
Write("samples/toc.yml", Samples());
Write("samples/Snippets/toc.yml", Snippets());
Console.WriteLine($"{staged.Count} pages and pictures in {target}");
return 0;

void Write(string path, string text)
{
    var file = Path.Combine(target, path);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    File.WriteAllText(file, text);
}

void Copy(string source, string path)
{
    var file = Path.Combine(target, path);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    File.Copy(source, file, overwrite: true);
}

static bool IsPicture(string path) => Path.GetExtension(path) is ".png" or ".svg" or ".webp" or ".jpg";

// The page on the site of a file or folder of the repository.
string PageOf(string path) => path == "README.md" ? "index.md"
    : path.EndsWith(".md", StringComparison.Ordinal) || IsPicture(path) ? path
    : Directory.Exists(Path.Combine(root, path)) ? path + "/index.md"
    : path + ".md";

// A page without the comments that are for the tests, its links led to the pages of the site.
string Page(string path, string text)
{
    var lines = new List<string>();
    var (fence, comment) = (false, false);
    foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
    {
        comment |= !fence && line.StartsWith("<!--", StringComparison.Ordinal);
        if (comment)
        {
            comment = !line.TrimEnd().EndsWith("-->", StringComparison.Ordinal);
            continue;
        }

        if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
        {
            fence = !fence;

            // A block without a language is a command or an output: no colours guessed.
            lines.Add(fence && line.Trim() == "```" ? line + "plaintext" : line);
            continue;
        }

        lines.Add(fence ? line : Links().Replace(line, link => $"]({Lead(path, link.Groups[1].Value)})"));
    }

    return string.Join('\n', lines);
}

string Lead(string page, string link)
{
    if (link.Contains("://", StringComparison.Ordinal) || link.StartsWith('#') || link.StartsWith("mailto:"))
        return link;
    var parts = link.Split('#');
    var folder = Path.GetDirectoryName(Path.Combine(root, page))!;
    var path = Path.GetRelativePath(root, Path.GetFullPath(Path.Combine(folder, parts[0]))).Replace('\\', '/');
    if (File.Exists(Path.Combine(root, path, "README.md")) && path != ".")
        path += "/README.md";
    wanted.Enqueue(path);
    var from = Path.GetDirectoryName(Path.Combine(root, PageOf(page)))!;
    var to = Path.GetRelativePath(from, Path.Combine(root, PageOf(path))).Replace('\\', '/');
    return parts.Length > 1 ? $"{to}#{parts[1]}" : to;
}

string Source(string path, string text)
{
    var language = Path.GetExtension(path) switch { ".cs" => "csharp", ".py" => "python", ".sh" => "bash", _ => "" };
    var run = path.StartsWith("samples/Snippets/", StringComparison.Ordinal)
        ? $"A program of one file; in a clone of the repository: `dotnet run {path}`.\n\n" : "";
    return $"---\ntitle: {Path.GetFileName(path)}\n---\n# {Path.GetFileNameWithoutExtension(path)}\n\n{run}"
        + $"`{path}`\n\n````{language}\n{text.ReplaceLineEndings("\n").TrimEnd()}\n````\n";
}

// A folder without a page: its files, each with a page where it is C#.
string Listing(string path, string folder)
{
    var text = new StringBuilder($"# {path}\n\n");
    foreach (var file in Directory.GetFiles(folder, "*.cs").Select(file => Path.GetFileName(file)).Order())
    {
        wanted.Enqueue($"{path}/{file}");
        text.AppendLine($"* [{file}]({file}.md)");
    }

    return text.ToString();
}

// The list of articles is what the page of the folder says; pages elsewhere and headings are not repeated.
static string Articles(IEnumerable<string> lines)
{
    var text = new StringBuilder();
    foreach (var line in lines)
    {
        if (line.StartsWith("## ", StringComparison.Ordinal))
            text.AppendLine($"- name: {line[3..]}\n  expanded: true\n  items:");
        else if (Item().Match(line) is { Success: true } item)
            text.AppendLine($"  - name: {item.Groups[1].Value}\n    href: {item.Groups[2].Value}");
    }

    return text.ToString();
}

string Samples()
{
    var text = new StringBuilder();
    foreach (var name in Directory.GetDirectories(Path.Combine(root, "samples"))
        .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
    {
        if (name != "Snippets" && File.Exists(Path.Combine(root, "samples", name, "README.md")))
            text.AppendLine($"- name: {name}\n  href: {name}/README.md");
    }

    return text.ToString();
}

string Snippets()
{
    var text = new StringBuilder("- name: All programs\n  href: README.md\n");
    foreach (var path in staged.Where(path => path.StartsWith("samples/Snippets/", StringComparison.Ordinal)
        && path.EndsWith(".cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
    {
        text.AppendLine($"- name: {Path.GetFileNameWithoutExtension(path)}\n  href: {Path.GetFileName(path)}.md");
    }

    return text.ToString();
}

internal static partial class Program
{
    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"^\* \[([^\]]+)\]\(([\w-]+\.md)\)")]
    private static partial Regex Item();
}

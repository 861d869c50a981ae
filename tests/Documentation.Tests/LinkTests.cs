using System.Text.RegularExpressions;

namespace Documentation.Tests;

/// <summary>What the pages point at is there.</summary>
public sealed partial class LinkTests
{
    private static readonly HashSet<string> FrameworkTypes = [
        .. typeof(object).Assembly.GetExportedTypes().Select(type => type.Name)];

    public static TheoryData<string> Pages => [.. Repository.Pages];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_files_and_headings(string page)
    {
        var wrong = new List<string>();
        foreach (var (line, target) in Page.Read(page).Links)
        {
            var parts = target.Split('#');
            var file = parts[0].Length == 0 ? page : Resolve(page, parts[0]);
            if (!Repository.Has(file))
                wrong.Add($"line {line}: there is no {file}");
            else if (parts.Length > 1 && !Page.Read(file).Anchors.Contains(parts[1]))
                wrong.Add($"line {line}: {file} has no heading {parts[1]}");
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Paths_and_projects_exist(string page)
    {
        var wrong = new List<string>();
        foreach (var (line, code) in Page.Read(page).CodeSpans)
        {
            var isPath = RootedPath().IsMatch(code);
            var isSource = SourceFile().IsMatch(code);
            if (isPath && !Repository.Has(code) && !Repository.Has(code + ".cs"))
                wrong.Add($"line {line}: there is no {code}");
            else if (!isPath && isSource && !Repository.Files.Any(
                file => file.EndsWith("/" + code, StringComparison.Ordinal)))
            {
                wrong.Add($"line {line}: no file is called {code}");
            }
        }

        foreach (Match project in Project().Matches(Repository.Read(page)))
        {
            if (!Repository.Has(project.Groups[1].Value))
                wrong.Add($"there is no project {project.Groups[1].Value}");
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    /// <summary>Names of two words or more, such as <c>NmfOptions.MaximumIterations</c>, are found in some source file;
    /// names of one word may be English.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void Names_are_those_of_the_code(string page)
    {
        var wrong = Page.Read(page).CodeSpans.SelectMany(
            span => Name().Matches(span.Code).Select(name => (span.Line, name.Value)))
            .Where(name => !Repository.Words.Contains(name.Value) && !FrameworkTypes.Contains(name.Value))
            .Select(name => $"line {name.Line}: no source file has the word {name.Value}").Distinct();
        Assert.Empty(wrong);
    }

    private static string Resolve(string page, string target)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        return Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(folder, target))).Replace('\\', '/');
    }

    [GeneratedRegex(@"^(src|samples|tests|perf|docs|site)/[\w./-]+$")]
    private static partial Regex RootedPath();

    [GeneratedRegex(@"^[\w./-]+\.cs$")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"--project (?!samples/NAME)((?:src|samples|tests|perf)/[\w./-]+)")]
    private static partial Regex Project();

    [GeneratedRegex(@"(?<![\w/-])[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+(?![\w/-])")]
    private static partial Regex Name();
}

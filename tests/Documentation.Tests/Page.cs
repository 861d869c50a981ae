using System.Text;
using System.Text.RegularExpressions;

namespace Documentation.Tests;

/// <summary>A block of C# on a page.</summary>
/// <param name="Page">Path of the page.</param>
/// <param name="Line">Line of its fence, from 1.</param>
/// <param name="Code">The block.</param>
/// <param name="Prelude">What the page says before it about names that the block uses: the comments <c>prelude</c>
/// that hold for it.</param>
/// <param name="Quoted">The file that the block quotes, named by a comment <c>quote</c> right
/// above it, or null.</param>
internal sealed record CodeBlock(string Page, int Line, string Code, string Prelude, string? Quoted)
{
    public override string ToString() => $"{Page}, line {Line}";
}

/// <summary>A paragraph or table whose figures a command prints.</summary>
/// <param name="Page">Path of the page.</param>
/// <param name="Line">Line of the comment, from 1.</param>
/// <param name="Command">The command.</param>
/// <param name="Text">The paragraph, or the table.</param>
internal sealed partial record QuotedFigures(string Page, int Line, string Command, string Text)
{
    /// <summary>What the command has to print: of a table every number below its header and behind its first column,
    /// of a paragraph those with decimals.</summary>
    public IEnumerable<string> Numbers
        => Text.StartsWith('|') ? Cells.SelectMany(row => row).SelectMany(cell => cell) : Of(Text).Where(HasDecimals);

    // The figures of a table by row and column.
    private string[][][] Cells => [.. Text.Split('\n').Skip(2).Select(
        row => row.Split('|').Skip(2).Select(cell => Of(cell).ToArray()).ToArray())];

    /// <summary>The figures that are not in what the command printed. Small whole numbers are printed by everything:
    /// in a table one must stand on a line with a figure of its row or its column that says more; where they have none,
    /// with all of its row or all of its column.</summary>
    /// <param name="output">What the command printed.</param>
    public IEnumerable<string> Missing(string output)
    {
        var lines = output.Split('\n').Select(line => Of(line).ToHashSet(StringComparer.Ordinal)).ToList();
        var cells = Text.StartsWith('|') ? Cells : [[[.. Numbers]]];
        return cells.SelectMany(row => row.SelectMany((cell, c) => cell.Where(number => !IsPrinted(
            number, [.. row.SelectMany(other => other)],
            [.. cells.SelectMany(other => other.ElementAtOrDefault(c) ?? [])])))).Distinct();

        bool IsPrinted(string number, string[] row, string[] column)
        {
            var telling = row.Concat(column).Where(SaysMuch).ToList();
            return lines.Exists(line => line.Contains(number) && (SaysMuch(number) || telling.Exists(line.Contains)
                || (telling.Count == 0 && (Holds(line, row) || Holds(line, column)))));
        }

        static bool Holds(HashSet<string> line, string[] figures) => figures.Length > 1 && figures.All(line.Contains);
    }

    private static IEnumerable<string> Of(string text) => Number().Matches(text).Select(number => number.Value);

    private static bool HasDecimals(string number) => number.Contains('.', StringComparison.Ordinal);

    private static bool SaysMuch(string number) => HasDecimals(number) || number.Length > 3;

    public override string ToString() => $"{Page}, line {Line}: {Command}";

    [GeneratedRegex(@"(?<![\w.,/-])-?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w/]|[.,]\d|-\w)")]
    public static partial Regex Number();
}

/// <summary>A page of Markdown, as far as it is checked.</summary>
/// <remarks>
/// Three comments, which readers do not see, speak to the checks. <c>&lt;!-- prelude … --&gt;</c> holds using
/// directives and members of a class, and stands for what the text around the blocks below has said in words: which
/// rows there are, what a variable is; right above a block it adds to that for this block alone. <c>&lt;!-- quote
/// FILE --&gt;</c> says that the block below it is a passage of a source file. <c>&lt;!-- figures COMMAND --&gt;</c>
/// says which command prints the figures of the paragraph, or of the table, below it.
/// </remarks>
internal sealed partial class Page
{
    private const string PreludeOpening = "<!-- prelude";
    private const string Fence = "```";

    private readonly List<CodeBlock> _blocks = [];
    private readonly List<(int Line, string Text)> _prose = [];

    private Page(string path) => Path = path;

    public string Path { get; }

    public IReadOnlyList<CodeBlock> Blocks => _blocks;

    /// <summary>What stands below the comments that name a command.</summary>
    public IEnumerable<QuotedFigures> Figures
        => from line in _prose.Index()
           from Match command in Command().Matches(line.Item.Text)
           let below = _prose.Skip(line.Index + 1).Select(below => below.Text).TakeWhile(text => text.Length > 0)
           select new QuotedFigures(Path, line.Item.Line, command.Groups[1].Value, string.Join('\n', below));

    /// <summary>Lines of tables that hold decimals and no comment above names the command they come from.</summary>
    public IEnumerable<int> UnquotedTables
    {
        get
        {
            var quoted = Figures.SelectMany(figures => Enumerable.Range(
                figures.Line, figures.Text.Split('\n').Length + 1)).ToHashSet();
            return _prose.Where(line => line.Text.StartsWith('|') && Decimals().IsMatch(line.Text)
                && !quoted.Contains(line.Line)).Select(line => line.Line);
        }
    }

    /// <summary>Targets of links and pictures, without the web.</summary>
    public IEnumerable<(int Line, string Target)> Links
        => _prose.SelectMany(line => Link().Matches(CodeSpan().Replace(line.Text, "")).Select(
            match => (line.Line, match.Groups[1].Value)))
            .Where(link => !link.Value.Contains("://", StringComparison.Ordinal) && !link.Value.StartsWith(
                "mailto:", StringComparison.Ordinal))
            .Select(link => (link.Line, link.Value));

    /// <summary>What stands between backticks in the text.</summary>
    public IEnumerable<(int Line, string Code)> CodeSpans
        => _prose.SelectMany(line => CodeSpan().Matches(line.Text).Select(match => (line.Line, match.Groups[1].Value)));

    /// <summary>What a link to a heading calls it.</summary>
    public IEnumerable<string> Anchors
        => _prose.Where(line => line.Text.StartsWith('#')).Select(line => Anchor(line.Text.TrimStart('#').Trim()));

    public static Page Read(string path) => Parse(path, Repository.Read(path));

    public static Page Parse(string path, string content)
    {
        var page = new Page(path);
        var lines = content.ReplaceLineEndings("\n").Split('\n');
        var (prelude, own, quoted) = ("", "", (string?)null);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith(PreludeOpening, StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, i, line => line.TrimEnd().EndsWith("-->", StringComparison.Ordinal));
                var text = string.Join('\n', lines[(i + 1)..end]);
                i = end;
                if (lines.ElementAtOrDefault(i + 1)?.StartsWith(Fence, StringComparison.Ordinal) == true)
                    own = "\n" + text;
                else
                    prelude = text;
            }
            else if (Quote().Match(lines[i]) is { Success: true } quote)
            {
                quoted = quote.Groups[1].Value;
            }
            else if (lines[i].TrimStart().StartsWith(Fence, StringComparison.Ordinal))
            {
                var start = i;
                i = Array.FindIndex(lines, i + 1, line => line.Trim() == Fence);
                if (i < 0)
                    throw new FormatException($"{path}, line {start + 1}: the block does not end.");
                if (lines[start].Trim()[Fence.Length..] is "csharp" or "cs" or "c#")
                    page._blocks.Add(new CodeBlock(
                        path, start + 1, string.Join('\n', lines[(start + 1)..i]), prelude + own, quoted));
                (own, quoted) = ("", null);
            }
            else if (!lines[i].StartsWith("    ", StringComparison.Ordinal))
            {
                page._prose.Add((i + 1, lines[i]));
            }
        }

        return page;
    }

    // As GitHub does it: lower case, spaces become hyphens, punctuation goes.
    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var c in heading.ToLowerInvariant())
        {
            if (c == ' ')
                anchor.Append('-');
            else if (char.IsLetterOrDigit(c) || c is '-' or '_')
                anchor.Append(c);
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^<!-- figures (.+) -->$")]
    private static partial Regex Command();

    [GeneratedRegex(@"\d\.\d")]
    private static partial Regex Decimals();

    [GeneratedRegex(@"^<!-- quote (\S+) -->$")]
    private static partial Regex Quote();
}

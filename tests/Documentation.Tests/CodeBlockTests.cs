namespace Documentation.Tests;

/// <summary>A reader who copies a block gets a program that compiles.</summary>
public sealed class CodeBlockTests
{
    // The pages of the packages, below src, are compiled against the packages themselves: see .ci/packages.
    public static TheoryData<string> PagesWithCode
        => [.. Repository.Pages.Where(
            page => !page.StartsWith("src/", StringComparison.Ordinal) && Page.Read(page).Blocks.Count > 0)];

    [Theory]
    [MemberData(nameof(PagesWithCode))]
    public void Every_block_compiles_or_is_a_quote(string page)
    {
        var wrong = new List<string>();
        foreach (var block in Page.Read(page).Blocks)
        {
            var errors = block.Quoted is { } file
                ? QuoteErrors(block.Code, file)
                : BlockCompiler.Errors(block.Code, block.Prelude);
            if (errors.Count > 0)
                wrong.Add($"{block}: {string.Join(" ", errors)}");
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Fact]
    public void The_compiler_sees_what_is_wrong()
    {
        Assert.Empty(BlockCompiler.Errors("var x = rows.Count;", "List<int> rows = [];"));
        Assert.NotEmpty(BlockCompiler.Errors("var x = rows.Count;", ""));
        Assert.Empty(BlockCompiler.Errors("public int Twice(int x) => 2 * x;", ""));
        Assert.NotEmpty(BlockCompiler.Errors("public int Twice(int x) => 2 * y;", ""));
        Assert.Empty(BlockCompiler.Errors("using Nmf;\nConsole.WriteLine(BetaDivergence.Euclidean);", "not C#"));
        Assert.NotEmpty(BlockCompiler.Errors("using Nmf;\nConsole.WriteLine(BetaDivergence.Missing);", ""));
    }

    [Fact]
    public void Quotes_are_passages_at_any_depth()
    {
        var file = "a\n    b\n\n    c\nd";
        Assert.True(IsPassage("b\n\nc", file));
        Assert.True(IsPassage("a\n    b", file));
        Assert.False(IsPassage("b\nc", file));
        Assert.False(IsPassage("b\n\n  c", file));
    }

    [Fact]
    public void A_page_is_read_as_it_is_written()
    {
        var page = Page.Parse(
            "p.md",
            "# A heading (β = 2)\n<!-- prelude\nint x;\n-->\n[link](a.md) and `Name`\n<!-- quote a.cs "
            + "-->\n```csharp\nx;\n```\n```\n[no](link)\n```\n```csharp\ny;\n```");
        Assert.Equal(["a-heading-β--2"], page.Anchors);
        Assert.Equal([(5, "a.md")], page.Links);
        Assert.Equal([(5, "Name")], page.CodeSpans);
        Assert.Equal(
            [new CodeBlock("p.md", 7, "x;", "int x;", "a.cs"), new CodeBlock("p.md", 13, "y;", "int x;", null)],
            page.Blocks);
    }

    private static string[] QuoteErrors(string code, string file)
        => !Repository.Files.Contains(file) ? [$"There is no file {file}."]
            : !IsPassage(code, Repository.Read(file).ReplaceLineEndings("\n")) ? [$"{file} does not have these lines."]
            : [];

    private static bool IsPassage(string code, string file)
    {
        var passage = code.Split('\n');
        var lines = file.Split('\n');
        return Enumerable.Range(0, Math.Max(0, lines.Length - passage.Length + 1)).Any(start =>
        {
            var depth = lines[start].Length - passage[0].Length;
            return depth >= 0 && passage.Index().All(line
                => lines[start + line.Index].TrimEnd()
                    == (line.Item.Length == 0 ? "" : new string(' ', depth) + line.Item));
        });
    }
}

using System.Net;
using System.Text.RegularExpressions;

namespace Documentation.Tests;

/// <summary>The examples in the comments of the libraries, which editors show, compile.</summary>
public sealed partial class ExampleTests
{
    private const string Prelude = """
        using Microsoft.ML;
        using Microsoft.ML.Data;
        using Microsoft.ML.Transforms;
        using Nmf;
        using Nmf.Audio;
        using Nmf.Hyperspectral;
        using Nmf.Topics;
        static readonly MLContext mlContext = new();
        static readonly IDataView data = null!, pixels = null!;
        """;

    [Fact]
    public void Every_example_compiles()
    {
        var examples = Repository.Files.Where(
            file => file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => Example().Matches(Repository.Read(file)).Select(
                match => (File: file, Code: CodeOf(match.Groups[1].Value)))).ToList();
        Assert.NotEmpty(examples);
        var wrong = examples.Select(example => (example.File, Errors: BlockCompiler.Errors(example.Code, Prelude)))
            .Where(example => example.Errors.Count > 0)
            .Select(example => $"{example.File}: {string.Join(" ", example.Errors)}");
        Assert.Empty(wrong);
    }

    private static string CodeOf(string comment) => WebUtility.HtmlDecode(CommentMark().Replace(comment, ""));

    [GeneratedRegex(@"<example>\s*///\s*<code>(.*?)</code>", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"^\s*///\s?", RegexOptions.Multiline)]
    private static partial Regex CommentMark();
}

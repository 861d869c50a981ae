using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Nmf.Mutation;

/// <summary>One change of the source.</summary>
/// <param name="Tree">The file.</param>
/// <param name="Span">What is replaced.</param>
/// <param name="Replacement">The text in its place.</param>
internal sealed record Mutant(SyntaxTree Tree, TextSpan Span, string Replacement)
{
    private const int Longest = 60;

    public int Line => Tree.GetLineSpan(Span).StartLinePosition.Line + 1;

    /// <summary>What was there and what is there now, on one line.</summary>
    public string Description => $"{Short(Tree.GetText().ToString(Span))} → {Short(Replacement)}";

    public SyntaxTree Apply()
        => CSharpSyntaxTree.ParseText(
            Tree.GetText().WithChanges(new TextChange(Span, Replacement)), (CSharpParseOptions)Tree.Options,
            Tree.FilePath);

    private static string Short(string code)
    {
        var line = string.Join(' ', code.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Longest ? line : string.Concat(line.AsSpan(0, Longest - 1), "…");
    }
}

using System.Text.RegularExpressions;

namespace Nmf.Tests.Combinations;

/// <summary>The section "What combines" of docs/math.md, which the tests compare with what fits.</summary>
internal static partial class CombinationDocument
{
    private static readonly string[] Section = ReadSection();

    /// <summary>Of the message behind each letter the part that the document quotes.</summary>
    public static IReadOnlyDictionary<string, string> Messages { get; } = Section
        .Select(line => Message().Match(line)).Where(match => match.Success).ToDictionary(
            match => match.Groups[1].Value, match => match.Groups[2].Value);

    /// <summary>The letters of what cannot be asked for at once, with a reason in the place of a message.</summary>
    public static IReadOnlySet<string> Reasons { get; } = Section
        .Select(line => Reason().Match(line))
        .Where(match => match.Success).Select(match => match.Groups[1].Value).ToHashSet();

    /// <summary>The table of pairs: rows by choice, lower triangle.</summary>
    public static IReadOnlyList<string[]> Pairs { get; } = Table(0);

    /// <summary>The table of other ways to fit, the header first.</summary>
    public static IReadOnlyList<string[]> Ways { get; } = Table(1);

    /// <summary>The values of β, among those that are tried, that a cell of the document stands for.</summary>
    public static double[] Betas(string cell) => cell switch
    {
        "all β" => Combination.Betas,
        "own" => [BetaDivergence.Euclidean],
        "β > 0" => [.. Combination.Betas.Where(beta => beta > 0)],
        "0 ≤ β ≤ 2" => [.. Combination.Betas.Where(beta => beta <= 2)],
        "β = 0" => [0],
        "β = 2" => [2],
        _ => throw new FormatException($"The document says \"{cell}\" of beta."),
    };

    private static string[][] Table(int number)
    {
        var starts = Section.Select((line, i) => (line, i))
            .Where(item => item.line.StartsWith("|---", StringComparison.Ordinal)).Select(item => item.i - 1).ToArray();
        return [.. Section.Skip(starts[number]).TakeWhile(line => line.StartsWith('|')).Where((_, i) => i != 1).Select(
            line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray())];
    }

    private static string[] ReadSection()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "docs", "math.md")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("docs/math.md is not above the tests.");
        return [.. File.ReadLines(Path.Combine(folder.FullName, "docs", "math.md"))
            .SkipWhile(line => line != "## What combines").Skip(1).TakeWhile(
                line => !line.StartsWith("## ", StringComparison.Ordinal))];
    }

    [GeneratedRegex("^\\* ([a-z]): [^\"]")]
    private static partial Regex Reason();

    [GeneratedRegex("^\\* ([a-z]): \"([^\"]+)\"")]
    private static partial Regex Message();
}

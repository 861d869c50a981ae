using System.Text.RegularExpressions;

namespace Documentation.Tests;

/// <summary>Every sample can be found, run and understood from its page.</summary>
public sealed partial class SamplePageTests
{
    private const int MostLines = 20;

    public static TheoryData<string> Samples
        => [.. Repository.Files.Where(file => file.StartsWith("samples/", StringComparison.Ordinal) && file.EndsWith(
            ".csproj", StringComparison.Ordinal))
            .Select(file => file.Split('/')[1]).Where(name => name != "Reporting").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_has_a_short_page_with_its_command(string sample)
    {
        var page = $"samples/{sample}/README.md";
        Assert.True(Repository.Files.Contains(page), $"There is no {page}.");
        var text = Repository.Read(page);
        Assert.Contains($"dotnet run -c Release --project samples/{sample}", text, StringComparison.Ordinal);
        Assert.Contains("](../../docs/", text, StringComparison.Ordinal);
        Assert.InRange(text.TrimEnd().Split('\n').Length, 8, MostLines);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_list_of_features_and_the_last_check_know_it(string sample)
    {
        Assert.Contains($"](../samples/{sample})", Repository.Read("docs/features.md"), StringComparison.Ordinal);
        Assert.Contains($"samples/{sample}", Repository.Read(".ci/run"), StringComparison.Ordinal);
    }

    /// <summary>.NET's format E writes 3.6E-008; what samples write is 3.6e-8.</summary>
    [Fact]
    public void Exponents_have_no_zeros_before_them()
        => Assert.DoesNotContain(Repository.Files, file => file.StartsWith("samples/", StringComparison.Ordinal)
            && file.EndsWith(".cs", StringComparison.Ordinal) && Exponent().IsMatch(Repository.Read(file)));

    [GeneratedRegex(@"\{[^{}""]*:[Ee]\d*\}|""[Ee]\d+""")]
    private static partial Regex Exponent();
}

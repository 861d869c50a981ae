using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Documentation.Tests;

/// <summary>
/// Figures on the pages come from commands that print them. To run these takes hours rather than minutes, so it is done
/// on demand: <c>FIGURES=docs/audio.md dotnet test -c Release tests/Documentation.Tests</c> runs what that page quotes
/// (<c>FIGURES=docs</c>: all), and fails where a figure is not printed any more. The programs must have been built, and
/// those about recordings need them.
/// </summary>
public sealed partial class FigureTests
{
    // Pages of which every table with decimals names the command that prints it.
    private static readonly string[] Complete = ["docs/audio.md"];

    public static TheoryData<string> Commands
        => [.. Quotes.Select(quote => quote.Command).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<QuotedFigures> Quotes => Repository.Pages.SelectMany(page => Page.Read(page).Figures);

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_prints_the_figures_that_pages_quote(string command)
    {
        var wanted = Environment.GetEnvironmentVariable("FIGURES");
        var quotes = Quotes.Where(quote => quote.Command == command && wanted is not null && quote.Page.StartsWith(
            wanted, StringComparison.Ordinal)).ToList();
        if (quotes.Count == 0)
            Assert.Skip("FIGURES does not name a page that quotes it.");
        var output = Output(command);
        Assert.Empty(quotes.SelectMany(quote => quote.Missing(output).Select(
            number => $"{quote.Page}, line {quote.Line}: {number}")));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_can_be_given(string command)
    {
        var match = SampleCommand().Match(command);
        Assert.True(match.Success, $"{command} is no command of a sample.");
        var usage = string.Concat(Repository.Files.Where(
            file => file.StartsWith($"samples/{match.Groups[1].Value}/", StringComparison.Ordinal)
                && file.EndsWith(".cs", StringComparison.Ordinal)).Select(Repository.Read));
        Assert.NotEmpty(usage);
        Assert.All(Option().Matches(match.Groups[2].Value), option => Assert.Contains(option.Value, usage));
    }

    [Fact]
    public void Tables_of_complete_pages_name_their_command()
        => Assert.Empty(Complete.SelectMany(
            page => Page.Read(page).UnquotedTables.Select(line => $"{page}, line {line}")));

    [Fact]
    public void Figures_are_read_as_they_are_written()
    {
        var page = Page.Parse(
            "p.md",
            "a 1.5\n<!-- figures run -->\n| a | b 3 |\n|---|---|\n| K = 4 | 1.25, 7 of 10 (1,234) |\n"
                + "\n<!-- figures run -->\nThe 9 best have 2.75 dB,\n-0.5 and 3e-8.\n\n| x | 8.5 |");
        Assert.Equal([["1.25", "7", "10", "1,234"], ["2.75", "-0.5"]], page.Figures.Select(f => f.Numbers.ToArray()));
        Assert.Equal([11], page.UnquotedTables);
    }

    [Fact]
    public void A_small_number_must_stand_with_what_it_is_about()
    {
        var page = Page.Parse(
            "p.md",
            "<!-- figures run -->\n| a | notes | hits | loss |\n|---|---|---|---|\n| x | 9 of 10 | 3 | 0.4363 |\n"
                + "| y | 8 of 10 | 5 | 0.0383 |\n\n"
                + "<!-- figures run -->\n| seed | 1 | 2 |\n|---|---|---|\n| kept | 8 | 7 |\n");
        var printed = "5 and 6\nx: 9 of 10 notes, 3, 0.4363\ny: 8 of 10 notes, 5, 0.0383\nkept 8 7\n";
        Assert.Empty(Missing(printed));
        Assert.Equal(["9"], Missing(printed.Replace("9 of", "6 of", StringComparison.Ordinal) + "9 lives"));
        Assert.Equal(["8", "10", "5", "0.0383"], Missing(printed.Replace("0.0383", "0.04", StringComparison.Ordinal)));
        Assert.Equal(["8", "7"], Missing(printed.Replace("kept 8 7", "kept 6 7", StringComparison.Ordinal)));

        IEnumerable<string> Missing(string output) => page.Figures.SelectMany(quote => quote.Missing(output));
    }

    private static string Output(string command)
    {
        using var program = Process.Start(new ProcessStartInfo(
            "dotnet", command.Replace("dotnet run", "run --no-build", StringComparison.Ordinal))
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        })!;
        var output = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        Assert.True(program.ExitCode == 0, $"{command} ended with code {program.ExitCode}.");
        return output;
    }

    [GeneratedRegex(@"^dotnet run -c Release --project samples/(\w+)( -- .+)?$")]
    private static partial Regex SampleCommand();

    [GeneratedRegex(@"--\w[\w-]*")]
    private static partial Regex Option();
}

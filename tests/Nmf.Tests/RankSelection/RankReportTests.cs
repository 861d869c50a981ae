using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Nmf.Tests;

public sealed class RankReportTests
{
    private static readonly RankSurveyOptions Options = new()
    {
        Ranks = [2, 3, 4, 5],
        Starts = 4,
        Fit = new NmfOptions { Rank = 1, Problem = 1, Iterations = new() { MaximumIterations = 100 } },
    };

    [Fact]
    public void Every_index_suggests_the_rank_that_is_there()
    {
        var data = Blocks();
        var report = Report(data, Options);
        Assert.Equal(3, Suggestion(report, "held-out divergence, least").Rank);
        Assert.Equal(3, Suggestion(report, "held-out divergence, one standard error").Rank);
        Assert.Equal(3, Suggestion(report, "cophenetic correlation").Rank);
        Assert.Equal(3, Suggestion(report, "dispersion").Rank);
        Assert.Equal(3, Suggestion(report, "silhouette of the consensus").Rank);
        Assert.Equal(3, Suggestion(report, "silhouette of the components").Rank);
        Assert.Equal(3, Suggestion(report, "residual, elbow").Rank);
        Assert.Equal(3, Suggestion(report, "noise floor").Rank);
        Assert.Equal(3, Suggestion(report, "BIC").Rank);
    }

    [Fact]
    public void With_one_start_stability_suggests_nothing_and_says_why()
    {
        var data = Blocks();
        var report = new RankReport(RankSurvey.Run(data, Options with { Starts = 1 }));
        foreach (var index in new[] { "cophenetic correlation", "dispersion", "silhouette of the consensus",
            "silhouette of the components" })
        {
            Assert.Null(Suggestion(report, index).Rank);
            Assert.Contains(
                "one start always agrees with itself", Suggestion(report, index).Reason, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("cophenetic ", report.ToText().Split('\n')[0], StringComparison.Ordinal);
        Assert.DoesNotContain("<img", report.ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_suggestion_at_the_edge_asks_for_larger_ranks()
    {
        var data = Blocks();
        var report = Report(data, Options with { Ranks = [1, 2] });
        Assert.Contains(
            "try larger ones", Suggestion(report, "held-out divergence, least").Reason, StringComparison.Ordinal);
        Assert.Contains("try larger ones", Suggestion(report, "BIC").Reason, StringComparison.Ordinal);
        Assert.Null(Suggestion(report, "residual, elbow").Rank);
        Assert.Null(Suggestion(report, "noise floor").Rank);
    }

    [Fact]
    public void The_text_holds_a_row_per_rank_and_one_per_suggestion()
    {
        var data = Blocks();
        var report = Report(data, Options, [new RankSuggestion("another method", "What does it say?", 7, "just so")]);
        var lines = report.ToText().Split('\n', StringSplitOptions.TrimEntries);
        Assert.StartsWith("rank", lines[0], StringComparison.Ordinal);
        Assert.Equal(["2", "3", "4", "5"], lines[1..5].Select(l => l.Split(' ')[0]));
        Assert.Contains(lines, l => Regex.IsMatch(l, "^another method +7 +just so$"));
    }

    [Fact]
    public void The_page_is_complete_and_refers_to_nothing_outside()
    {
        var data = Blocks();
        var html = Report(data, Options).ToHtml("A <title> & more", "Described \"so\"");
        Assert.Contains("<h1>A &lt;title&gt; &amp; more</h1>", html, StringComparison.Ordinal);
        Assert.Equal(4, Regex.Count(html, "<svg "));
        Assert.Equal(4, Regex.Count(html, "<img "));
        Assert.All(
            Regex.Matches(html, "(src|href)=\"([^\"]*)\"").Select(m => m.Groups[2].Value),
            v => Assert.StartsWith("data:image/png;base64,", v, StringComparison.Ordinal));
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", html, StringComparison.Ordinal);
        // Five to nine lines of a grid for each chart.
        foreach (var svg in html.Split("<svg ").Skip(1))
            Assert.InRange(Regex.Count(svg.Split("</svg>")[0], "class=\"grid\""), 3, 9);
    }

    [Fact]
    public void A_report_of_nothing_is_refused() => Assert.Throws<ArgumentException>(() => new RankReport(null));

    [Fact]
    public void A_picture_comes_back_from_its_file()
    {
        byte[] pixels = [255, 0, 0, 0, 255, 0, 1, 2, 3, 9, 8, 7, 0, 0, 0, 255, 255, 255];
        using var file = new MemoryStream();
        Png.Write(file, 3, 2, pixels);
        var png = file.ToArray();
        Assert.Equal(new byte[] { 0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10 }, png[..8]);
        Assert.Equal(
            (3, 2),
            (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
        var packed = png.AsSpan(41, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33))).ToArray();
        using var rows = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress))
            zlib.CopyTo(rows);
        Assert.Equal((byte[])[0, .. pixels[..9], 0, .. pixels[9..]], rows.ToArray());
        // The check sum of the empty last chunk, which every PNG file ends with.
        Assert.Equal(0xAE426082u, BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(png.Length - 4)));
    }

    private static RankSuggestion Suggestion(RankReport report, string index)
        => Assert.Single(report.Suggestions, s => s.Index == index);

    private static RankReport Report(NmfData<float> data, RankSurveyOptions options, RankSuggestion[]? others = null)
        => new(
            RankSurvey.Run(data, options),
            RankCrossValidation.Run(
                data,
                new RankCrossValidationOptions { Ranks = options.Ranks, Folds = 3, Starts = 2, Fit = options.Fit }),
            others);

    /// <summary>Poisson counts, six on average in the block of each of three groups of samples.</summary>
    private static NmfData<float> Blocks()
    {
        var random = new Random(2);
        var values = new double[60 * 30];
        for (var n = 0; n < 60; n++)
        {
            for (var j = 0; j < 60; j++)
                values[(n * 30) + (n % 3 * 10) + random.Next(10)]++;
        }

        return TestData.Dense<float>(values, 60, 30);
    }
}

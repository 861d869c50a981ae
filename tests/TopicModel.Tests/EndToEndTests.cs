using System.Text.RegularExpressions;
using Microsoft.ML;
using TopicModel.Pipeline;

namespace TopicModel.Tests;

/// <summary>One run of the whole program on a small file of two clear topics, and what it leaves behind.</summary>
public sealed class EndToEndTests(EndToEndTests.SmallRun run) : IClassFixture<EndToEndTests.SmallRun>
{
    [Fact]
    public void The_program_ends_well_and_tells_what_it_did()
    {
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        foreach (var words in new[] { "120 texts", "NMF topics", "LDA topics", "all word counts", "largest class",
            "topics.zip", "topics.html", "topics-explorer.html" })
        {
            Assert.Contains(words, run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_topics_separate_the_classes() => Assert.Matches(@"NMF topics .* 100\.0 % ", run.Output);

    [Fact]
    public void The_saved_model_answers_in_a_fresh_context()
    {
        var ml = new MLContext();
        var model = ml.Model.Load(Path.Combine(run.Folder, "topics.zip"), out _);
        using var engine = ml.Model.CreatePredictionEngine<TextRow, TopicsRow>(model);
        var cooking = engine.Predict(new TextRow { Text = "Bake the bread in a hot oven with butter" }).Topics;
        var sailing = engine.Predict(new TextRow { Text = "The boat has a mast and a sail in the wind" }).Topics;
        var unknown = engine.Predict(new TextRow { Text = "xyzzy" }).Topics;

        Assert.Equal(2, cooking.Length);
        Assert.Equal(1, cooking.Sum(), 1e-4);
        Assert.NotEqual(Array.IndexOf(cooking, cooking.Max()), Array.IndexOf(sailing, sailing.Max()));
        Assert.All(unknown, share => Assert.Equal(0, share));
    }

    [Fact]
    public void The_report_is_one_self_contained_file()
    {
        var html = File.ReadAllText(Path.Combine(run.Folder, "topics.html"));

        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("(src|href)=\"(?!data:)", RegexOptions.IgnoreCase), html);
        Assert.DoesNotMatch(new Regex(@"https?://|url\(|@import|<script|<link|<iframe", RegexOptions.IgnoreCase), html);
        var charts = Regex.Matches(html, "src=\"data:image/png;base64,([^\"]+)\"");
        Assert.Equal(3, charts.Count);
        Assert.All(
            charts, chart => Assert.Equal("PNG"u8, Convert.FromBase64String(chart.Groups[1].Value).AsSpan(1, 3)));
    }

    /// <summary>Labels, texts, intervals, the tree and pairs of topics are those of the two subjects.</summary>
    [Fact]
    public void The_report_reads_its_topics()
    {
        var html = File.ReadAllText(Path.Combine(run.Folder, "topics.html"));
        string[] subjects = ["bread|oven|butter|flour|bake|dough|sugar|salt",
            "boat|sail|mast|wind|harbour|anchor|wave|rope"];
        var labels = Regex.Matches(html, "<td><b>([^<]+)</b>").Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(2, labels.Length);
        Assert.All(subjects, words => Assert.Single(labels, label => Regex.IsMatch(label, $"^({words})( |$)")));
        // Each class is of one topic, in nearly all of its texts.
        foreach (var name in new[] { "kitchen", "sea" })
        {
            var row = Regex.Match(html, $@"<tr><td>{name}</td><td class=""number"">\d+</td><td>\d: [^<]+<br>"
                + @"([\d.]+) % <span class=""names"">\(([\d.]+) % to ([\d.]+) %\)");
            Assert.True(row.Success);
            var (share, lower, upper) = (Number(row, 1), Number(row, 2), Number(row, 3));
            Assert.InRange(share, 95, 100);
            Assert.InRange(share, lower, upper);
        }

        var tree = Regex.Matches(html, "<li><span>\\d+ texts:</span> ([^<]+)</li>").Select(m => m.Groups[1].Value);
        Assert.All(subjects, words => Assert.Single(tree, leaf => Regex.IsMatch(leaf, $"^(({words})(, |$))+$")));
        Assert.Matches("No two topics (have a word in common|are nearly the same)", html);

        static double Number(Match match, int group)
            => double.Parse(match.Groups[group].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void The_explorer_is_one_self_contained_file()
    {
        var html = File.ReadAllText(Path.Combine(run.Folder, "topics-explorer.html"));

        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex(" (src|href)=\"(?!#)|url\\(|@import|<link", RegexOptions.IgnoreCase), html);
    }

    [Fact]
    public void The_report_shows_the_question_as_text()
        => Assert.Contains(
            "bake bread &lt;b&gt;&amp; sail", File.ReadAllText(Path.Combine(run.Folder, "topics.html")),
            StringComparison.Ordinal);

    /// <summary>The run, done once.</summary>
    public sealed class SmallRun : IDisposable
    {
        private static readonly string[] Kitchen = [
            "bread", "oven", "butter", "flour", "bake", "dough", "sugar", "salt"];
        private static readonly string[] Sea = ["boat", "sail", "mast", "wind", "harbour", "anchor", "wave", "rope"];

        private readonly TemporaryFolder _folder = new();

        public SmallRun()
        {
            var (output, error) = (new StringWriter(), new StringWriter());
            ExitCode = Program.Run(
                ["--data", _folder.Write("small.csv", Texts()), "--topics", "2", "--sentence", "bake bread <b>& sail",
                    "--output", _folder.Path], output, error);
            (Output, Error) = (output.ToString(), error.ToString());
        }

        public int ExitCode { get; }

        public string Output { get; }

        public string Error { get; }

        public string Folder => _folder.Path;

        public void Dispose() => _folder.Dispose();

        private static string Texts()
        {
            var random = new Random(3);
            var rows = Enumerable.Range(0, 120).Select(n =>
            {
                var words = n % 2 == 0 ? Kitchen : Sea;
                return $"\"{string.Join(' ', random.GetItems(words, 4))}, "
                    + $"{random.GetItems(words, 1)[0]}\",{(n % 2 == 0 ? "kitchen" : "sea")}\n";
            });
            return "text,label\n" + string.Concat(rows);
        }
    }
}

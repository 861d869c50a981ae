using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Topics.Tests.Explorer;

public sealed class TopicExplorerTests
{
    [Fact]
    public void The_data_of_a_page_are_those_of_the_model()
    {
        var explorer = ExplorerPages.Example();
        var data = ExplorerPages.Data(explorer);
        var dictionary = ExplorerPages.Dictionary(60, 5, 3);
        var relevance = TermRelevance.Of(dictionary, [1, 1 / 2.0, 1 / 3.0, 1 / 4.0, 1 / 5.0]);
        var words = Strings(data.GetProperty("words"));
        for (var t = 0; t < 5; t++)
        {
            var topic = data.GetProperty("topics")[t];
            Assert.Equal(relevance.TopicShares[t], topic.GetProperty("share").GetDouble(), 1e-4);
            var terms = Numbers(topic.GetProperty("terms"));
            var weights = Numbers(topic.GetProperty("weights"));
            Assert.Equal(terms.Length, weights.Length);
            for (var i = 0; i < terms.Length; i++)
            {
                var w = int.Parse(words[(int)terms[i]][4..]);
                Assert.Equal(1, weights[i] / relevance.Probability(t, w), 1e-4);
                var overall = data.GetProperty("overall")[(int)terms[i]].GetDouble();
                Assert.Equal(1, overall / relevance.Probability(w), 1e-4);
            }

        }

        // In units of the mean of all pairs, so that these have the mean 1; most of a text is of one topic.
        double[] distances = [.. Enumerable.Range(0, 5).SelectMany(t => Numbers(data.GetProperty("distances")[t]))];
        Assert.Equal(10, distances.Length);
        Assert.Equal(1000, distances.Average(), 0.51);
        Assert.True(data.GetProperty("byTexts").GetBoolean());

        Assert.Equal([0, 1, 2, 3, 4], Numbers(data.GetProperty("order")).Order());
        Assert.Equal(200, data.GetProperty("counts").GetProperty("documents").GetInt32());
    }

    /// <summary>Against all words, for every λ of the slider.</summary>
    [Fact]
    public void The_page_has_the_best_words_for_every_lambda()
    {
        const int Shown = 12;
        var dictionary = ExplorerPages.Dictionary(400, 6, 5);
        double[] shares = [5, 4, 3, 2, 1, 0.5];
        var relevance = TermRelevance.Of(dictionary, shares);
        var data = ExplorerPages.Data(
            new TopicExplorer(dictionary, shares, ExplorerPages.Words(400), new() { TermsPerTopic = Shown }));
        var words = Strings(data.GetProperty("words"));
        for (var t = 0; t < 6; t++)
        {
            var there = Numbers(data.GetProperty("topics")[t].GetProperty("terms")).Select(i => words[(int)i])
                .ToHashSet();
            Assert.InRange(there.Count, Shown, 200);
            for (var lambda = 0.0; lambda <= 1; lambda += 0.01)
                Assert.All(relevance.TopTerms(t, Shown, lambda), w => Assert.Contains($"word{w}", there));
        }
    }

    [Fact]
    public void The_documents_of_a_topic_are_those_with_most_of_it()
    {
        var explorer = new TopicExplorer(
            Matrix<float>.FromRowMajor([1, 0, 0, 1], 2, 2), [1, 1], ["a", "b"], new() { DocumentsPerTopic = 2 });
        explorer.Add([1, 9], new() { Text = "mixed" });
        explorer.Add([4, 0], new() { Text = "pure" });
        explorer.Add([8, 0], new() { Text = "pure and long" });
        explorer.Add([8, 0], new() { Text = "pure and long" });
        explorer.Add([0.1f, 9], new() { Text = "the other" });
        explorer.Add([0, 0], new() { Text = "nothing" });
        explorer.Add([0, 1], new() { Text = " " });
        var data = ExplorerPages.Data(explorer);
        Assert.Equal(["pure and long", "pure"], Texts(data, 0));
        Assert.Equal(["the other", "mixed"], Texts(data, 1));
        var counts = data.GetProperty("counts");
        Assert.Equal(7, counts.GetProperty("documents").GetInt32());
        Assert.Equal(4, counts.GetProperty("shown").GetInt32());
        Assert.Equal(1, counts.GetProperty("withoutTopics").GetInt32());
        Assert.Equal(1, counts.GetProperty("withoutText").GetInt32());
    }

    [Fact]
    public void Time_and_classes_are_means_of_all_documents()
    {
        var explorer = new TopicExplorer(
            Matrix<float>.FromRowMajor([1, 0, 0, 1], 2, 2), [1, 1], ["a", "b"], new() { DocumentsPerTopic = 0 });
        explorer.Add([1, 3], new() { Date = new(2001, 5, 3), Class = "x" });
        explorer.Add([3, 1], new() { Date = new(2001, 5, 30, 23, 59, 0), Class = "x" });
        explorer.Add([1, 0], new() { Date = new(2001, 8, 1), Class = "y" });
        explorer.Add([0, 0], new() { Date = new(2003, 8, 2) });
        var data = ExplorerPages.Data(explorer);
        var time = data.GetProperty("time");
        Assert.Equal("month", time.GetProperty("unit").GetString());
        var names = Strings(time.GetProperty("names"));
        Assert.Equal(28, names.Length);
        Assert.Equal(("2001-05", "2001-08", "2003-08"), (names[0], names[3], names[^1]));
        var first = time.GetProperty("shares")[0];
        Assert.Equal(5000, first[0].GetInt32());
        Assert.Equal(JsonValueKind.Null, first[1].ValueKind);
        Assert.Equal(10_000, first[3].GetInt32());
        Assert.Equal(0, first[27].GetInt32());
        Assert.Equal([2, 1], Numbers(data.GetProperty("classes").GetProperty("sizes")));
        Assert.Empty(data.GetProperty("documents").EnumerateArray());
    }

    [Theory]
    [InlineData("2024-03-01 2024-03-09", "day", "2024-03-01 2024-03-09", 9)]
    [InlineData("2024-03-06 2025-03-09", "week", "2024-03-04 2025-03-03", 53)]
    [InlineData("2024-03-06 2029-03-09", "month", "2024-03 2029-03", 61)]
    [InlineData("2000-03-06 2024-02-09", "quarter", "2000-01 2024-01", 97)]
    [InlineData("1950-03-06 2024-02-09", "year", "1950 2024", 75)]
    [InlineData("1789-04-30 2021-01-20", "decade", "1780 2020", 25)]
    [InlineData("2001-01-01 2003-01-01", "year", "2001 2003", 3)]
    [InlineData("2001-02-01 2001-04-01", "month", "2001-02 2001-04", 3)]
    [InlineData("0001-01-02 9999-12-31", "decade", "0001 9990", 1000)]
    public void Periods_suit_the_dates(string dates, string unit, string ends, int count)
    {
        var explorer = new TopicExplorer(Matrix<float>.FromRowMajor([1], 1, 1), [1], ["a"]);
        foreach (var date in dates.Split(' '))
            explorer.Add([1], new() { Date = DateTime.Parse(date) });
        var time = ExplorerPages.Data(explorer).GetProperty("time");
        var names = Strings(time.GetProperty("names"));
        Assert.Equal(unit, time.GetProperty("unit").GetString());
        Assert.Equal((ends, count), ($"{names[0]} {names[^1]}", names.Length));
    }

    [Fact]
    public void A_page_without_documents_and_with_one_topic_and_word_is_a_page()
    {
        var data = ExplorerPages.Data(new TopicExplorer(Matrix<float>.FromRowMajor([1], 1, 1), [1], ["a"]));
        Assert.Equal("a", data.GetProperty("topics")[0].GetProperty("name").GetString());
        Assert.False(data.TryGetProperty("time", out _));
        Assert.False(data.TryGetProperty("classes", out _));
    }

    [Fact]
    public void A_topic_of_zeros_has_no_words_and_no_place()
    {
        var explorer = new TopicExplorer(Matrix<float>.FromRowMajor([1, 0, 2, 0], 2, 2), [1, 0], ["a", ""]);
        var topics = ExplorerPages.Data(explorer).GetProperty("topics");
        Assert.Equal("(no words)", topics[1].GetProperty("name").GetString());
        Assert.False(topics[1].TryGetProperty("x", out _));
        Assert.Equal("(term 1), a", topics[0].GetProperty("name").GetString());
    }

    [Fact]
    public void A_model_of_zeros_is_a_page()
        => Assert.Equal(
            0, ExplorerPages.Data(new TopicExplorer(new Matrix<float>(3, 2), [0, 0], ["a", "b", "c"]))
                .GetProperty("topics")[0].GetProperty("share").GetDouble());

    [Fact]
    public void Names_of_topics_take_the_place_of_their_words()
    {
        var explorer = ExplorerPages.Example(options: new()
        {
            TopicNames = ["First", null, "", "Fourth", "Fifth"], FindsLabels = false,
        });
        var names = ExplorerPages.Data(explorer).GetProperty("topics").EnumerateArray()
            .Select(topic => topic.GetProperty("name").GetString()!).ToArray();
        Assert.Equal(("First", "Fourth", "Fifth"), (names[0], names[3], names[4]));
        Assert.Matches(@"^word\d+, word\d+, word\d+$", names[1]);
        Assert.Matches(@"^word\d+, word\d+, word\d+$", names[2]);
    }

    [Fact]
    public void Texts_are_shortened_and_then_left_out_until_the_page_fits()
    {
        var whole = ExplorerPages.Text(Long(long.MaxValue)).Length;
        var empty = ExplorerPages.Text(Long(1)).Length;
        foreach (var part in new[] { 0.9, 0.5, 0.2, 0.02 })
        {
            var limit = empty + (long)((whole - empty) * part);
            var page = ExplorerPages.Text(Long(limit));
            Assert.InRange(page.Length, empty, limit);
            Assert.True(ExplorerPages.Data(page).GetProperty("counts").GetProperty("length").GetInt32() < 400);
        }

        Assert.Equal(0, ExplorerPages.Data(Long(1)).GetProperty("counts").GetProperty("shown").GetInt32());

        static TopicExplorer Long(long size)
        {
            var explorer = new TopicExplorer(
                Matrix<float>.FromRowMajor([1, 0, 0, 1], 2, 2), [1, 1], ["a", "b"],
                new() { MaximumSize = size, TextLength = 400 });
            for (var n = 0; n < 100; n++)
                explorer.Add([n % 2, 1 - (n % 2)], new() { Text = $"{n} " + new string('x', 395) });
            return explorer;
        }
    }

    [Fact]
    public void A_long_text_is_shown_where_its_topic_is()
    {
        var explorer = new TopicExplorer(
            Matrix<float>.FromRowMajor([1, 0, 0, 1], 2, 2), [1, 1], ["boat", "bread"], new() { TextLength = 80 });
        explorer.Add([1, 0], new()
        {
            Text = string.Concat(Enumerable.Repeat("bread and more ", 100)) + "The Boat! My boat is a boat "
                + string.Concat(Enumerable.Repeat("bread and more ", 100)),
        });
        var text = Texts(ExplorerPages.Data(explorer), 0).Single();
        Assert.Matches("^….*Boat! My boat is a boat.*…$", text);
        Assert.InRange(text.Length, 60, 82);
    }

    [Fact]
    public void Equal_inputs_give_equal_bytes()
        => Assert.Equal(ExplorerPages.Text(ExplorerPages.Example()), ExplorerPages.Text(ExplorerPages.Example()));

    [Fact]
    public void A_model_gives_the_page_of_its_own_documents()
    {
        float[] counts = [2, 1, 1, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0, 0, 0, 2, 1, 1, 0, 0, 0, 1, 2, 2];
        var model = NmfFactorizer.Fit(
            NmfData<float>.FromDense(counts, 4, 6),
            new NmfOptions { Rank = 2, Problem = BetaDivergence.KullbackLeibler, Seed = 1 });
        string[] words = ["boat", "sail", "wind", "bread", "dough", "oven"];
        TopicDocument[] documents = [.. Enumerable.Range(0, 4).Select(n => new TopicDocument { Text = $"text {n}" })];
        var data = ExplorerPages.Data(TopicExplorer.For(model, words, documents));
        var boats = Texts(data, 0).Order().ToArray();
        Assert.True(boats is ["text 0", "text 1"] or ["text 2", "text 3"]);
        Assert.Throws<ArgumentException>(() => TopicExplorer.For(model, words, documents[1..]));
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        var dictionary = Matrix<float>.FromRowMajor([1, 0, 0, 1], 2, 2);
        SaysOf("3 terms", dictionary, ["a", "b", "c"]);
        SaysOf("Term 1", dictionary, ["a", null!]);
        SaysOf("nothing to show", new Matrix<float>(0, 2), []);
        SaysOf("1 names", dictionary, ["a", "b"], new() { TopicNames = ["x"] });
        SaysOf("between 1 and 1000", dictionary, ["a", "b"], new() { TermsPerTopic = 0 });
        var explorer = new TopicExplorer(dictionary, [1, 1], ["a", "b"]);
        explorer.Add([1, 1], new());
        Says("Document 1 has 1 activations", () => explorer.Add([1], new()));
        Says("Document 1 has the activation NaN of topic 1", () => explorer.Add([1, float.NaN], new()));
        Says("-1", () => explorer.Add([-1, 0], new()));
        for (var n = 0; n < TopicExplorer.MostClasses; n++)
            explorer.Add([1, 1], new() { Class = $"{n}" });
        Says("class 'one too many'", () => explorer.Add([1, 1], new() { Class = "one too many" }));
        explorer.Add([1, 1], new() { Class = "7" });

        static void SaysOf(
            string words, Matrix<float> dictionary, string[] vocabulary, TopicExplorerOptions? options = null)
            => Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(
                () => new TopicExplorer(dictionary, [1, 1], vocabulary, options)).Message, StringComparison.Ordinal);

        static void Says(string words, Action action)
            => Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_is_cancelled_leaves_the_file_as_it_was()
    {
        var folder = Directory.CreateTempSubdirectory("explorer");
        try
        {
            var path = Path.Combine(folder.FullName, "topics.html");
            File.WriteAllText(path, "before");
            using var source = new CancellationTokenSource();
            var reports = new Reports(source, "choosing words");
            Assert.ThrowsAny<OperationCanceledException>(
                () => ExplorerPages.Example().Save(path, reports, source.Token));
            Assert.Equal("before", File.ReadAllText(path));
            Assert.Single(folder.GetFiles());

            ExplorerPages.Example().Save(path, new Reports(source, null));
            Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(path), StringComparison.Ordinal);
            Assert.Single(folder.GetFiles());
            Assert.Throws<DirectoryNotFoundException>(
                () => ExplorerPages.Example().Save(Path.Combine(folder.FullName, "no", "x.html")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string[] Texts(JsonElement data, int topic) =>
    [
        .. Numbers(data.GetProperty("topics")[topic].GetProperty("documents"))
            .Select(d => data.GetProperty("documents")[(int)d].GetProperty("text").GetString()!),
    ];

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetDouble())];

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];

    private sealed class Reports(CancellationTokenSource source, string? last) : IProgress<TopicExplorerProgress>
    {
        public void Report(TopicExplorerProgress value)
        {
            Assert.InRange(value.Done, 0, value.Of);
            if (value.Stage == last)
                source.Cancel();
        }
    }
}

using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Topics.Tests.Explorer;

/// <summary>What the page has of labels, representative texts, intervals and groups.</summary>
public sealed class ExplorerReadingTests
{
    private static readonly string[] Vocabulary =
        ["machine", "learning", "network", "interest", "rate", "market", "paper", "ice-cream"];

    [Fact]
    public void Labels_are_found_in_the_texts_and_begin_and_end_with_words_of_the_model()
    {
        var topics = ExplorerPages.Data(Labelled(400)).GetProperty("topics");
        Assert.Equal("machine learning", Name(topics[0]));
        // "the" and "of" are no words of the model.
        Assert.Equal("rate of interest", Name(topics[1]));
        Assert.False(topics[0].GetProperty("named").GetBoolean());
        Assert.All(topics.EnumerateArray().SelectMany(topic => topic.GetProperty("labels").EnumerateArray()), label =>
        {
            var words = label.GetString()!.Split(' ');
            Assert.Contains(words[0], Vocabulary);
            Assert.Contains(words[^1], Vocabulary);
        });
        // Words that tell about the topic are there in any case.
        Assert.Contains("interest", topics[1].GetProperty("summary").GetString());
    }

    [Fact]
    public void Names_win_over_labels_given_labels_over_found_ones_and_none_need_be_found()
    {
        var named = ExplorerPages.Data(Labelled(400, new() { TopicNames = ["Mine", null] })).GetProperty("topics");
        Assert.Equal(("Mine", "rate of interest"), (Name(named[0]), Name(named[1])));
        Assert.True(named[0].GetProperty("named").GetBoolean());
        Assert.Equal("machine learning", named[0].GetProperty("labels")[0].GetString());
        TopicLabel[] same = [new("one label", 2, 5), new("another", 1, 5)];
        var given = ExplorerPages.Data(Labelled(400, new() { Labels = [same, same] })).GetProperty("topics");
        Assert.Equal(("one label", "another"), (Name(given[0]), Name(given[1])));
        var without = ExplorerPages.Data(Labelled(400, new() { FindsLabels = false })).GetProperty("topics");
        Assert.Equal(without[0].GetProperty("summary").GetString(), Name(without[0]));
        Assert.Empty(without[0].GetProperty("labels").EnumerateArray());
        Assert.Throws<ArgumentException>(() => Labelled(1, new() { Labels = [same] }));
    }

    [Fact]
    public void Labels_of_many_texts_are_those_of_a_sample()
    {
        // What is at the end only counts as much as what is at the beginning.
        var topics = ExplorerPages.Data(Labelled(60_000)).GetProperty("topics");
        Assert.Equal(("machine learning", "rate of interest"), (Name(topics[0]), Name(topics[1])));
    }

    /// <summary>Against resampling, for shares of many forms.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(30)]
    [InlineData(300)]
    public void Intervals_are_those_of_the_bootstrap(int texts)
    {
        var random = new Random(texts);
        var (activations, groups) = (new Matrix<double>(texts, 4), new string?[texts]);
        var explorer = new TopicExplorer(
            Matrix<float>.FromRowMajor([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], 4, 4), [1, 1, 1, 1],
            ["a", "b", "c", "d"]);
        for (var n = 0; n < texts; n++)
        {
            // Most of most texts is of one topic; the last topic is in few.
            double[] row = [random.NextDouble(), Math.Pow(random.NextDouble(), 8) * 9, 1, n % 8 == 0 ? 3 : 0];
            row.CopyTo(activations.Row(n));
            groups[n] = "all";
            explorer.Add(Array.ConvertAll(row, value => (float)value), new() { Class = "all" });
        }

        var expected = TopicShares.By(activations, groups, new() { Resamples = 20_000 })[0].Shares;
        var classes = ExplorerPages.Data(explorer).GetProperty("classes");
        for (var t = 0; t < 4; t++)
        {
            var (lower, upper) = (Of("lower", t), Of("upper", t));
            var tolerance = Math.Max(0.1 * (expected[t].Upper - expected[t].Lower), 2e-4);
            Assert.Equal(expected[t].Share, Of("shares", t), 1e-4);
            Assert.Equal(expected[t].Lower, lower, tolerance);
            Assert.Equal(expected[t].Upper, upper, tolerance);
            Assert.InRange(Of("shares", t), lower, upper);
        }

        double Of(string name, int topic) => classes.GetProperty(name)[topic][0].GetInt32() / 1e4;
    }

    [Fact]
    public void A_group_of_one_text_says_nothing_and_one_of_equal_texts_everything()
    {
        var explorer = new TopicExplorer(
            Matrix<float>.FromRowMajor([1, 0, 0, 1], 2, 2), [1, 1], ["a", "b"]);
        explorer.Add([1, 3], new() { Class = "one" });
        for (var n = 0; n < 5; n++)
            explorer.Add([1, 4], new() { Class = "equal" });
        var classes = ExplorerPages.Data(explorer).GetProperty("classes");
        Assert.Equal(["equal", "one"], classes.GetProperty("names").EnumerateArray().Select(n => n.GetString()));
        Assert.Equal((2000, 2000), Ends(0, 0));
        Assert.Equal((0, 10_000), Ends(0, 1));

        (int, int) Ends(int topic, int group) => (Of("lower", topic, group), Of("upper", topic, group));

        int Of(string name, int topic, int group) => classes.GetProperty(name)[topic][group].GetInt32();
    }

    [Fact]
    public void Representative_texts_are_chosen_among_more_than_are_shown()
    {
        var explorer = new TopicExplorer(
            Matrix<float>.FromRowMajor([1, 0, 1, 0, 1, 0, 0, 1], 4, 2), [1, 1], ["boat", "sail", "wind", "bread"],
            new() { DocumentsPerTopic = 3 });
        // Nine that say the same, and one that does not.
        for (var n = 0; n < 9; n++)
            explorer.Add([9, 0], new() { Text = $"Boat! The sail: {n}" });
        explorer.Add([5, 0], new() { Text = "wind" });
        var data = ExplorerPages.Data(explorer);
        Assert.Equal(["Boat! The sail: 0", "wind"], Texts("representatives"));
        Assert.Equal(["Boat! The sail: 0", "Boat! The sail: 1", "Boat! The sail: 2"], Texts("documents"));
        Assert.Equal(4, data.GetProperty("counts").GetProperty("shown").GetInt32());

        string[] Texts(string list) =>
        [
            .. data.GetProperty("topics")[0].GetProperty(list).EnumerateArray()
                .Select(d => data.GetProperty("documents")[d.GetInt32()].GetProperty("text").GetString()!),
        ];
    }

    [Fact]
    public void Groups_hold_every_topic_with_words_once_and_say_what_it_is_about()
    {
        var data = ExplorerPages.Data(ExplorerPages.Grouped());
        var groups = data.GetProperty("groups").EnumerateArray().ToArray();
        Assert.Equal(3, groups.Length);
        Assert.Equal([.. Enumerable.Range(0, 16)], Members(groups.Length - 1).Order());
        var halves = groups[^1].GetProperty("children").EnumerateArray().Select(child => ~child.GetInt32()).ToArray();
        Assert.Equal(2, halves.Length);
        Assert.All(halves, half => Assert.Single(Members(half).Select(topic => topic / 8).Distinct()));
        foreach (var half in halves)
        {
            Assert.Contains(
                $"word{32 + (Members(half)[0] / 8)}", groups[half].GetProperty("name").GetString(),
                StringComparison.Ordinal);
        }

        // Topics without words are in none, and copies are one group.
        var copies = ExplorerPages.Data(new TopicExplorer(
            Matrix<float>.FromRowMajor([1, 1, 1, 0, 2, 2, 2, 0], 2, 4), [1, 1, 1, 0], ["a", "b"]));
        Assert.Equal(
            [0, 1, 2], copies.GetProperty("groups")[0].GetProperty("children").EnumerateArray()
                .Select(child => child.GetInt32()).Order());
        Assert.Equal(1, copies.GetProperty("groups").GetArrayLength());
        Assert.Equal([1, 2], copies.GetProperty("topics")[0].GetProperty("twins").EnumerateArray()
            .Select(twin => twin.GetInt32()));
        Assert.Empty(copies.GetProperty("topics")[3].GetProperty("twins").EnumerateArray());

        int[] Members(int group) =>
        [
            .. groups[group].GetProperty("children").EnumerateArray().Select(child => child.GetInt32())
                .SelectMany(child => child < 0 ? Members(~child) : [child]),
        ];
    }

    private static string Name(JsonElement topic) => topic.GetProperty("name").GetString()!;

    private static TopicExplorer Labelled(int texts, TopicExplorerOptions? options = null)
    {
        var random = new Random(3);
        var dictionary = new Matrix<float>(Vocabulary.Length, 2);
        for (var w = 0; w < Vocabulary.Length; w++)
            (dictionary[w, 0], dictionary[w, 1]) = w < 3 ? (1, 0) : w < 6 ? (0, 1) : (0.3f, 0.3f);
        var explorer = new TopicExplorer(dictionary, [1, 1], Vocabulary, options);
        for (var n = 0; n < texts; n++)
        {
            var text = n % 2 == 0 ? "The machine learning of a network and" : "The rate of interest in the market of";
            explorer.Add(
                n % 2 == 0 ? [5, 0.1f] : [0.1f, 5],
                new() { Text = $"{text} the paper {(random.Next(2) == 0 ? "network" : "market")} {n}." });
        }

        return explorer;
    }
}

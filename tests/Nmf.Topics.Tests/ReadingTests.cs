using Nmf.Kernels;
using Xunit;

namespace Nmf.Topics.Tests;

/// <summary>What is read from topics and texts: labels, texts that stand for a topic, shares of groups, a
/// hierarchy.</summary>
public sealed class ReadingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_label_is_a_phrase_of_its_topic_and_not_a_frequent_word()
    {
        var (texts, h) = Labelled();
        var labels = TopicLabels.Find(
            texts, h, new() { StopWords = new HashSet<string> { "the", "of", "and", "in", "a" } }, Token);
        Assert.Equal("machine learning", labels[0][0].Phrase);
        Assert.Equal("rate of interest", labels[1][0].Phrase);
        Assert.All(labels.SelectMany(of => of), label => Assert.True(label.Texts >= 5 && label.Score > 0));
        Assert.DoesNotContain(labels.SelectMany(of => of), label => label.Phrase is "paper" or "the" or "of");
        Assert.All(labels, of => Assert.Equal(of.Select(l => l.Score).OrderDescending(), of.Select(l => l.Score)));
    }

    [Fact]
    public void The_score_is_that_of_its_formula()
    {
        // Phrases "a b" and words a, b, c in shares of two topics; by hand from Tomokiyo and Hurst's two terms.
        string[] texts = ["aa bb cc", "aa bb", "cc cc", "bb, cc"];
        var h = Matrix<double>.FromRowMajor([1, 0, 1, 1, 0, 2, 1, 3], 4, 2);
        var labels = TopicLabels.Find(texts, h, new() { LeastTexts = 1, MostWords = 2, Count = 10 }, Token);
        double[] share = [1, 0.5, 0, 0.25];
        var total = (3 * share[0]) + (2 * share[1]) + (2 * share[2]) + (2 * share[3]);
        var (aa, bb, both) = (share[0] + share[1], share[0] + share[1] + share[3], share[0] + share[1]);
        var expected = 1000 * (both / total)
            * (Math.Log(both / total) - Math.Log(aa / total) - Math.Log(bb / total)
                + Math.Log(both / total / (2 / 9.0)));
        Assert.Equal("aa bb", labels[0][0].Phrase);
        Assert.Equal(expected, labels[0][0].Score, 1e-9 * expected);
        Assert.DoesNotContain(labels[0], label => label.Phrase is "aa" or "bb");
        Assert.DoesNotContain(labels.SelectMany(of => of), label => label.Phrase == "bb cc" && label.Texts > 1);
    }

    [Fact]
    public void Names_of_the_user_win_and_no_two_are_the_same()
    {
        TopicLabel A(string phrase) => new(phrase, 1, 5);
        Assert.Equal(
            ["stock market", "Mine", "bank", "Topic 3"],
            TopicLabels.Names(
                [[A("stock market"), A("bank")], [A("bank")], [A("stock market"), A("bank")], []],
                [null, "Mine", null, null]));
        Assert.Throws<ArgumentException>(() => TopicLabels.Names([[]], ["a", "b"]));
        Assert.Equal(["topic 1", "Topic 1 (2)", "Topic 2"], TopicLabels.Names([[], [], []], ["topic 1", null, null]));
        Assert.Throws<ArgumentException>(() => TopicLabels.Names([[], []], ["a", "a"]));
        Assert.Throws<ArgumentException>(() => TopicLabels.Names([[], []], [null, " "]));
    }

    [Theory]
    [InlineData("हिन्दी भाषा", "हिन्दी भाषा")]
    [InlineData("Cafe\u0301 Cre\u0301me", "cafe\u0301 cre\u0301me")]
    [InlineData("می\u200Cخواهم\u200C", "می\u200Cخواهم")]
    [InlineData("\U00010400\U00010401", "\U00010428\U00010429")]
    [InlineData("\u0301\u200Cword", "word")]
    public void Words_of_all_scripts_stay_whole(string text, string label)
    {
        var h = new Matrix<float>(12, 2);
        for (var n = 0; n < 12; n++)
            h[n, n / 6] = 1;
        string[] texts = [.. Enumerable.Repeat(text, 6), .. Enumerable.Repeat("other", 6)];
        Assert.Equal(label, TopicLabels.Find(texts, h, null, Token)[0][0].Phrase);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void Activations_that_are_none_are_named(double bad)
    {
        var h = Matrix<double>.FromRowMajor([1, 2, 3, bad], 2, 2);
        var counts = NmfData<double>.FromMatrix(Matrix<double>.FromRowMajor([1, 2, 3, 4], 2, 2));
        foreach (var act in new Action[]
        {
            () => TopicShares.By(h, ["a", "b"]), () => TopicLabels.Find(["a", "b"], h),
            () => RepresentativeTexts.Choose(h, counts),
        })
        {
            Assert.Contains("Text 1", Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_of_a_hierarchy_are_checked_before_the_texts_are()
    {
        var counts = NmfData<float>.FromMatrix(Matrix<float>.FromRowMajor([1, 2], 1, 2));
        foreach (var bad in new TopicHierarchyOptions[]
        {
            new() { Beta = double.NaN }, new() { Iterations = null! }, new() { Threads = 0 }, new() { Leaves = 1 },
        })
        {
            Assert.Throws<ArgumentException>(() => TopicHierarchy.Fit(counts, bad));
        }
    }

    [Fact]
    public void Hostile_texts_have_no_labels_but_do_no_harm()
    {
        string[] texts = ["", "\0\uD800", new string('x', 100_000), "--''--", "1 2 3", "<script> </script>", "ÄÖ ÄÖ"];
        var h = new Matrix<float>(7, 1);
        for (var n = 0; n < 7; n++)
            h[n, 0] = 1;
        var labels = TopicLabels.Find(texts, h, new() { LeastTexts = 1 }, Token);
        Assert.All(labels[0], label => Assert.True(label.Phrase.Length < 130));
        Assert.Empty(TopicLabels.Find(texts, new Matrix<float>(7, 2), null, Token)[1]);
        Assert.Throws<ArgumentException>(() => TopicLabels.Find(texts, new Matrix<float>(6, 1)));
    }

    [Fact]
    public void Representative_texts_are_of_their_topic_and_no_copies()
    {
        // Topic 0: twenty copies of one text, two others; topic 1: all different.
        var counts = new Matrix<float>(30, 12);
        var h = new Matrix<float>(30, 2);
        for (var n = 0; n < 30; n++)
        {
            var topic = n < 22 ? 0 : 1;
            h[n, topic] = 5;
            h[n, 1 - topic] = n == 21 ? 5 : 0.1f;
            for (var j = 0; j < 3; j++)
                counts[n, n < 20 ? j : (3 + n + (2 * j)) % 12] = n == 0 ? 4 : 2;
        }

        var chosen = RepresentativeTexts.Choose(h, NmfData<float>.FromMatrix(counts), new() { Count = 3 }, Token);
        Assert.Equal(1, chosen[0].Count(text => text.Text < 20));
        Assert.Contains(chosen[0], text => text.Text == 20);
        Assert.All(chosen[1], text => Assert.InRange(text.Text, 22, 29));
        Assert.Equal(3, chosen[1].Count);
        Assert.Equal(5 / 5.1, chosen[1][0].Share, 1e-6);
        var all = RepresentativeTexts.Choose(
            h, NmfData<float>.FromMatrix(counts), new() { Count = 3, Diversity = 0, NearDuplicate = 1 }, Token);
        Assert.True(all[0].Count(text => text.Text < 20) <= 1 || all[0].All(text => text.Text < 20));
        Assert.Throws<ArgumentException>(
            () => RepresentativeTexts.Choose(h, NmfData<float>.FromMatrix(counts), new() { Count = 0 }));
    }

    [Fact]
    public void Shares_of_groups_are_means_with_the_intervals_of_a_mean()
    {
        var random = new Random(1);
        var (h, groups) = (new Matrix<double>(400, 2), new string?[400]);
        for (var n = 0; n < 400; n++)
        {
            var share = 0.2 + (0.6 * random.NextDouble());
            (h[n, 0], h[n, 1]) = (7 * share, 7 * (1 - share));
            groups[n] = n < 300 ? "large" : n < 398 ? "b" : n == 398 ? "a single one" : null;
        }

        var shares = TopicShares.By(h, groups, new() { Resamples = 4000 }, Token);
        Assert.Equal(["a single one", "b", "large"], shares.Select(group => group.Name));
        Assert.Equal([1, 98, 300], shares.Select(group => group.Texts));
        Assert.Equal((0, 1), (shares[0].Shares[0].Lower, shares[0].Shares[0].Upper));
        var large = shares[2].Shares[0];
        var values = Enumerable.Range(0, 300).Select(n => h[n, 0] / 7).ToArray();
        Assert.Equal(values.Average(), large.Share, 1e-12);
        var error = Math.Sqrt(values.Sum(v => (v - large.Share) * (v - large.Share)) / 300 / 300);
        Assert.Equal(1.96 * error, large.Share - large.Lower, 0.15 * error);
        Assert.Equal(1.96 * error, large.Upper - large.Share, 0.15 * error);
        Assert.All(shares, group => Assert.Equal(1, group.Shares.Sum(share => share.Share), 1e-9));
        Assert.Equal(shares[2].Shares, TopicShares.By(h, groups, new() { Resamples = 4000 }, Token)[2].Shares);
        Assert.Equal(
            ["2024-03", null, "0987-12"],
            TopicShares.Periods([new DateTime(2024, 3, 9), null, new DateTime(987, 12, 1)], TopicPeriod.Month));
    }

    [Fact]
    public void A_hierarchy_finds_the_halves_before_the_quarters()
    {
        // Four topics of words of their own; pairs of them share words.
        var random = new Random(2);
        var counts = new Matrix<float>(400, 24);
        for (var n = 0; n < 400; n++)
        {
            for (var j = 0; j < 12; j++)
                counts[n, random.Next(2) == 0 ? (n % 4 * 4) + random.Next(4) : 16 + (n % 4 / 2 * 4) + random.Next(4)]++;
        }

        foreach (var data in new[] { NmfData<float>.FromMatrix(counts), Sparse(counts) })
        {
            var reports = new List<int>();
            var root = TopicHierarchy.Fit(data, new() { Leaves = 4 }, new Reports(reports), Token);
            Assert.Equal([2, 3, 4], reports);
            Assert.Equal(400, root.Texts.Count);
            var halves = root.Children.Select(
                child => child.Texts.GroupBy(n => n % 4 / 2).Max(group => group.Count()) / (double)child.Texts.Count);
            Assert.All(halves, purity => Assert.True(purity > 0.99));
            var leaves = Leaves(root).ToArray();
            Assert.Equal(4, leaves.Length);
            Assert.Equal(400, leaves.Sum(leaf => leaf.Texts.Count));
            foreach (var leaf in leaves)
            {
                var topic = leaf.Texts.GroupBy(n => n % 4).MaxBy(group => group.Count())!;
                Assert.True(topic.Count() > 0.9 * leaf.Texts.Count);
                Assert.Contains(topic.Key * 4, leaf.TopWords(8).Select(word => word / 4 * 4));
                Assert.Equal(2, leaf.Depth);
                Assert.Equal(1, leaf.Weights.Sum(), 1e-5);
            }

            Assert.Equal(
                leaves.Select(leaf => leaf.Weights[0]),
                Leaves(TopicHierarchy.Fit(data, new() { Leaves = 4 }, null, Token)).Select(leaf => leaf.Weights[0]));
            Assert.Equal(Enumerable.Range(0, 7), Nodes(root).Select(node => node.Number).Order());
        }
    }

    [Fact]
    public void The_score_of_a_split_is_that_of_its_authors()
    {
        // compute_priority of the authors' MATLAB code, done with numpy for these weights.
        Assert.Equal(
            0.3279811150714261, TopicHierarchy.Score([0.3, 0.25, 0.2, 0.15, 0.1, 0], [0.5, 0.05, 0.3, 0.1, 0.05, 0.01],
                [0.02, 0.5, 0.03, 0.2, 0.25, 0]), 1e-9);
        Assert.Equal(0, TopicHierarchy.Score([1, 0, 0], [1, 0, 0], [0, 1, 0]));
    }

    [Fact]
    public void What_cannot_be_split_is_a_leaf()
    {
        var same = new Matrix<float>(50, 5);
        for (var n = 0; n < 50; n++)
            same.Row(n).Fill(1);
        Assert.InRange(Leaves(TopicHierarchy.Fit(NmfData<float>.FromMatrix(same), new(), null, Token)).Count(), 1, 10);
        var few = new Matrix<float>(10, 5);
        few[0, 0] = 1;
        Assert.Empty(TopicHierarchy.Fit(NmfData<float>.FromMatrix(few), new(), null, Token).Children);
        Assert.Throws<ArgumentException>(
            () => TopicHierarchy.Fit(NmfData<float>.FromMatrix(few), new() { Leaves = 1 }));
    }

    private static IEnumerable<TopicNode> Nodes(TopicNode node) => node.Children.SelectMany(Nodes).Prepend(node);

    private static IEnumerable<TopicNode> Leaves(TopicNode node) => Nodes(node).Where(leaf => leaf.Children.Count == 0);

    private static NmfData<float> Sparse(Matrix<float> dense)
    {
        var (starts, columns, values) = (new long[dense.Rows + 1], new List<int>(), new List<float>());
        for (var n = 0; n < dense.Rows; n++)
        {
            for (var f = 0; f < dense.Columns; f++)
            {
                if (dense[n, f] > 0)
                {
                    columns.Add(f);
                    values.Add(dense[n, f]);
                }
            }

            starts[n + 1] = values.Count;
        }

        return NmfData<float>.FromMatrix(
            SparseMatrix<float>.FromCsr(dense.Rows, dense.Columns, starts, [.. columns], [.. values]));
    }

    private static (string[] Texts, Matrix<double> Activations) Labelled()
    {
        var random = new Random(3);
        string[] machine = ["network", "data", "model", "training"], money = ["bank", "credit", "market", "price"];
        var texts = new string[80];
        var h = new Matrix<double>(80, 2);
        for (var n = 0; n < 80; n++)
        {
            var own = n % 2 == 0 ? machine : money;
            var phrase = n % 2 == 0 ? "Machine learning" : "The rate of interest";
            texts[n] = $"This paper is on {own[random.Next(4)]}. {phrase} in the {own[random.Next(4)]} and a "
                + $"{own[random.Next(4)]} paper; {own[random.Next(4)]}!";
            (h[n, 0], h[n, 1]) = n % 2 == 0 ? (10.0, 0.5) : (0.5, 10.0);
        }

        return (texts, h);
    }

    private sealed class Reports(List<int> reports) : IProgress<int>
    {
        public void Report(int value) => reports.Add(value);
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;
using Xunit;

namespace Nmf.Topics.Tests;

/// <summary>What readers ask of a fitted pipeline, by the names of columns.</summary>
public sealed class TopicCatalogTests
{
    private static readonly string[][] Phrases =
        [["wind and waves", "fishing boats", "high tide"], ["interest rates", "stock market", "central bank"]];

    private readonly MLContext _context = new(seed: 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Labels_are_phrases_without_stop_words_at_their_ends()
    {
        var data = Transformed();
        var names = TopicLabels.Names(
            _context.Model.LabelTopics(data, "Text", "Topics", cancellationToken: Token));
        Assert.Single(names, name => Phrases[0].Contains(name));
        Assert.Single(names, name => Phrases[1].Contains(name));
        var german = _context.Model.LabelTopics(
            data, "Text", "Topics", new() { Count = 20 }, StopWordsRemovingEstimator.Language.German, Token);
        Assert.Contains(
            german.SelectMany(of => of), label => label.Phrase.StartsWith("the ", StringComparison.Ordinal));
        var own = _context.Model.LabelTopics(
            data, "Text", "Topics", new() { StopWords = new HashSet<string> { "boats", "waves", "tide" } },
            cancellationToken: Token);
        Assert.DoesNotContain(
            own.SelectMany(of => of), label => label.Phrase.EndsWith("boats", StringComparison.Ordinal));
    }

    [Fact]
    public void Texts_stand_for_their_topics_and_differ()
    {
        var data = Transformed();
        var texts = _context.Model.FindRepresentativeTexts(
            data, "Text", "Counts", "Topics", new() { Count = 3 }, Token);
        Assert.All(texts, of =>
        {
            Assert.Equal(3, of.Select(text => text.Text).Distinct().Count());
            Assert.Single(Phrases, phrases => of.All(text => phrases.Any(text.Text.Contains)));
        });
    }

    [Fact]
    public void Shares_change_over_time_and_between_classes_of_any_type()
    {
        var data = Transformed();
        var years = _context.Model.TopicsOverTime(
            data, "Published", "Topics", options: new() { Resamples = 200 }, cancellationToken: Token);
        Assert.Equal(["2020", "2021"], years.Select(year => year.Name));
        var boats = years[0].Shares.ToList().FindIndex(share => share.Share > 0.5);
        Assert.True(years[0].Shares[boats].Lower > years[1].Shares[boats].Upper);
        Assert.All(years.SelectMany(year => year.Shares), share => Assert.True(
            share.Lower <= share.Share && share.Share <= share.Upper));
        var months = _context.Model.TopicsOverTime(
            data, "Published", "Topics", TopicPeriod.Month, new() { Resamples = 0 }, Token);
        Assert.Equal(12, months.Count(month => month.Name.StartsWith("2020", StringComparison.Ordinal)));

        var keys = _context.Transforms.Conversion.MapValueToKey("Key", "Place").Fit(data).Transform(data);
        var byText = _context.Model.TopicsByClass(data, "Place", "Topics", cancellationToken: Token);
        Assert.Equal(["bank", "shore"], byText.Select(group => group.Name));
        Assert.Equal(
            byText.Select(group => group.Shares[0]),
            _context.Model.TopicsByClass(keys, "Key", "Topics", cancellationToken: Token)
                .Select(group => group.Shares[0]));
        Assert.Equal(
            ["2020", "2021"],
            _context.Model.TopicsByClass(data, "Year", "Topics", cancellationToken: Token).Select(group => group.Name));
    }

    [Fact]
    public void A_hierarchy_names_its_words()
    {
        var tree = _context.Model.FitTopicHierarchy(Transformed(), "Counts", new() { Leaves = 2 }, Token);
        Assert.Equal(2, tree.Root.Children.Count);
        var first = tree.Root.Children[0].TopWords(4).Select(word => tree.Words![word]).Where(word => word != "day");
        Assert.Single(Phrases, phrases => first.All(word => phrases.Any(phrase => phrase.Contains(word))));
    }

    [Fact]
    public void Columns_that_are_missing_or_of_another_type_are_named()
    {
        var data = Transformed();
        Refused("Nowhere", () => _context.Model.LabelTopics(data, "Text", "Nowhere"));
        Refused("Nowhere", () => _context.Model.LabelTopics(data, "Nowhere", "Topics"));
        Refused("Text", () => _context.Model.TopicsOverTime(data, "Text", "Topics"));
        Refused("Text", () => _context.Model.TopicsByClass(data, "Place", "Text"));
        Refused("Counts", () => _context.Model.TopicsByClass(data, "Counts", "Topics"));
        Refused("Year", () => _context.Model.FitTopicHierarchy(data, "Year"));

        static void Refused(string name, Action action) => Assert.Contains(
            name, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_is_a_missing_number_is_none()
    {
        var rows = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 9).Select(n => new Rated
        {
            Rating = n % 3 == 0 ? float.NaN : n % 3 + 0.5f, Topics = [1, n],
        }));
        Assert.Equal(
            ["1.5", "2.5"],
            _context.Model.TopicsByClass(rows, "Rating", "Topics", cancellationToken: Token).Select(g => g.Name));
    }

    private IDataView Transformed()
    {
        var random = new Random(4);
        var data = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 240).Select(n =>
        {
            var topic = random.Next(10) < (n % 2 == 0 ? 2 : 7) ? 1 : 0;
            var phrases = Phrases[topic];
            return new Article
            {
                Text = $"The {phrases[random.Next(3)]} of the day: {phrases[random.Next(3)]} and "
                    + $"the {phrases[random.Next(3)]}.",
                Place = topic == 0 ? "shore" : "bank", Year = 2020 + (n % 2),
                Published = new DateTime(2020 + (n % 2), 1 + (n / 2 % 12), 5),
            };
        }).ToArray());
        return _context.Transforms.Text.NormalizeText("Clean", "Text", keepPunctuations: false)
            .Append(_context.Transforms.Text.TokenizeIntoWords("Words", "Clean"))
            .Append(_context.Transforms.Text.RemoveDefaultStopWords("Words"))
            .Append(_context.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
            .Append(_context.Transforms.NonnegativeMatrixFactorization("Topics", "Counts", rank: 2, beta: 1))
            .Fit(data).Transform(data);
    }

    private sealed class Rated
    {
        public float Rating { get; set; }

        [VectorType(2)]
        public float[] Topics { get; set; } = [];
    }

    private sealed class Article
    {
        public string Text { get; set; } = "";

        public string Place { get; set; } = "";

        public int Year { get; set; }

        public DateTime Published { get; set; }
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Text;
using Nmf;

namespace MLNmf.Tests;

/// <summary>Topics that are wanted, by some of their words, and why a row has the topics that it has.</summary>
public sealed class GuidedTopicsTests
{
    private static readonly string[] Animals = ["cat", "dog", "horse", "mouse", "lion"];
    private static readonly string[] Money = ["bank", "coin", "credit", "loan", "tax"];
    private static readonly string[] Weather = ["rain", "snow", "sun", "wind", "storm"];

    private readonly MLContext _context = new(seed: 1);
    private readonly List<string> _log = [];

    public GuidedTopicsTests() => _context.Log += (_, e) => _log.Add(e.Message);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Topics_come_in_the_order_in_which_they_are_wanted_with_their_names(int seed)
    {
        var data = Texts();
        var fitted = Counts().Append(_context.Transforms.GuidedTopics(
            "Topics", "Counts", [new("weather", "storm", "sun"), new("finance", "loan")], rank: 3, seed: seed))
            .Fit(data);
        var model = fitted.LastTransformer.Model;
        Assert.Equal(["weather", "finance", "Component2"], model.ComponentNames);
        string[][] expected = [Weather, Money, Animals];
        for (var k = 0; k < 3; k++)
            Assert.Equal(expected[k].Order(), model.GetTopFeatures(k, 5).Select(feature => feature.Name).Order());
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        fitted.Transform(data).Schema["Topics"].GetSlotNames(ref names);
        Assert.Equal("finance", names.GetItemOrDefault(1).ToString());
        Assert.Equal(
            model.ComponentNames, ModelStream.Load(ModelStream.Save(fitted.LastTransformer)).Model.ComponentNames);
    }

    [Fact]
    public void Unknown_words_are_an_error_or_a_warning_that_names_them()
    {
        var data = Texts();
        var options = Options(new("weather", "storm", "Sun"), new("finance", "loan", "yacht"));
        var error = Assert.ThrowsAny<ArgumentException>(() => Counts().Append(
            _context.Transforms.NonnegativeMatrixFactorization(options)).Fit(data));
        Assert.Contains("'Sun' (weather), 'yacht' (finance)", error.Message, StringComparison.Ordinal);

        options.Guidance = options.Guidance! with { UnknownWords = UnknownWords.Warning };
        Counts().Append(_context.Transforms.NonnegativeMatrixFactorization(options)).Fit(data);
        Assert.Contains(_log, message => message.Contains("'yacht' (finance)", StringComparison.Ordinal));

        options.Guidance = new(new GuidedTopic("sea", "yacht")) { UnknownWords = UnknownWords.Warning };
        error = Assert.ThrowsAny<ArgumentException>(() => Counts().Append(
            _context.Transforms.NonnegativeMatrixFactorization(options)).Fit(data));
        Assert.Contains("No word of topic 'sea'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_go_with_guided_topics_is_refused_when_the_estimator_is_made()
    {
        Refused("no slot names", () => _context.Transforms.GuidedTopics("H", "Features", [new("a", "b")], rank: 2)
            .Fit(TestRows.View(_context, TestRows.Values())));
        Refused("free components", () => Make(options => options.Rank = 1));
        Refused("the name 'weather'", () => Make(
            options => options.Guidance = new(new GuidedTopic("weather", "a"), new GuidedTopic("weather", "b"))));
        Refused("the name 'Component2'", () => Make(
            options => options.Guidance = new(new GuidedTopic("Component2", "a"))));
        Refused("BetaNmf", () => Make(options => options.Problem = new AutomaticRelevance(1)));
        Refused("finite and at least 0", () => Make(
            options => options.Guidance = options.Guidance! with { Weight = -1 }));
        Refused("no guided topic", () => _ = new TopicGuidance());
        Refused("reaction 7", () => Make(
            options => options.Guidance = options.Guidance! with { UnknownWords = (UnknownWords)7 }));
        Refused("no word", () => _ = new GuidedTopic("empty"));
        Refused("Annealing does not go with a Seed penalty", () => Make(
            options => options.Problem = new BetaNmf(1) { Annealing = new() }));

        void Make(Action<NmfEstimator.Options> change)
        {
            var options = Options(new GuidedTopic("weather", "storm"), new GuidedTopic("finance", "loan"));
            change(options);
            _context.Transforms.NonnegativeMatrixFactorization(options);
        }

        static void Refused(string part, Action make) => Assert.Contains(
            part, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_components_give_their_names_to_the_slots()
    {
        var view = TestRows.View(_context, TestRows.Values());
        double[] ramp = [.. Enumerable.Range(0, 12).Select(f => 1.0 + f)];
        var known = KnownComponents.FromColumns([ramp]).Named(["ramp"]);
        var fitted = _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 3,
            Problem = new BetaNmf(1) { Known = known }, Iterations = new() { MaximumIterations = 5 },
        }).Fit(view);
        Assert.Equal(["ramp", "Component1", "Component2"], fitted.Model.ComponentNames);
    }

    [Fact]
    public void A_row_is_explained_by_words_and_topics()
    {
        var data = Texts();
        var fitted = Counts().Append(_context.Transforms.GuidedTopics(
            "Topics", "Counts", [new("weather", "storm"), new("finance", "loan"), new("animals", "cat")])).Fit(data);
        var text = _context.Data.LoadFromEnumerable(
            new[] { new Text { Words = "cat bank cat rain" }, new Text { Words = "tax" }, new Text { Words = "" } });
        var counts = fitted.Transform(text);
        var all = fitted.LastTransformer.Explain(counts, TestContext.Current.CancellationToken).ToArray();
        Assert.Equal([0L, 1, 2], all.Select(row => row.Row));
        var first = all[0].Contributions;
        Assert.Equal(first.Select(c => c.Value).OrderDescending(), first.Select(c => c.Value));
        Assert.Equal(("animals", "cat"), (first[0].ComponentName, first[0].FeatureName));
        Assert.Equal(2, first.Where(c => c.FeatureName == "cat").Sum(c => c.Value), 1e-5);
        Assert.Equal(4, first.Sum(c => c.Value), 1e-5);
        Assert.Equal(("finance", "tax"), (all[1].Contributions[0].ComponentName, all[1].Contributions[0].FeatureName));
        Assert.Empty(all[2].Contributions);
        for (var k = 0; k < 3; k++)
            Assert.Equal(
                all[0].Numbers.Activations[k], all[0].Numbers.ComponentTotals[k], 1e-2 * all[0].Numbers.Total);
    }

    private static NmfEstimator.Options Options(params GuidedTopic[] topics) => new()
    {
        OutputColumnName = "Topics", InputColumnName = "Counts", Rank = 3, Problem = 1, Guidance = new(topics),
    };

    private EstimatorChain<NgramExtractingTransformer> Counts()
        => _context.Transforms.Text.TokenizeIntoWords("Tokens", "Words")
        .Append(_context.Transforms.Conversion.MapValueToKey("Tokens"))
        .Append(_context.Transforms.Text.ProduceNgrams("Counts", "Tokens", ngramLength: 1, useAllLengths: false));

    private IDataView Texts()
    {
        var random = new Random(5);
        string[][] topics = [Animals, Money, Weather];
        return _context.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(n => new Text
        {
            Words = string.Join(' ', Enumerable.Range(0, 8).Select(
                _ => topics[random.Next(20) == 0 ? random.Next(3) : n % 3][random.Next(5)])),
        }).ToArray());
    }

    private sealed class Text
    {
        public string Words { get; set; } = "";
    }
}

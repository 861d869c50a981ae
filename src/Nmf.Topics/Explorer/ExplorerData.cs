namespace Nmf.Topics;

/// <summary>What a page says, found once and written as often as it takes to fit.</summary>
internal sealed partial class ExplorerData
{
    // Words of a name that the topic gives itself.
    private const int WordsOfName = 3;

    // λ of such names: where the authors of LDAvis found readers to do best.
    private const double NamingLambda = 0.6;

    private readonly TopicExplorer _explorer;
    private readonly TermRelevance _relevance;
    private readonly TopicDistances _words;
    private readonly TopicDistances _distances;
    private readonly Lazy<TopicMap> _map;
    private readonly int[][] _termsOfTopics;
    private readonly int[] _terms;
    private readonly ShownDocument[][] _documents;

    private ExplorerData(
        TopicExplorer explorer, TopicDistances words, TopicDistances distances, int[][] termsOfTopics)
    {
        (_explorer, _relevance, _words, _distances) = (explorer, explorer.Relevance, words, distances);
        _termsOfTopics = termsOfTopics;
        var shown = termsOfTopics.SelectMany(terms => terms).ToHashSet();
        var others = Enumerable.Range(0, _relevance.Terms)
            .Where(w => !shown.Contains(w) && _relevance.Probability(w) > 0)
            .OrderByDescending(_relevance.Probability).ThenBy(w => w)
            .Take(Math.Max(0, explorer.Options.SearchableTerms - shown.Count));
        _terms = [.. shown.Concat(others).OrderByDescending(_relevance.Probability).ThenBy(w => w)];
        _documents = explorer.Documents;
        _map = new(_distances.Map);
    }

    /// <summary>Computes distances and words.</summary>
    public static ExplorerData Of(
        TopicExplorer explorer, IProgress<TopicExplorerProgress>? progress, CancellationToken cancellationToken)
    {
        var topics = explorer.Relevance.Topics;
        // Topics that are nearly the same have the same words; which are near each other is better told by the texts.
        var words = TopicDistances.Of(explorer.Relevance, null, Compares("words"), cancellationToken);
        var distances = explorer.HasTopics
            ? TopicDistances.Of(explorer.Relevance, explorer.Texts, Compares("texts"), cancellationToken) : words;
        var terms = new int[topics][];
        for (var t = 0; t < topics; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            terms[t] = [.. explorer.Relevance.Candidates(t, explorer.Options.TermsPerTopic)];
            progress?.Report(new("choosing words", t + 1, topics));
        }

        return new ExplorerData(explorer, words, distances, terms);

        Compared? Compares(string what)
            => progress is null ? null : new(progress, $"comparing the {what} of topics", topics);
    }

    private string Name(int topic)
        => _explorer.Options.TopicNames?[topic] is { Length: > 0 } name ? Passage.Beginning(name, 200)
        : _termsOfTopics[topic].Length == 0 ? "(no words)"
        : string.Join(
            ", ", _relevance.TopTerms(topic, WordsOfName, NamingLambda).Select(w => Passage.Beginning(Word(w), 60)));

    private string Word(int term) => _explorer.Vocabulary[term] is { Length: > 0 } word ? word : $"(term {term})";

    // Topics in an order in which similar ones are neighbours.
    private int[] Order()
        => AverageLinkage.Cluster(_relevance.Topics, (i, j) => _distances[i, j]).LeafOrder();

    private sealed class Compared(IProgress<TopicExplorerProgress> progress, string stage, int topics) : IProgress<int>
    {
        public void Report(int value) => progress.Report(new(stage, value, topics));
    }
}

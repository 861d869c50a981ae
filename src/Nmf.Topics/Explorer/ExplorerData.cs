namespace Nmf.Topics;

/// <summary>What a page says, found once and written as often as it takes to fit.</summary>
internal sealed partial class ExplorerData
{
    // Words of a name that the topic gives itself.
    private const int WordsOfName = 3;

    private const int LongestName = 200;

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
    private readonly ShownDocument[][] _representatives;
    private readonly IReadOnlyList<IReadOnlyList<TopicLabel>> _labels;
    private readonly string[] _names;
    private readonly TopicGroups _groups;

    private ExplorerData(
        TopicExplorer explorer, TopicDistances words, TopicDistances distances, int[][] termsOfTopics,
        IReadOnlyList<IReadOnlyList<TopicLabel>> labels)
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
        _representatives = [.. _documents.Select(Representatives)];
        _documents = [.. _documents.Select(documents => documents.Take(explorer.Options.DocumentsPerTopic).ToArray())];
        _map = new(_distances.Map);
        _labels = labels;
        _names = Names();
        _groups = TopicGroups.Of(_relevance, _distances);
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

        progress?.Report(new("finding labels", 0, 1));
        var labels = explorer.Labels(cancellationToken);
        progress?.Report(new("finding labels", 1, 1));
        return new ExplorerData(explorer, words, distances, terms, labels);

        Compared? Compares(string what)
            => progress is null ? null : new(progress, $"comparing the {what} of topics", topics);
    }

    private string? NameOfUser(int topic)
        => _explorer.Options.TopicNames?[topic] is { Length: > 0 } name ? Passage.Beginning(name, LongestName) : null;

    // Names of the user first, then labels, each for one topic only, then words.
    private string[] Names()
    {
        var topics = Enumerable.Range(0, _relevance.Topics);
        var taken = topics.Select(NameOfUser).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. topics.Select(t => NameOfUser(t)
                ?? _labels[t].Select(label => Passage.Beginning(label.Phrase, LongestName)).FirstOrDefault(taken.Add)
                ?? Summary(_relevance.TopTerms(t, WordsOfName, NamingLambda))),
        ];
    }

    private string Summary(IReadOnlyList<int> terms) => terms.Count == 0 ? "(no words)"
        : string.Join(", ", terms.Select(w => Passage.Beginning(Word(w), 60)));

    // As many relevant ones as stand for the topic and differ.
    private ShownDocument[] Representatives(ShownDocument[] documents, int topic)
    {
        var count = Math.Min(_explorer.Options.RepresentativesPerTopic, _explorer.Options.DocumentsPerTopic);
        if (count == 0)
            return [];
        (ShownDocument Document, double Relevance)[] candidates =
        [
            .. documents.Select(document => (document, document.Share(topic) * Math.Sqrt(1 + document.Amount)))
                .Where(candidate => candidate.Item2 > 0)
                .OrderByDescending(candidate => candidate.Item2).ThenBy(candidate => candidate.document.Number),
        ];
        return
        [
            .. RepresentativeTexts.Choose(
                Array.ConvertAll(candidates, candidate => candidate.Relevance),
                Array.ConvertAll(candidates, candidate => candidate.Document.Words),
                new() { Count = count }).Select(i => candidates[i].Document),
        ];
    }

    private string Word(int term) => _explorer.Vocabulary[term] is { Length: > 0 } word ? word : $"(term {term})";

    // Topics in an order in which similar ones are neighbours.
    private int[] Order()
        => AverageLinkage.Cluster(_relevance.Topics, (i, j) => _distances[i, j]).LeafOrder();

    private sealed class Compared(IProgress<TopicExplorerProgress> progress, string stage, int topics) : IProgress<int>
    {
        public void Report(int value) => progress.Report(new(stage, value, topics));
    }
}

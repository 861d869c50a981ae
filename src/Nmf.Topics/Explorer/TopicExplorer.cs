using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Topics;

/// <summary>
/// One interactive HTML page of the topics of texts, which needs no server and loads nothing: a map of the topics,
/// labels from the texts, their words by relevance with λ on a slider (Sievert and Shirley 2014, LDAvis), documents
/// that differ with their words marked, search, topics over time and per class with intervals, groups of topics and of
/// these again, and which topics are nearly the same.
/// </summary>
/// <remarks>
/// <para>Documents are added one by one, and of them only the best of each topic are kept (with
/// <see cref="TopicExplorerOptions.TextLength"/> characters each), a sample for the labels, sums for each day and
/// for each class: memory does not grow with their number. Without documents the page has the map, the words
/// and the similarities.</para>
/// <para>Texts, names and words may be anything: they are in the page as data, are shown as text, and the page allows
/// no script but its own. What is the same is written to the same bytes. Not thread-safe.</para>
/// </remarks>
/// <example>
/// <code>
/// string[] words = ["boat", "sail", "bread"], texts = ["A boat. A sail.", "Bread, bread."];
/// float[] counts = [1, 1, 0, 0, 0, 2];
/// var options = new NmfOptions { Rank = 2, Problem = BetaDivergence.KullbackLeibler, Seed = 1 };
/// var model = NmfFactorizer.Fit(NmfData&lt;float&gt;.FromDense(counts, 2, 3), options);
/// TopicDocument[] documents = [.. texts.Select(text => new TopicDocument { Text = text })];
/// TopicExplorer.For(model, words, documents).Save("topics.html");
/// </code>
/// </example>
public sealed class TopicExplorer
{
    /// <summary>Number of different classes above which they are no classes.</summary>
    public const int MostClasses = 1000;

    // Topics of a document that the page has: more do not fit a row of it.
    private const int TopicsOfDocument = 5;
    private const double LeastShare = 0.02;
    private const int TitleLength = 200;

    // Candidates for each document that is shown, so that there are some that differ.
    private const int Candidates = 4;

    // Words of a longer text say the same.
    private const int ComparedLength = 20_000;

    private readonly double[] _sizes;
    private readonly double[] _shares;
    private readonly ShownDocuments _documents;
    private readonly Dictionary<string, int> _terms = [];
    private readonly LabelSample? _labels;

    /// <summary>Prepares a page.</summary>
    /// <param name="dictionary">W, terms x topics.</param>
    /// <param name="topicShares">How large each topic is, in any unit
    /// (<see cref="NmfModel{T}.Contributions"/>).</param>
    /// <param name="vocabulary">The term of each row of the dictionary. The words of an n-gram are separated by
    /// blanks or by '|', as in ML.NET.</param>
    /// <param name="options">What is on the page, or null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no topic or no term, lengths differ, a number is negative or not
    /// finite, or an option is out of range.</exception>
    public TopicExplorer(
        Matrix<float> dictionary, IReadOnlyList<double> topicShares, IReadOnlyList<string> vocabulary,
        TopicExplorerOptions? options = null)
        : this(TermRelevance.Of(dictionary, topicShares, options?.TermTotals), Sums(dictionary), vocabulary, options)
    {
    }

    private TopicExplorer(
        TermRelevance relevance, double[] sizes, IReadOnlyList<string> vocabulary, TopicExplorerOptions? options)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Options = options ?? new();
        Options.Validate(relevance.Topics, relevance.Terms);
        if (relevance.Topics == 0 || relevance.Terms == 0)
        {
            throw new ArgumentException(
                $"The dictionary has {relevance.Terms} terms and {relevance.Topics} topics: there is nothing to show.",
                nameof(vocabulary));
        }

        if (vocabulary.Count != relevance.Terms)
        {
            throw new ArgumentException(
                $"The vocabulary has {vocabulary.Count} terms, but the dictionary has {relevance.Terms} rows.",
                nameof(vocabulary));
        }

        (Relevance, _sizes, Vocabulary) = (relevance, sizes, vocabulary);
        _shares = new double[relevance.Topics];
        _documents = new ShownDocuments(relevance.Topics, Candidates * Options.DocumentsPerTopic);
        _labels = Options is { Labels: null, FindsLabels: true } ? new(relevance.Topics) : null;
        Days = new(relevance.Topics);
        Classes = new(relevance.Topics);
        Texts = new(relevance.Topics);
        for (var w = 0; w < vocabulary.Count; w++)
        {
            if (vocabulary[w] is null)
                throw new ArgumentException($"Term {w} of the vocabulary is null.", nameof(vocabulary));
            _terms.TryAdd(vocabulary[w].ToLowerInvariant(), w);
        }
    }

    /// <summary>Number of documents that were added.</summary>
    public int DocumentCount { get; private set; }

    internal TopicExplorerOptions Options { get; }

    internal TermRelevance Relevance { get; }

    internal IReadOnlyList<string> Vocabulary { get; }

    internal Totals<DateOnly> Days { get; }

    internal Totals<string> Classes { get; }

    /// <summary>Which topics are in the same documents.</summary>
    internal SharedTexts Texts { get; }

    internal bool HasTopics => DocumentCount > WithoutTopics;

    /// <summary>Number of documents without any activation.</summary>
    internal int WithoutTopics { get; private set; }

    internal int WithoutText { get; private set; }

    internal ShownDocument[][] Documents => _documents.ToArrays();

    /// <summary>Prepares the page of a model, with its own training documents.</summary>
    /// <param name="model">The model.</param>
    /// <param name="vocabulary">The name of each feature.</param>
    /// <param name="documents">The documents of the fit, in the order of its rows, or null for none.</param>
    /// <param name="options">What is on the page, or null for the defaults.</param>
    /// <exception cref="ArgumentException">There are more or fewer documents than rows, or see the
    /// constructor.</exception>
    public static TopicExplorer For<T>(
        NmfModel<T> model, IReadOnlyList<string> vocabulary, IReadOnlyList<TopicDocument>? documents = null,
        TopicExplorerOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        if (documents is not null && documents.Count != model.Activations.Rows)
        {
            throw new ArgumentException(
                $"There are {documents.Count} documents, but the model has the activations of "
                + $"{model.Activations.Rows}.",
                nameof(documents));
        }

        var explorer = new TopicExplorer(
            TermRelevance.Of(model.Dictionary, model.Contributions, options?.TermTotals), Sums(model.Dictionary),
            vocabulary, options);
        var row = new float[model.Dictionary.Columns];
        for (var n = 0; n < (documents?.Count ?? 0); n++)
        {
            for (var k = 0; k < row.Length; k++)
                row[k] = float.CreateSaturating(model.Activations.Row(n)[k]);
            explorer.Add(row, documents![n]);
        }

        return explorer;
    }

    /// <summary>Adds a document.</summary>
    /// <param name="activations">Its activations, one for each topic; all zero for a document without topics.</param>
    /// <param name="document">What a reader sees of it.</param>
    /// <remarks>Takes O(K) time for each topic that the document has, and that of a search for a passage where it is
    /// among the best of a topic so far.</remarks>
    /// <exception cref="ArgumentException">There are more or fewer activations than topics, one is negative or not
    /// finite, or there are more than <see cref="MostClasses"/> classes.</exception>
    public void Add(ReadOnlySpan<float> activations, TopicDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (activations.Length != _shares.Length)
        {
            throw new ArgumentException(
                $"Document {DocumentCount} has {activations.Length} activations, but there are {_shares.Length} "
                + "topics.",
                nameof(activations));
        }

        double amount = 0;
        for (var t = 0; t < _shares.Length; t++)
        {
            if (!float.IsFinite(activations[t]) || activations[t] < 0)
            {
                throw new ArgumentException(
                    $"Document {DocumentCount} has the activation {activations[t]} of topic {t}. It must be finite "
                    + "and not negative.",
                    nameof(activations));
            }

            _shares[t] = activations[t] * _sizes[t];
            amount += _shares[t];
        }

        if (document.Class is { } name && !Classes.Has(name) && Classes.Groups == MostClasses)
        {
            throw new ArgumentException(
                $"Document {DocumentCount} is of the class '{Passage.Beginning(name, 50)}', and there were "
                + $"{MostClasses} other classes before. So many are no classes: leave them out, or make groups.",
                nameof(document));
        }

        var number = DocumentCount++;
        if (string.IsNullOrWhiteSpace(document.Text))
            WithoutText++;
        if (amount == 0)
            WithoutTopics++;
        Texts.Add(_shares);
        for (var t = 0; t < _shares.Length && amount > 0; t++)
            _shares[t] /= amount;
        if (document.Date is { } date)
            Days.Add(DateOnly.FromDateTime(date), _shares);
        if (document.Class is { } known)
            Classes.Add(known, _shares);
        if (amount == 0)
            return;
        if (!string.IsNullOrWhiteSpace(document.Text))
            _labels?.Offer(document.Text, _shares);
        _documents.Offer(_shares, amount, () => Shown(number, amount, document));
    }

    /// <summary>The labels of the topics that are given or found, best first.</summary>
    internal IReadOnlyList<IReadOnlyList<TopicLabel>> Labels(CancellationToken cancellationToken)
    {
        if (Options.Labels is { } given)
            return given;
        if (_labels is null)
            return [.. Enumerable.Repeat<IReadOnlyList<TopicLabel>>([], Relevance.Topics)];
        // Words of the model, and those of its phrases.
        var words = _terms.Keys.SelectMany(term => term.Split([' ', '|'])).ToHashSet(StringComparer.Ordinal);
        return _labels.Find(words.Contains, cancellationToken);
    }

    /// <summary>Writes the page to a file, which is replaced when the page is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told what is done, or null.</param>
    /// <param name="cancellationToken">Stops; the file is then as it was.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(
        string path, IProgress<TopicExplorerProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var temporary = path + ".tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
                Write(file, progress, cancellationToken);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes the page to a stream, as UTF-8.</summary>
    /// <param name="stream">Where to; stays open.</param>
    /// <param name="progress">Told what is done, or null.</param>
    /// <param name="cancellationToken">Stops.</param>
    public void Write(
        Stream stream, IProgress<TopicExplorerProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ExplorerPage.Write(this, stream, progress, cancellationToken);
    }

    private static double[] Sums<T>(Matrix<T> dictionary)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = new double[dictionary.Columns];
        for (var w = 0; w < dictionary.Rows; w++)
        {
            var row = dictionary.Row(w);
            for (var t = 0; t < sums.Length; t++)
                sums[t] += double.CreateTruncating(row[t]);
        }

        return sums;
    }

    private ShownDocument Shown(int number, double amount, TopicDocument document)
    {
        (int Topic, double Share)[] topics =
        [
            .. Enumerable.Range(0, _shares.Length).Where(t => _shares[t] >= LeastShare)
                .OrderByDescending(t => _shares[t]).ThenBy(t => t).Take(TopicsOfDocument).Select(t => (t, _shares[t])),
        ];
        var text = document.Text ?? "";
        return new ShownDocument(
            number, document.Title is { } title ? Passage.Beginning(title, TitleLength) : null,
            Passage.Best(text, Options.TextLength, word => Weight(word, topics)), text.Length, document.Date,
            document.Class is { } name ? Passage.Beginning(name, TitleLength) : null, topics, amount, Words(text));
    }

    private Dictionary<int, double> Words(string text)
    {
        var words = new Dictionary<int, double>();
        foreach (var word in TopicLabels.Words(text.Length <= ComparedLength ? text : text[..ComparedLength]))
        {
            if (_terms.TryGetValue(word, out var term))
                words[term] = words.GetValueOrDefault(term) + 1;
        }

        return RepresentativeTexts.Normalized(words);
    }

    // How much a word says about the largest topic of a document: p(t|w).
    private double Weight(string word, (int Topic, double Share)[] topics)
        => topics.Length > 0 && _terms.TryGetValue(word, out var w) && Relevance.Probability(w) is > 0 and var all
            ? Relevance.Probability(topics[0].Topic, w) * Relevance.TopicShares[topics[0].Topic] / all : 0;
}

namespace Nmf.Topics;

/// <summary>What is on the page of a <see cref="TopicExplorer"/>.</summary>
public sealed record TopicExplorerOptions
{
    /// <summary>Title of the page.</summary>
    public string Title { get; init; } = "Topics";

    /// <summary>A sentence about the texts, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Names of the topics, in their order; null, and null or empty for one topic, for the best of its
    /// labels, or, where there is none, its most relevant words.</summary>
    public IReadOnlyList<string?>? TopicNames { get; init; }

    /// <summary>Labels of the topics, best first, as <see cref="TopicLabels.Find"/> gives them; null to find them in
    /// the texts, of more than 20,000 in a sample. Phrases that are found begin and end with words that the model
    /// counts, so that no stop words do.</summary>
    public IReadOnlyList<IReadOnlyList<TopicLabel>>? Labels { get; init; }

    /// <summary>Whether labels are looked for in the texts where none are given. True by default.</summary>
    public bool FindsLabels { get; init; } = true;

    /// <summary>How often each term occurs in the texts, in any unit: the p(w) of the relevance and the pale bars. Null
    /// for what the model says.</summary>
    public IReadOnlyList<double>? TermTotals { get; init; }

    /// <summary>Number of words that are shown of a topic, whatever λ is. 30 by default.</summary>
    public int TermsPerTopic { get; init; } = 30;

    /// <summary>Number of words that can be searched, the most frequent ones beside those that are shown. 10,000 by
    /// default.</summary>
    public int SearchableTerms { get; init; } = 10_000;

    /// <summary>Number of documents of each topic: those with the largest product of the amount of the topic in the
    /// document and the square of its share, texts that are the same once. 50 by default.</summary>
    public int DocumentsPerTopic { get; init; } = 50;

    /// <summary>Number of documents of each topic that stand for it and differ from each other
    /// (<see cref="RepresentativeTexts"/>), chosen among four times <see cref="DocumentsPerTopic"/>. 10 by default, and
    /// no more than <see cref="DocumentsPerTopic"/>.</summary>
    public int RepresentativesPerTopic { get; init; } = 10;

    /// <summary>Most characters of a text; of a longer one the passage is shown that has most of its largest topic. 600
    /// by default.</summary>
    public int TextLength { get; init; } = 600;

    /// <summary>Size in bytes above which texts are shortened, down to 100 characters, and then documents left out. The
    /// page says so. 9,000,000 by default.</summary>
    public long MaximumSize { get; init; } = 9_000_000;

    /// <summary>Topics that are no farther from each other than this (see <see cref="TopicDistances"/>) are marked as
    /// nearly the same. 0.4 by default; 0 marks copies only.</summary>
    public double NearDuplicateDistance { get; init; } = 0.4;

    internal void Validate(int topics, int terms)
    {
        Option.Given(Title);
        Option.Require(
            TopicNames is null || TopicNames.Count == topics, nameof(TopicNames),
            $"There are {TopicNames?.Count} names of topics, but {topics} topics. They must be as many.");
        Option.Require(
            TermTotals is null || TermTotals.Count == terms, nameof(TermTotals),
            $"There are {TermTotals?.Count} totals of terms, but {terms} terms. They must be as many.");
        Option.Require(
            TermsPerTopic is >= 1 and <= 1000, nameof(TermsPerTopic),
            $"The number of words of a topic is {TermsPerTopic}. It must be between 1 and 1000.");
        Option.Require(
            SearchableTerms >= 0, nameof(SearchableTerms),
            $"The number of words to search is {SearchableTerms}. It must not be negative.");
        Option.Require(
            DocumentsPerTopic is >= 0 and <= 10_000, nameof(DocumentsPerTopic),
            $"The number of documents of a topic is {DocumentsPerTopic}. It must be between 0 and 10,000.");
        Option.Require(
            Labels is null || (Labels.Count == topics && Labels.All(labels => labels is not null)), nameof(Labels),
            $"There are labels of {Labels?.Count} topics, but {topics} topics. Each has a list, which may be empty.");
        Option.Require(
            RepresentativesPerTopic is >= 0 and <= 1000, nameof(RepresentativesPerTopic),
            $"The number of representative documents of a topic is {RepresentativesPerTopic}. It must be between 0 and "
            + "1000.");
        Option.Require(
            TextLength is >= 0 and <= 1_000_000, nameof(TextLength),
            $"The length of the texts is {TextLength}. It must be between 0 and 1,000,000.");
        Option.Require(
            MaximumSize > 0, nameof(MaximumSize), $"The largest size is {MaximumSize}. It must be greater than zero.");
        Option.Require(
            NearDuplicateDistance is >= 0 and <= 1, nameof(NearDuplicateDistance),
            $"The distance of near duplicates is {NearDuplicateDistance}. It must be between 0 and 1.");
    }
}

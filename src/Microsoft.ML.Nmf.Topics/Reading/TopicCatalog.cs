using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Text;
using Nmf;
using Nmf.Topics;

namespace Microsoft.ML;

/// <summary>A text that stands for a topic, with the text itself.</summary>
/// <param name="Row">Number of the row, counted from 0.</param>
/// <param name="Text">The text.</param>
/// <param name="Share">Share of the topic in the text, 0 to 1.</param>
public sealed record TopicText(long Row, string Text, double Share);

/// <summary>A node of a hierarchy of topics, with the words of the columns.</summary>
/// <param name="Root">The root.</param>
/// <param name="Words">Slot names of the column of counts, or null where it had none.</param>
public sealed record TopicTree(TopicNode Root, IReadOnlyList<string>? Words);

/// <summary>What readers of topics ask of texts that a fitted pipeline has transformed: data with a column of topics
/// (activations) and the columns that the pipeline read.</summary>
public static class TopicCatalog
{
    /// <summary>Labels of the topics: phrases of the texts (<see cref="TopicLabels"/>).</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">Transformed texts; read once.</param>
    /// <param name="textColumnName">Name of the column of texts, as they were written.</param>
    /// <param name="topicsColumnName">Name of the column of activations.</param>
    /// <param name="options">Which phrases are labels; its stop words come on top of those of the language.</param>
    /// <param name="language">The language of ML.NET's stop words, at which no phrase begins or ends; null for
    /// none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>For every topic its labels, best first. <see cref="TopicLabels.Names"/> makes one name of
    /// each.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static IReadOnlyList<IReadOnlyList<TopicLabel>> LabelTopics(
        this ModelOperationsCatalog catalog, IDataView data, string textColumnName, string topicsColumnName,
        TopicLabelOptions? options = null,
        StopWordsRemovingEstimator.Language? language = StopWordsRemovingEstimator.Language.English,
        CancellationToken cancellationToken = default)
    {
        var rows = TopicRows.Read(
            catalog, nameof(LabelTopics), data, topicsColumnName, cancellationToken, textColumnName);
        options ??= new();
        if (language is { } of)
            options = options with { StopWords = StopWords(rows.Texts(0), of, options.StopWords) };
        return TopicLabels.Find(rows.Texts(0), rows.Activations, options, cancellationToken);
    }

    /// <summary>Texts that stand for the topics, none nearly the same as another
    /// (<see cref="RepresentativeTexts"/>).</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">Transformed texts; read twice.</param>
    /// <param name="textColumnName">Name of the column of texts.</param>
    /// <param name="countsColumnName">Name of the column of word counts, by which texts are compared.</param>
    /// <param name="topicsColumnName">Name of the column of activations.</param>
    /// <param name="options">How many, and how different.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>For every topic its texts, best first.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static IReadOnlyList<IReadOnlyList<TopicText>> FindRepresentativeTexts(
        this ModelOperationsCatalog catalog, IDataView data, string textColumnName, string countsColumnName,
        string topicsColumnName, RepresentativeOptions? options = null, CancellationToken cancellationToken = default)
    {
        var rows = TopicRows.Read(
            catalog, nameof(FindRepresentativeTexts), data, topicsColumnName, cancellationToken, textColumnName);
        var (counts, _) = TopicRows.ReadCounts(catalog, data, countsColumnName, cancellationToken);
        var chosen = RepresentativeTexts.Choose(rows.Activations, counts, options, cancellationToken);
        return
        [
            .. chosen.Select(texts => (IReadOnlyList<TopicText>)
            [
                .. texts.Select(text => new TopicText(text.Text, rows.Texts(0)[text.Text], text.Share)),
            ]),
        ];
    }

    /// <summary>Shares of the topics over time, with intervals (<see cref="TopicShares"/>).</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">Transformed texts; read once.</param>
    /// <param name="dateColumnName">Name of the column of dates, <see cref="DateTime"/>.</param>
    /// <param name="topicsColumnName">Name of the column of activations.</param>
    /// <param name="period">How long a period is.</param>
    /// <param name="options">Intervals.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The periods that have texts, in their order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static IReadOnlyList<TopicGroup> TopicsOverTime(
        this ModelOperationsCatalog catalog, IDataView data, string dateColumnName, string topicsColumnName,
        TopicPeriod period = TopicPeriod.Year, TopicGroupOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var rows = TopicRows.Read(
            catalog, nameof(TopicsOverTime), data, topicsColumnName, cancellationToken, dates: dateColumnName);
        return TopicShares.By(
            rows.Activations, TopicShares.Periods(rows.Dates, period), options, cancellationToken);
    }

    /// <summary>Shares of the topics in classes of texts, with intervals (<see cref="TopicShares"/>).</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">Transformed texts; read once.</param>
    /// <param name="classColumnName">Name of the column of classes: text, a key, or what ML.NET can write as
    /// text.</param>
    /// <param name="topicsColumnName">Name of the column of activations.</param>
    /// <param name="options">Intervals.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The classes in ordinal order of their names.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static IReadOnlyList<TopicGroup> TopicsByClass(
        this ModelOperationsCatalog catalog, IDataView data, string classColumnName, string topicsColumnName,
        TopicGroupOptions? options = null, CancellationToken cancellationToken = default)
    {
        var rows = TopicRows.Read(
            catalog, nameof(TopicsByClass), data, topicsColumnName, cancellationToken, classColumnName);
        return TopicShares.By(rows.Activations, rows.Texts(0), options, cancellationToken);
    }

    /// <summary>A hierarchy of topics: splits into two, and of the parts again
    /// (<see cref="global::Nmf.Topics.TopicHierarchy"/>). It needs no fitted factorisation.</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">Texts with their word counts; read once.</param>
    /// <param name="countsColumnName">Name of the column of word counts.</param>
    /// <param name="options">How many leaves, and how they are made.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static TopicTree FitTopicHierarchy(
        this ModelOperationsCatalog catalog, IDataView data, string countsColumnName,
        TopicHierarchyOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (counts, words) = TopicRows.ReadCounts(catalog, data, countsColumnName, cancellationToken);
        return new TopicTree(TopicHierarchy.Fit(counts, options, null, cancellationToken), words);
    }

    // ML.NET has the lists, and says what is in them by what it takes out.
    private static HashSet<string> StopWords(
        IReadOnlyList<string> texts, StopWordsRemovingEstimator.Language language, IEnumerable<string> others)
    {
        var context = new MLContext();
        var words = texts.SelectMany(TopicLabels.Words).ToHashSet(StringComparer.Ordinal);
        var all = context.Data.LoadFromEnumerable([new WordList { Words = [.. words] }]);
        var rest = context.Transforms.Text.RemoveDefaultStopWords("Words", language: language).Fit(all).Transform(all);
        words.ExceptWith(context.Data.CreateEnumerable<WordList>(rest, reuseRowObject: false).Single().Words);
        words.UnionWith(others);
        return words;
    }

    private sealed class WordList
    {
        public string[] Words { get; set; } = [];
    }
}

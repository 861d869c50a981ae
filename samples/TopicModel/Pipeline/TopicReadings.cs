using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf.Topics;
using TopicModel.Corpus;

namespace TopicModel.Pipeline;

/// <summary>What readers ask of the topics of the training part: labels, texts that stand for them, shares in the
/// classes, topics of topics, and topics that are nearly the same.</summary>
/// <param name="Labels">For every topic phrases of its texts, best first.</param>
/// <param name="Representatives">For every topic documents that stand for it and differ.</param>
/// <param name="Classes">The most frequent classes with the shares of the topics and their intervals, most frequent
/// first; empty where there are no labels.</param>
/// <param name="Tree">The texts in two parts, these in two parts, and so on.</param>
/// <param name="Pairs">Pairs of topics by the cosine of their words, the most similar first; none of topics without a
/// word in common.</param>
internal sealed record TopicReadings(
    IReadOnlyList<IReadOnlyList<TopicLabel>> Labels, IReadOnlyList<IReadOnlyList<Document>> Representatives,
    IReadOnlyList<TopicGroup> Classes, TopicTree Tree, IReadOnlyList<Nmf.ComponentPair> Pairs)
{
    /// <summary>The cosine from which on two topics are nearly the same.</summary>
    public const double NearDuplicate = 0.7;

    private const int MostClasses = 12;
    private const int MostLeaves = 10;
    private const int TextsOfTopic = 4;
    private const string Topics = nameof(TopicsRow.Topics);

    /// <summary>Reads the training part.</summary>
    /// <param name="ml">Context.</param>
    /// <param name="corpus">The word counts.</param>
    /// <param name="transformer">The topics.</param>
    /// <param name="stopWords">Words at which no label begins or ends, beside the usual English ones.</param>
    public static TopicReadings Of(
        MLContext ml, CountedCorpus corpus, NmfTransformer transformer, IReadOnlyList<string> stopWords)
    {
        var documents = corpus.Split.Training;
        var data = transformer.Transform(corpus.Training);
        var texts = ml.Data.LoadFromEnumerable(
            data.GetColumn<float[]>(Topics)
                .Zip(documents, (shares, document) => new LabelRow { Text = document.Text, Topics = shares }).ToArray(),
            LabelRow.Definition(transformer.Model.Rank));
        var representatives = ml.Model.FindRepresentativeTexts(
            data, nameof(LabelledTextRow.Label), WordCounts.Column, Topics, new() { Count = TextsOfTopic });
        var largest = corpus.Split.Classes.Take(MostClasses).ToList();
        return new TopicReadings(
            ml.Model.LabelTopics(
                texts, nameof(LabelRow.Text), Topics,
                new() { StopWords = stopWords.ToHashSet(StringComparer.Ordinal) }),
            [.. representatives.Select(of => of.Select(text => documents[(int)text.Row]).ToArray())],
            largest.Count < 2 ? []
                : [
                    .. ml.Model.TopicsByClass(data, nameof(LabelledTextRow.Label), Topics)
                        .Where(group => largest.Contains(group.Name)).OrderBy(group => largest.IndexOf(group.Name)),
                ],
            ml.Model.FitTopicHierarchy(
                corpus.Training, WordCounts.Column,
                new() { Leaves = Math.Clamp(transformer.Model.Rank, 2, MostLeaves) }),
            transformer.Model.NearDuplicates(1e-6));
    }

    private sealed class LabelRow : TextRow
    {
        public float[] Topics { get; set; } = [];

        public static SchemaDefinition Definition(int topics)
        {
            var definition = SchemaDefinition.Create(typeof(LabelRow));
            definition[nameof(Topics)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, topics);
            return definition;
        }
    }
}

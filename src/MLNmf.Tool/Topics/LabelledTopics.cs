using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNmf.Tool.Input;
using Nmf.Topics;

namespace MLNmf.Tool.Topics;

/// <summary>Labels of topics, phrases of the texts that they were found in.</summary>
internal static class LabelledTopics
{
    /// <summary>Finds them; phrases neither begin nor end with words that are not counted.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="transformer">The topics.</param>
    /// <param name="counts">Counts of the texts.</param>
    /// <param name="items">The texts.</param>
    /// <param name="vocabulary">Whose stop words, and which others.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static IReadOnlyList<IReadOnlyList<TopicLabel>> Find(
        MLContext ml, NmfTransformer transformer, IDataView counts, IReadOnlyList<TextItem> items,
        VocabularyOptions vocabulary, CancellationToken cancellationToken)
    {
        var rows = transformer.Transform(counts).GetColumn<float[]>(transformer.OutputColumnName)
            .Zip(items, (topics, item) => new Row { Text = item.Text, Topics = topics }).ToArray();
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Topics)].ColumnType = new VectorDataViewType(
            NumberDataViewType.Single, transformer.Model.Rank);
        return ml.Model.LabelTopics(
            ml.Data.LoadFromEnumerable(rows, definition), nameof(Row.Text), nameof(Row.Topics),
            new() { StopWords = vocabulary.StopWords.ToHashSet(StringComparer.Ordinal) }, vocabulary.Language,
            cancellationToken);
    }

    /// <summary>The topics with their best labels as names, which are stored; one that has none is called by its
    /// number.</summary>
    public static NmfTransformer Named(
        NmfTransformer transformer, IReadOnlyList<IReadOnlyList<TopicLabel>> labels)
    {
        var numbers = labels.Select((of, k) => of.Count > 0 ? null : $"Topic {k + 1}").ToArray();
        return transformer.NameComponents(TopicLabels.Names(labels, numbers));
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public float[] Topics { get; set; } = [];
    }
}

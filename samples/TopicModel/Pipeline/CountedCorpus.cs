using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using TopicModel.Corpus;

namespace TopicModel.Pipeline;

/// <summary>The word counts of a corpus, held in memory, and the transformer that makes them from text. Learnt from the
/// training part alone.</summary>
/// <param name="Split">The documents.</param>
/// <param name="Transformer">From Text to <see cref="WordCounts.Column"/>.</param>
/// <param name="Training">Counts and labels of the training part.</param>
/// <param name="Test">Counts and labels of the test part.</param>
/// <param name="Words">Number of words in the vocabulary.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record CountedCorpus(
    CorpusSplit Split, ITransformer Transformer, IDataView Training, IDataView Test, int Words, TimeSpan Elapsed)
{
    /// <summary>Fits the word counts and applies them.</summary>
    /// <exception cref="UserErrorException">No word is left.</exception>
    public static CountedCorpus Create(MLContext ml, CorpusSplit split, IReadOnlyList<string> stopWords)
    {
        var start = Stopwatch.GetTimestamp();
        var rows = split.Rows(ml, split.Training);
        var transformer = WordCounts.Fit(ml, rows, stopWords);
        var training = InMemory.Cache(
            ml, transformer.Transform(rows), nameof(LabelledTextRow.Label), WordCounts.Column);
        var test = InMemory.Cache(
            ml, transformer.Transform(split.Rows(ml, split.Test)), nameof(LabelledTextRow.Label), WordCounts.Column);
        if (training.Schema[WordCounts.Column].Type is not VectorDataViewType { Size: > 1 } counts)
            throw new UserErrorException(
                "No words are left to learn from: "
                + "none occurs in two texts or more without being in nearly all of them.");
        return new CountedCorpus(split, transformer, training, test, counts.Size, Stopwatch.GetElapsedTime(start));
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Text;
using Nmf;

namespace Topic_Pipeline;

/// <summary>The pipeline from a text to its topics.</summary>
public static class TopicModel
{
    public const string DefaultPath = "artifacts/topics.zip";

    // How many topics to look for; SurveyNmfRank of MLContext.Model helps to decide.
    public const int TopicCount = 8888;

    // Rare words make topics of single texts: of all words, the most frequent are kept.
    private const int MostWords = 20_000;

    /// <summary>The estimator, not yet fitted.</summary>
    /// <param name="topics">Number of topics.</param>
    public static IEstimator<ITransformer> Create(MLContext ml, int topics = TopicCount)
        // Stop words have their diacritics: "für" is in the list of German, "fur" is not.
        => ml.Transforms.Text.NormalizeText(
            "Clean", nameof(TextDocument.Text), keepDiacritics: true, keepPunctuations: false)
            .Append(ml.Transforms.Text.TokenizeIntoWords("Tokens", "Clean"))
            .Append(ml.Transforms.Text.RemoveDefaultStopWords(
                "Tokens", language: StopWordsRemovingEstimator.Language.English))
            .Append(ml.Transforms.Text.ProduceWordBags(
                "Counts", "Tokens", ngramLength: 1, maximumNgramsCount: MostWords))
            .Append(ml.Transforms.NonnegativeMatrixFactorization(
                nameof(TextTopics.Topics), "Counts", topics, BetaDivergence.KullbackLeibler, normalizeOutput: true));

    /// <summary>The leading words of each topic of a fitted or loaded pipeline.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> WordsOf(ITransformer model, int count = 8)
    {
        var topics = ((IEnumerable<ITransformer>)model).OfType<NmfTransformer>().Single().Model;
        return [.. Enumerable.Range(0, topics.Rank).Select(
            k => topics.GetTopFeatures(k, count).Select(word => word.Name!).ToArray())];
    }
}

/// <summary>A row of the CSV file. Add columns here, with the number of each.</summary>
public sealed class TextDocument
{
    [LoadColumn(0)]
    public string Text { get; set; } = "";
}

/// <summary>What the pipeline says of a text.</summary>
public sealed class TextTopics
{
    /// <summary>Share of each topic; they sum to one, or are all zero for a text without a known word.</summary>
    public float[] Topics { get; set; } = [];
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;

namespace TopicModel.Pipeline;

/// <summary>
/// Text to sparse word counts with ML.NET's own components: normalise, tokenise, drop stop words, drop words that are
/// in too many or too few documents.
/// </summary>
internal static class WordCounts
{
    /// <summary>The column of the counts.</summary>
    public const string Column = "WordCounts";

    private const string Tokens = "Tokens";
    private const double LargestShareOfDocuments = 0.5;

    private static readonly char[] Separators = [.. " \t\r\n.,;:!?\"()[]{}<>/\\|=+*-_#@&%$^~`’“”–—•…"];

    /// <summary>Learns which words to count from the training rows alone.</summary>
    /// <param name="ml">Context.</param>
    /// <param name="training">Rows with a Text column.</param>
    /// <param name="stopWords">Words to leave out on top of English stop words.</param>
    /// <returns>From Text to <see cref="Column"/>.</returns>
    public static ITransformer Fit(MLContext ml, IDataView training, IReadOnlyList<string> stopWords)
    {
        var tokenizer = Tokenizer(ml, stopWords).Fit(training);
        var tokens = InMemory.Cache(ml, tokenizer.Transform(training), Tokens);
        var (documents, tooFrequent) = FrequentWords(tokens);
        var fewestDocuments = Math.Clamp(documents / 1000, 2, 20);
        var counter = new EstimatorChain<ITransformer>();
        if (tooFrequent.Length > 0)
            counter = counter.Append<ITransformer>(ml.Transforms.Text.RemoveStopWords(Tokens, stopwords: tooFrequent));
        counter = counter
            .Append<ITransformer>(ml.Transforms.Text.ProduceWordBags(
                Column, Tokens, ngramLength: 1, useAllLengths: false,
                weighting: NgramExtractingEstimator.WeightingCriteria.Tf))
            .Append<ITransformer>(
                ml.Transforms.FeatureSelection.SelectFeaturesBasedOnCount(Column, count: fewestDocuments));
        return tokenizer.Append(counter.Fit(tokens));
    }

    private static EstimatorChain<CustomStopWordsRemovingTransformer> Tokenizer(
        MLContext ml, IReadOnlyList<string> stopWords)
    {
        var text = ml.Transforms.Text;
        var letters = Enumerable.Range('a', 26).Select(c => ((char)c).ToString());
        return text.NormalizeText(
            Tokens, nameof(TextRow.Text), TextNormalizingEstimator.CaseMode.Lower, keepDiacritics: true,
            keepPunctuations: true, keepNumbers: false)
            .Append(text.TokenizeIntoWords(Tokens, separators: Separators))
            .Append(text.RemoveDefaultStopWords(Tokens))
            .Append(text.RemoveStopWords(Tokens, stopwords: [.. stopWords, .. letters]));
    }

    private static (int Documents, string[] Words) FrequentWords(IDataView tokens)
    {
        var documentsWith = new Dictionary<string, int>();
        var documents = 0;
        foreach (var words in tokens.GetColumn<string[]>(Tokens))
        {
            documents++;
            foreach (var word in words.Distinct())
                documentsWith[word] = documentsWith.GetValueOrDefault(word) + 1;
        }

        var most = LargestShareOfDocuments * documents;
        return (documents,
            [.. documentsWith.Where(w => w.Value > most).Select(w => w.Key).Order(StringComparer.Ordinal)]);
    }
}

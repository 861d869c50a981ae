using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;

namespace TopicModel.Pipeline;

/// <summary>
/// Text to sparse word counts with ML.NET's own components: normalise, tokenise, drop stop words, drop words that are in too many or too few documents.
/// </summary>
internal static class WordCounts
{
    /// <summary>The column of the counts.</summary>
    public const string Column = "WordCounts";

    private const string Tokens = "Tokens";
    private const double LargestShareOfDocuments = 0.2;

    private static readonly char[] Separators = [.. " \t\r\n.,;:!?\"()[]{}<>/\\|=+*-_#@&%$^~`’“”–—•…"];

    /// <summary>The words that are too frequent to tell documents apart are counted here, so this is fitted on the training part alone.</summary>
    /// <param name="ml">Context.</param>
    /// <param name="training">Rows with a Text column.</param>
    /// <param name="stopWords">Words to leave out on top of English stop words.</param>
    /// <returns>An estimator from Text to <see cref="Column"/>.</returns>
    public static IEstimator<ITransformer> Create(MLContext ml, IDataView training, IReadOnlyList<string> stopWords)
    {
        var tokens = Tokenize(ml, stopWords);
        var (documents, tooFrequent) = FrequentWords(tokens.Fit(training).Transform(training));
        var fewestDocuments = Math.Clamp(documents / 1000, 2, 20);
        var text = ml.Transforms.Text;
        IEstimator<ITransformer> chain = tokens;
        if (tooFrequent.Length > 0)
            chain = chain.Append(text.RemoveStopWords(Tokens, stopwords: tooFrequent));
        return chain
            .Append(text.ProduceWordBags(Column, Tokens, ngramLength: 1, useAllLengths: false, weighting: NgramExtractingEstimator.WeightingCriteria.Tf))
            .Append(ml.Transforms.FeatureSelection.SelectFeaturesBasedOnCount(Column, count: fewestDocuments));
    }

    private static EstimatorChain<CustomStopWordsRemovingTransformer> Tokenize(MLContext ml, IReadOnlyList<string> stopWords)
    {
        var text = ml.Transforms.Text;
        var letters = Enumerable.Range('a', 26).Select(c => ((char)c).ToString());
        return text.NormalizeText(Tokens, nameof(TextRow.Text), TextNormalizingEstimator.CaseMode.Lower, keepDiacritics: true, keepPunctuations: true, keepNumbers: false)
            .Append(text.TokenizeIntoWords(Tokens, separators: Separators))
            .Append(text.RemoveDefaultStopWords(Tokens))
            .Append(text.RemoveStopWords(Tokens, stopwords: [.. stopWords, .. letters]));
    }

    private static (int Documents, string[] Words) FrequentWords(IDataView tokenized)
    {
        var documentsWith = new Dictionary<string, int>();
        var seen = new HashSet<string>();
        var documents = 0;
        foreach (var words in tokenized.GetColumn<string[]>(Tokens))
        {
            documents++;
            seen.Clear();
            foreach (var word in words)
            {
                if (seen.Add(word))
                    documentsWith[word] = documentsWith.GetValueOrDefault(word) + 1;
            }
        }

        var most = Math.Max(2, LargestShareOfDocuments * documents);
        return (documents, [.. documentsWith.Where(w => w.Value > most).Select(w => w.Key).Order(StringComparer.Ordinal)]);
    }
}

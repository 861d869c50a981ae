using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;
using MLNmf.Tool.Input;

namespace MLNmf.Tool.Topics;

/// <summary>
/// Word counts of texts, with ML.NET's own components: lower case, words, no stop words, and none of the words that are
/// in too many or too few texts.
/// </summary>
/// <param name="Transformer">From Text to <see cref="Column"/>.</param>
/// <param name="Counts">The counts of the texts; the words are made once and kept.</param>
/// <param name="Words">Number of words.</param>
internal sealed record WordCounts(ITransformer Transformer, IDataView Counts, int Words)
{
    /// <summary>Name of the column of counts.</summary>
    public const string Column = "WordCounts";

    private static readonly char[] Separators = [.. " \t\r\n.,;:!?\"'()[]{}<>/\\|=+*-_#@&%$^~`’“”‘«»–—•…"];

    /// <summary>Finds out which words to count, and counts them.</summary>
    /// <exception cref="UserErrorException">No word is left.</exception>
    public static WordCounts Of(
        MLContext ml, IReadOnlyList<TextItem> items, VocabularyOptions options, CancellationToken cancellationToken)
    {
        var rows = ml.Data.LoadFromEnumerable(items.Select(item => new TextRow { Text = item.Text }));
        var tokenizer = Tokenizer(ml, options).Fit(rows);
        var tokens = new List<TokenRow>(items.Count);
        foreach (var row in ml.Data.CreateEnumerable<TokenRow>(tokenizer.Transform(rows), reuseRowObject: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            tokens.Add(row);
        }

        var fewest = options.FewestTexts ?? Math.Clamp(items.Count / 1000, 2, 20);
        var view = ml.Data.LoadFromEnumerable(tokens);
        var tooFrequent = FrequentWords(tokens, options.LargestShare);
        // ML.NET's counter throws where there is nothing to count.
        var frequent = tooFrequent.ToHashSet(StringComparer.Ordinal);
        if (!tokens.Exists(row => Array.Exists(row.Tokens, token => !frequent.Contains(token))))
            throw NoWords();
        var counter = Counter(ml, tooFrequent, options.Ngrams, fewest).Fit(view);
        cancellationToken.ThrowIfCancellationRequested();
        var counts = counter.Transform(view);
        var words = counts.Schema[Column].Type is VectorDataViewType { Size: > 0 } vector ? vector.Size : 0;
        return words < 2 ? throw NoWords() : new WordCounts(tokenizer.Append(counter), counts, words);

        UserErrorException NoWords() => new(
            $"No words are left to learn from of {Texts.Count(items.Count)} texts: "
            + $"counted are words that are in {fewest} texts or more (--min-texts), in at most "
            + $"{Texts.Percent(options.LargestShare)} of them (--max-share), and no stop words of "
            + $"{options.Language} (--language). Numbers are not counted.");
    }

    private static EstimatorChain<ITransformer> Tokenizer(MLContext ml, VocabularyOptions options)
    {
        var text = ml.Transforms.Text;
        var letters = Enumerable.Range('a', 26).Select(letter => ((char)letter).ToString());
        return new EstimatorChain<ITransformer>()
            .Append<ITransformer>(text.NormalizeText(
                nameof(TokenRow.Tokens), nameof(TextRow.Text), TextNormalizingEstimator.CaseMode.Lower,
                keepDiacritics: true, keepPunctuations: true, keepNumbers: false))
            .Append<ITransformer>(text.TokenizeIntoWords(nameof(TokenRow.Tokens), separators: Separators))
            .Append<ITransformer>(text.RemoveDefaultStopWords(nameof(TokenRow.Tokens), language: options.Language))
            .Append<ITransformer>(text.RemoveStopWords(
                nameof(TokenRow.Tokens), stopwords: [.. options.StopWords, .. letters]));
    }

    private static EstimatorChain<ITransformer> Counter(MLContext ml, string[] tooFrequent, int ngrams, int fewest)
    {
        var counter = new EstimatorChain<ITransformer>();
        if (tooFrequent.Length > 0)
            counter = counter.Append<ITransformer>(
                ml.Transforms.Text.RemoveStopWords(nameof(TokenRow.Tokens), stopwords: tooFrequent));
        return counter
            .Append<ITransformer>(ml.Transforms.Text.ProduceWordBags(
                Column, nameof(TokenRow.Tokens), ngramLength: ngrams, useAllLengths: ngrams > 1,
                weighting: NgramExtractingEstimator.WeightingCriteria.Tf))
            .Append<ITransformer>(
                ml.Transforms.FeatureSelection.SelectFeaturesBasedOnCount(Column, count: fewest));
    }

    // Of few texts every word is in a large share: what is in one of them only is left out otherwise.
    private static string[] FrequentWords(List<TokenRow> tokens, double largestShare)
    {
        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in tokens)
        {
            foreach (var word in row.Tokens.Distinct())
                texts[word] = texts.GetValueOrDefault(word) + 1;
        }

        var most = Math.Max(largestShare * tokens.Count, 2);
        return [.. texts.Where(word => word.Value > most).Select(word => word.Key).Order(StringComparer.Ordinal)];
    }

    private sealed class TokenRow
    {
        public string[] Tokens { get; set; } = [];
    }
}

/// <summary>What a saved pipeline of topics takes.</summary>
internal sealed class TextRow
{
    public string Text { get; set; } = "";
}

/// <summary>What it gives: the share of each topic in the text; zeros where it knows no word of the text.</summary>
internal sealed class TopicsRow
{
    public float[] Topics { get; set; } = [];
}

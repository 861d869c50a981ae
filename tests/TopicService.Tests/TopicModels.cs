using Microsoft.ML;
using Nmf;

namespace TopicService.Tests;

/// <summary>Two topic models, of the kind that samples/TopicModel saves, that differ in rank,
/// words and weights.</summary>
internal sealed class TopicModels
{
    private static readonly string[][] Themes =
    [
        ["cat", "dog", "horse", "sheep", "goat", "farm"],
        ["bank", "market", "stock", "bond", "price", "fund"],
        ["rain", "wind", "snow", "cloud", "storm", "sun"],
        ["violin", "flute", "piano", "drum", "song", "choir"],
    ];

    private TopicModels()
    {
        Small = Train(rank: 3, seed: 1);
        Large = Train(rank: 4, seed: 2);
        Texts = Documents(themes: 4, count: 24, seed: 3);
    }

    public static TopicModels Instance { get; } = new();

    public byte[] Small { get; }

    public byte[] Large { get; }

    public IReadOnlyList<string> Texts { get; }

    /// <summary>A model whose pipeline keeps the words in a column of their own.</summary>
    public static byte[] Tokenised
    {
        get
        {
            var context = new MLContext(seed: 4);
            var data = context.Data.LoadFromEnumerable(Documents(3, 60, 4).Select(t => new TextDocument { Text = t }));
            var model = context.Transforms.Text.TokenizeIntoWords("Tokens", "Text")
                .Append(context.Transforms.Text.ProduceWordBags(
                    "Counts", "Tokens", ngramLength: 1, useAllLengths: false))
                .Append(context.Transforms.NonnegativeMatrixFactorization(
                    "Topics", "Counts", rank: 3, beta: BetaDivergence.KullbackLeibler))
                .Fit(data);
            using var stream = new MemoryStream();
            context.Model.Save(model, data.Schema, stream);
            return stream.ToArray();
        }
    }

    private static byte[] Train(int rank, int seed)
    {
        var context = new MLContext(seed);
        var data =
            context.Data.LoadFromEnumerable(Documents(rank, 60, seed).Select(t => new TextDocument { Text = t }));
        var model = context.Transforms.Text.ProduceWordBags("Words", "Text", ngramLength: 1, useAllLengths: false)
            .Append(context.Transforms.NonnegativeMatrixFactorization(
                "Topics", "Words", rank: rank, beta: BetaDivergence.KullbackLeibler, normalizeOutput: true))
            .Fit(data);
        using var stream = new MemoryStream();
        context.Model.Save(model, data.Schema, stream);
        return stream.ToArray();
    }

    // Mostly words of one theme, with some of the others, so that weights are not all zero or one.
    private static string[] Documents(int themes, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(document => string.Join(' ', Enumerable.Range(0, 12).Select(_ =>
        {
            var theme = random.Next(4) > 0 ? document % themes : random.Next(themes);
            return Themes[theme][random.Next(Themes[theme].Length)];
        })))];
    }
}

using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLNmf.Tool.Input;

namespace MLNmf.Tool.Topics;

/// <summary>Which topics a text has, and which of its words say so.</summary>
/// <param name="Topics">Those that it has, largest share first.</param>
/// <param name="KnownWords">Number of its words that the model counts, with repetitions.</param>
/// <remarks>The words are those of <see cref="NmfTransformer.Explain"/>.</remarks>
internal sealed record Explanation(IReadOnlyList<ExplainedTopic> Topics, double KnownWords)
{
    /// <exception cref="UserErrorException">The model does not take a text.</exception>
    public static Explanation Of(MLContext ml, SavedModel saved, string text, int words)
    {
        var step = saved.RequireFactorisation();
        var row = TextInput.View(ml, saved, [text]);
        var view = saved.Transformer.Transform(row);
        if (view.Schema.GetColumnOrNull(step.InputColumnName) is null)
            throw new UserErrorException(
                $"{saved.Path} does not keep the column {step.InputColumnName} of the words, so they cannot be told.");
        var (explained, model) = (step.Explain(view).Single(), step.Model);
        var (numbers, of) = (explained.Numbers, explained.Contributions.ToLookup(part => part.Component));
        var counts = numbers.Features.Zip(numbers.Values).ToDictionary(pair => pair.First, pair => pair.Second);
        var total = numbers.Activations.Sum();
        var topics = Enumerable.Range(0, model.Rank).Where(k => numbers.Activations[k] > 0)
            .OrderByDescending(k => numbers.Activations[k])
            .Select(k => new ExplainedTopic(
                k + 1, TopicSummary.NameOf(model, k), numbers.Activations[k] / total,
                [.. of[k].Take(words).Select(part => new ExplainedWord(
                    TopicSummary.Readable(part.FeatureName), counts[part.Feature], part.Value))],
                [.. model.GetTopFeatures(k, 5).Select(feature => TopicSummary.Readable(feature.Name))]));
        return new Explanation([.. topics], numbers.Total);
    }
}

/// <param name="Topic">Number of the topic, from 1.</param>
/// <param name="Name">The name that is stored with it, or null.</param>
/// <param name="Share">Its share of the text.</param>
/// <param name="Because">The words of the text that say so, the one that says most first.</param>
/// <param name="About">The leading words of the topic.</param>
internal sealed record ExplainedTopic(
    int Topic, string? Name, double Share, IReadOnlyList<ExplainedWord> Because, IReadOnlyList<string> About);

/// <param name="Word">The word.</param>
/// <param name="Count">How often it is in the text.</param>
/// <param name="Part">How much of that the topic takes.</param>
internal sealed record ExplainedWord(string Word, double Count, double Part);

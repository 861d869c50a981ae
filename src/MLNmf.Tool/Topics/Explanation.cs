using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNmf.Tool.Input;

namespace MLNmf.Tool.Topics;

/// <summary>Which topics a text has, and which of its words say so.</summary>
/// <param name="Topics">Those that it has, largest share first.</param>
/// <param name="KnownWords">Number of its words that the model counts, with repetitions.</param>
/// <remarks>Of a word f that is in the text v_f times, the part of topic k is v_f h_k w_fk / Σ_j h_j w_fj: the parts of
/// a word add up to v_f, and under the Kullback-Leibler divergence those of a topic to its activation.</remarks>
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
        var counts = view.GetColumn<VBuffer<float>>(step.InputColumnName).Single();
        var activations = view.GetColumn<float[]>(step.OutputColumnName).Single();
        return Of(step.Model, counts, activations, words);
    }

    private static Explanation Of(NmfModelParameters model, VBuffer<float> counts, float[] activations, int words)
    {
        var values = counts.Items().Where(item => item.Value > 0).ToArray();
        var parts = new double[model.Rank, values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            double sum = 0;
            for (var k = 0; k < model.Rank; k++)
                sum += parts[k, i] = (double)activations[k] * model.GetComponent(k)[values[i].Key];
            for (var k = 0; k < model.Rank; k++)
                parts[k, i] = sum > 0 ? values[i].Value * parts[k, i] / sum : 0;
        }

        var total = activations.Sum(activation => (double)activation);
        var topics = Enumerable.Range(0, model.Rank).Where(k => activations[k] > 0)
            .OrderByDescending(k => activations[k])
            .Select(k => new ExplainedTopic(
                k + 1, activations[k] / total,
                [.. Enumerable.Range(0, values.Length).Where(i => parts[k, i] > 0)
                    .OrderByDescending(i => parts[k, i]).ThenBy(i => i).Take(words)
                    .Select(i => new ExplainedWord(
                        TopicSummary.Readable(model.FeatureNames?[values[i].Key] ?? $"Feature{values[i].Key}"),
                        values[i].Value, parts[k, i]))],
                [.. model.GetTopFeatures(k, 5).Select(feature => TopicSummary.Readable(feature.Name))]));
        return new Explanation([.. topics], values.Sum(item => (double)item.Value));
    }
}

/// <param name="Topic">Number of the topic, from 1.</param>
/// <param name="Share">Its share of the text.</param>
/// <param name="Because">The words of the text that say so, the one that says most first.</param>
/// <param name="About">The leading words of the topic.</param>
internal sealed record ExplainedTopic(
    int Topic, double Share, IReadOnlyList<ExplainedWord> Because, IReadOnlyList<string> About);

/// <param name="Word">The word.</param>
/// <param name="Count">How often it is in the text.</param>
/// <param name="Part">How much of that the topic takes.</param>
internal sealed record ExplainedWord(string Word, double Count, double Part);

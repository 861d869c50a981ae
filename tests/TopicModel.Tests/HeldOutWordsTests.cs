using Microsoft.ML.Data;
using Nmf.Kernels;
using OnlineTopics;

namespace TopicModel.Tests;

public sealed class HeldOutWordsTests
{
    private const int Words = 8;

    [Fact]
    public void A_dictionary_that_knows_nothing_is_as_perplexed_as_there_are_words()
    {
        var texts = Enumerable.Range(0, 20).Select(n => Text(word => 1 + ((n + word) % 5))).ToArray();
        var heldOut = new HeldOutWords(texts, [.. Enumerable.Repeat(1.0 / Words, Words)], 1);
        var uniform = Matrix<float>.FromRowMajor([.. Enumerable.Repeat(0.3f, 2 * Words)], Words, 2);

        Assert.Equal(20, heldOut.Documents);
        Assert.Equal(Words, heldOut.Perplexity(uniform), 1e-4);
    }

    [Fact]
    public void Topics_that_are_found_from_half_of_a_text_predict_the_other_half()
    {
        // Texts have either the first or the last four words, all alike; the frequencies do not tell which.
        var texts = Enumerable.Range(0, 40).Select(n => Text(word => word / 4 == n % 2 ? 50 : 0)).ToArray();
        var frequencies = HeldOutWords.Frequencies(texts, Words);
        Assert.All(frequencies, frequency => Assert.Equal(1.0 / Words, frequency, 1e-12));
        var heldOut = new HeldOutWords(texts, frequencies, 1);
        var topics = Matrix<float>.FromRowMajor(
            [.. Enumerable.Range(0, 2 * Words).Select(i => i / 2 / 4 == i % 2 ? 2f : 0f)], Words, 2);

        // A hundredth is left to the frequencies: 1 / (0.99 / 4 + 0.01 / 8).
        Assert.Equal(1 / ((0.99 / 4) + (0.01 / 8)), heldOut.Perplexity(topics), 1e-3);
    }

    [Fact]
    public void A_text_without_a_topic_falls_back_on_the_frequencies()
    {
        var heldOut = new HeldOutWords(
            [Text(word => word == 3 ? 100 : 0)], [0.1, 0.1, 0.1, 0.5, 0.05, 0.05, 0.05, 0.05], 1);
        var others = Matrix<float>.FromRowMajor(
            [.. Enumerable.Range(0, Words).Select(word => word == 3 ? 0f : 1f)], Words, 1);

        Assert.Equal(1 / 0.5, heldOut.Perplexity(others), 1e-9);
    }

    private static VBuffer<float> Text(Func<int, int> count)
        => new(Words, [.. Enumerable.Range(0, Words).Select(word => (float)count(word))]);
}

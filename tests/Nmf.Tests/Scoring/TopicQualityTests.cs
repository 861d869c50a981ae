namespace Nmf.Tests;

public sealed class TopicQualityTests
{
    private static readonly GoldenTopics Golden = RankGoldens.Values.Topics;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Coherence_and_diversity_are_those_of_the_formulae(bool sparse)
    {
        var documents = sparse
            ? TestData.Sparse<float>(Golden.Counts, Golden.Documents, Golden.Words)
            : TestData.Dense<float>(Golden.Counts, Golden.Documents, Golden.Words);
        var quality = TopicQuality.Evaluate(documents, Golden.Topics);
        for (var t = 0; t < Golden.Topics.Length; t++)
        {
            Assert.Equal(Golden.Coherence[t].UMass, quality.Topics[t].UMass, 1e-12);
            Assert.Equal(Golden.Coherence[t].Npmi, quality.Topics[t].Npmi, 1e-12);
        }

        Assert.Equal(-1, quality.Topics[2].Npmi);
        Assert.Equal(Golden.Diversity, quality.Diversity, 1e-15);
        Assert.Equal(Golden.Coherence.Average(c => c.Npmi), quality.MeanNpmi, 1e-12);
        Assert.Equal(6, quality.WordsPerTopic);
    }

    [Fact]
    public void Extremes_have_their_limits()
    {
        // Words 0 and 1 in the same documents, 2 and 3 in every one, 4 nowhere.
        var documents = NmfData<double>.FromDense([3, 1, 1, 1, 0, 0, 0, 1, 1, 0], 2, 5);
        var quality = TopicQuality.Evaluate(documents, [[0, 1], [2, 3], [4, 0], [1]]);
        Assert.Equal(1, quality.Topics[0].Npmi);
        Assert.Equal(1, quality.Topics[1].Npmi);
        Assert.Equal(-1, quality.Topics[2].Npmi);
        Assert.True(double.IsNaN(quality.Topics[2].UMass), "No document has the first word.");
        Assert.True(double.IsNaN(quality.Topics[3].Npmi));
        Assert.Equal(1.0 / 3, quality.MeanNpmi, 1e-15);
        Assert.Equal(5.0 / 7, quality.Diversity, 1e-15);
    }

    [Fact]
    public void Topics_of_planted_words_are_more_coherent_than_a_mixture_of_them()
    {
        var random = new Random(3);
        var values = new double[200 * 20];
        for (var n = 0; n < 200; n++)
        {
            for (var j = 0; j < 6; j++)
                values[(n * 20) + (n % 2 * 10) + random.Next(10)]++;
        }

        var documents = TestData.Sparse<float>(values, 200, 20);
        var model = NmfFactorizer.Fit(documents, new NmfOptions { Rank = 2, Problem = 1 });
        var found = TopicQuality.Evaluate(documents, TopicQuality.TopFeatures(model.Dictionary, 8));
        var mixed = TopicQuality.Evaluate(documents, [[0, 10, 1, 11, 2, 12], [13, 3, 14, 4, 15, 5]]);
        Assert.True(found.MeanNpmi > 0 && mixed.MeanNpmi < 0, $"{found.MeanNpmi} against {mixed.MeanNpmi}");
        Assert.True(found.MeanUMass > mixed.MeanUMass);
        Assert.Equal(1, found.Diversity);
    }

    [Fact]
    public void Words_that_do_not_exist_or_come_twice_are_named()
    {
        var documents = NmfData<float>.FromDense([1, 1, 1, 0], 2, 2);
        Assert.Contains(
            "Topic 1 names word 2",
            Assert.Throws<ArgumentException>(() => TopicQuality.Evaluate(documents, [[0], [1, 2]])).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "Topic 0 names a word twice",
            Assert.Throws<ArgumentException>(() => TopicQuality.Evaluate(documents, [[1, 1]])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TopicQuality.Evaluate(documents, []));
        Assert.Throws<ArgumentException>(() => TopicQuality.Evaluate(documents, [[]]));
    }
}

using Nmf.Kernels;

namespace Nmf.Topics.Tests;

public sealed class TermRelevanceTests
{
    // Terms x topics; the last topic has nothing.
    private static readonly Matrix<float> Dictionary = Matrix<float>.FromRowMajor(
        [6, 1, 0, 3, 1, 0, 1, 2, 0, 0, 4, 0, 0, 0, 0], 5, 3);

    // Computed with NumPy from the definition, p(w) = Σ p(t) p(w|t), shares 0.7, 0.3 and 0.
    [Theory]
    [InlineData(0, 0, 1, -0.5108256237659907)]
    [InlineData(0, 0, 0, 0.2711527705005704)]
    [InlineData(0, 1, 0.6, -0.6454349255365791)]
    [InlineData(1, 3, 0.6, 0.0657008133944072)]
    [InlineData(1, 2, 0.25, 0.06197179130128139)]
    public void It_is_what_LDAvis_defines(int topic, int term, double lambda, double expected)
        => Assert.Equal(expected, TermRelevance.Of(Dictionary, [7, 3, 0]).Relevance(topic, term, lambda), 1e-6);

    [Fact]
    public void Terms_and_topics_of_nothing_have_no_relevance()
    {
        var relevance = TermRelevance.Of(Dictionary, [7, 3, 0]);
        Assert.Equal(double.NegativeInfinity, relevance.Relevance(0, 4, 0.5));
        Assert.Empty(relevance.TopTerms(2, 10));
        Assert.Equal([0, 1, 2], relevance.TopTerms(0, 10, 1));
        Assert.Equal([3, 2], relevance.TopTerms(1, 2, 1));
    }

    [Fact]
    public void Totals_of_terms_take_the_place_of_those_of_the_model()
    {
        var relevance = TermRelevance.Of(Dictionary, [7, 3, 0], [1, 1, 2, 4, 0]);
        Assert.Equal(0.5, relevance.Probability(3));
        Assert.Equal(Math.Log(0.3 / 0.125), relevance.Relevance(0, 1, 0), 1e-6);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Contains("2 shares", Assert.Throws<ArgumentException>(
            () => TermRelevance.Of(Dictionary, [1, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("Number 1 is NaN", Assert.Throws<ArgumentException>(
            () => TermRelevance.Of(Dictionary, [1, double.NaN, 1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => TermRelevance.Of(Dictionary, [1, 1, 1]).TopTerms(0, 1, double.NaN));
    }
}

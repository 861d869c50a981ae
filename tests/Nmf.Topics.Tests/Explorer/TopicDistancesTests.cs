using Nmf.Kernels;

namespace Nmf.Topics.Tests.Explorer;

public sealed class TopicDistancesTests
{
    // Terms x topics; topic 2 has no words.
    private static readonly Matrix<float> Dictionary = Matrix<float>.FromRowMajor(
        [8, 1, 0, 0, 3, 4, 1, 0, 2, 3, 2, 6, 0, 0, 1, 1, 2, 0, 0, 1, 0, 3, 0, 5, 0, 0, 0, 0, 7, 2], 6, 5);

    private static readonly TopicDistances Distances =
        TopicDistances.Of(TermRelevance.Of(Dictionary, [1, 1, 1, 1, 1]));

    // scipy.spatial.distance.jensenshannon, base 2.
    [Theory]
    [InlineData(1, 0, 0.6128945405632868)]
    [InlineData(3, 0, 0.8994175689473676)]
    [InlineData(3, 1, 0.7831177999390386)]
    [InlineData(4, 0, 0.35879490557105725)]
    [InlineData(4, 1, 0.6421107076083254)]
    [InlineData(4, 3, 0.7050073624006122)]
    public void They_are_those_of_SciPy(int first, int second, double expected)
    {
        Assert.Equal(expected, Distances[first, second], 1e-7);
        Assert.Equal(Distances[first, second], Distances[second, first]);
    }

    [Fact]
    public void A_topic_without_words_is_far_from_all()
    {
        Assert.Equal([true, true, false, true, true], Distances.HasWords);
        Assert.Equal(1, Distances[2, 0]);
        Assert.Equal(0, Distances[2, 2]);
    }

    /// <summary>Computed with NumPy: eigenvectors of the doubly centred squares.</summary>
    [Fact]
    public void The_map_is_classical_scaling()
    {
        var (places, shown) = Distances.Map();
        double[] x = [-0.35137209039625683, -0.07087166691902723, 0, 0.5437220646982236, -0.12147830738293917];
        double[] y = [-0.11472659237008188, 0.4087284741576021, 0, -0.07074455644697109, -0.22325732534054918];
        for (var t = 0; t < 5; t++)
        {
            Assert.Equal(x[t], places[t].X, 1e-6);
            Assert.Equal(y[t], places[t].Y, 1e-6);
        }

        Assert.Equal(0.9505778912227727, shown, 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Few_topics_keep_their_distances_on_the_map(int topics)
    {
        var random = new Random(topics);
        var distances = Of(random, 20, topics);
        var (places, shown) = distances.Map();
        Assert.Equal(1, shown, 1e-9);
        for (var i = 0; i < topics; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (dx, dy) = (places[i].X - places[j].X, places[i].Y - places[j].Y);
                Assert.Equal(distances[i, j], Math.Sqrt((dx * dx) + (dy * dy)), 1e-6);
            }
        }
    }

    [Fact]
    public void It_is_a_metric()
    {
        var distances = Of(new Random(1), 30, 12);
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(0, distances[i, i]);
            for (var j = 0; j < 12; j++)
            {
                Assert.InRange(distances[i, j], 0, 1);
                for (var k = 0; k < 12; k++)
                    Assert.True(distances[i, j] <= distances[i, k] + distances[k, j] + 1e-7);
            }
        }
    }

    [Fact]
    public void A_comparison_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => TopicDistances.Of(
            TermRelevance.Of(Dictionary, [1, 1, 1, 1, 1]), null, source.Token));
    }

    private static TopicDistances Of(Random random, int terms, int topics)
    {
        var dictionary = new Matrix<float>(terms, topics);
        for (var w = 0; w < terms; w++)
        {
            for (var t = 0; t < topics; t++)
                dictionary[w, t] = random.Next(3) == 0 ? 0 : random.NextSingle();
        }

        return TopicDistances.Of(TermRelevance.Of(dictionary, [.. Enumerable.Repeat(1.0, topics)]));
    }
}

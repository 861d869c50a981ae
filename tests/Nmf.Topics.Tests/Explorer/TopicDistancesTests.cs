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

    /// <summary>Computed with NumPy: the third power of the walk, then as above.</summary>
    [Theory]
    [InlineData(1, 0, 0.1929004083423362)]
    [InlineData(3, 0, 0.1667725472819541)]
    [InlineData(3, 1, 0.11299286037513676)]
    [InlineData(4, 0, 0.064118756013098)]
    [InlineData(4, 1, 0.21313610083790652)]
    [InlineData(4, 3, 0.15054638009366694)]
    public void Topics_are_near_whose_texts_are(int first, int second, double expected)
    {
        var texts = SharedTexts.Of(Matrix<float>.FromRowMajor(
            [
                5, 1, 0, 0, 0, 0, 3, 0, 1, 0, 2, 0, 0, 0, 6, 0, 0, 0, 4, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 7, 0,
                0.5f, 0,
            ], 7, 5));
        var distances = TopicDistances.Of(TermRelevance.Of(Dictionary, [1, 1, 1, 1, 1]), texts);
        Assert.Equal(expected, distances[first, second], 1e-7);
        Assert.Equal([true, true, false, true, true], distances.HasWords);
    }

    [Fact]
    public void A_topic_in_no_text_keeps_its_words()
    {
        var relevance = TermRelevance.Of(Dictionary, [1, 1, 1, 1, 1]);
        var distances = TopicDistances.Of(relevance, new SharedTexts(5));
        Assert.Equal(Distances[3, 1], distances[3, 1], 1e-12);
        Assert.Contains(
            "5 topics, but the texts have 4",
            Assert.Throws<ArgumentException>(() => TopicDistances.Of(relevance, new SharedTexts(4))).Message,
            StringComparison.Ordinal);
        var texts = new SharedTexts(2);
        Assert.Throws<ArgumentException>(() => texts.Add([1]));
        Assert.Contains(
            "topic 1 is -1", Assert.Throws<ArgumentException>(() => texts.Add([1, -1])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SharedTexts(0));
    }

    /// <summary>scikit-learn's smacof from classical scaling: the distances in the plane.</summary>
    [Fact]
    public void The_map_has_the_least_stress()
    {
        var map = Distances.Map();
        int[] there = [0, 1, 3, 4];
        double[] expected =
        [
            0.59418251984031, 0.934952889395205, 0.771896470244481, 0.3295170334122797, 0.6646999705224241,
            0.6772305361475027,
        ];
        var (number, stress) = (0, 0.0);
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (map.Places[there[i]], map.Places[there[j]]);
                var inPlane = Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
                Assert.Equal(expected[number++], inPlane, 1e-3);
                stress += Math.Pow(inPlane - Distances[there[i], there[j]], 2);
            }
        }

        // That of classical scaling is 0.0119.
        Assert.Equal(0.003877837632824973, stress, 1e-6);
        Assert.Equal((0, 0), map.Places[2]);
        Assert.Equal(1, map.Neighbours);
        // Topic 3 is nearest to 4, as in the plane; so it is for all.
        Assert.Equal(1, map.Kept);
    }

    [Fact]
    public void What_a_plane_loses_is_told()
    {
        // As far from each other as from all: any five are the nearest, and no plane has them.
        var dictionary = new Matrix<float>(40, 40);
        for (var t = 0; t < 40; t++)
            dictionary[t, t] = 1;
        var map = TopicDistances.Of(TermRelevance.Of(dictionary, [.. Enumerable.Repeat(1.0, 40)])).Map();
        Assert.Equal(5, map.Neighbours);
        Assert.InRange(map.Kept, 0, 0.6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Few_topics_keep_their_distances_on_the_map(int topics)
    {
        var random = new Random(topics);
        var distances = Of(random, 20, topics);
        var places = distances.Map().Places;
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
            TermRelevance.Of(Dictionary, [1, 1, 1, 1, 1]), cancellationToken: source.Token));
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

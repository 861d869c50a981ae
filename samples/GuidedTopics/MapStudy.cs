using Nmf;
using Nmf.Kernels;
using Nmf.Topics;

namespace GuidedTopics;

/// <summary>Whether topics that are near each other are of the same classes of texts, and how much of that a plane
/// keeps.</summary>
internal static class MapStudy
{
    private const int Neighbours = 5;

    /// <summary>What one measure of distance does.</summary>
    /// <param name="Nearest">How alike in class the five nearest topics are.</param>
    /// <param name="OnMap">The same of the five nearest on the map.</param>
    /// <param name="Kept">Part of the five nearest topics that are among the five nearest on the map.</param>
    public sealed record Result(double Nearest, double OnMap, double Kept);

    /// <summary>Compares distances of topics by their words and by their texts.</summary>
    /// <param name="corpus">Texts with classes, which the fit does not see. The walk sees one half of the texts, the
    /// classes of the topics are those of the other half.</param>
    /// <param name="rank">Number of topics.</param>
    public static (Result Words, Result Texts) Compare(Corpus corpus, int rank)
    {
        var model = NmfFactorizer.Fit(corpus.ToData(), new NmfOptions
        {
            Rank = rank, Seed = 1, Problem = BetaDivergence.KullbackLeibler,
        });
        var relevance = TermRelevance.Of(model.Dictionary, model.Contributions);
        var order = Enumerable.Range(0, corpus.Texts.Length).ToArray();
        new Random(1).Shuffle(order);
        var texts = new SharedTexts(rank);
        var classes = new double[rank][];
        for (var t = 0; t < rank; t++)
            classes[t] = new double[corpus.ClassCount];
        for (var i = 0; i < order.Length; i++)
        {
            var row = model.Activations.Row(order[i]);
            if (i % 2 == 0)
                texts.Add([.. row.ToArray().Select(value => (double)value)]);
            for (var t = 0; t < rank && i % 2 == 1; t++)
                classes[t][corpus.Classes[order[i]]] += row[t];
        }

        var likeness = Likeness(classes);
        return (
            Judge(TopicDistances.Of(relevance), likeness), Judge(TopicDistances.Of(relevance, texts), likeness));
    }

    // 1 minus the Jensen-Shannon divergence of the classes of two topics: TopicDistances with classes as words.
    private static double[,] Likeness(double[][] classes)
    {
        var columns = new Matrix<double>(classes[0].Length, classes.Length);
        for (var t = 0; t < classes.Length; t++)
        {
            for (var c = 0; c < classes[t].Length; c++)
                columns[c, t] = classes[t][c];
        }

        var distances = TopicDistances.Of(TermRelevance.Of(columns, [.. classes.Select(_ => 1.0)]));
        var likeness = new double[classes.Length, classes.Length];
        for (var i = 0; i < classes.Length; i++)
        {
            for (var j = 0; j < classes.Length; j++)
                likeness[i, j] = 1 - (distances[i, j] * distances[i, j]);
        }

        return likeness;
    }

    private static Result Judge(TopicDistances distances, double[,] likeness)
    {
        var map = distances.Map();
        return new Result(
            Score((i, j) => distances[i, j], likeness),
            Score(
                (i, j) => Math.Pow(map.Places[i].X - map.Places[j].X, 2)
                    + Math.Pow(map.Places[i].Y - map.Places[j].Y, 2), likeness),
            map.Kept);
    }

    // The mean likeness of neighbours, 0 as of topics drawn at random, 1 as of those that are most alike.
    private static double Score(Func<int, int, double> distance, double[,] likeness)
    {
        var rank = likeness.GetLength(0);
        var (got, chance, best) = (0.0, 0.0, 0.0);
        for (var i = 0; i < rank; i++)
        {
            var others = Enumerable.Range(0, rank).Where(j => j != i).ToArray();
            got += others.OrderBy(j => distance(i, j)).Take(Neighbours).Average(j => likeness[i, j]) / rank;
            chance += others.Average(j => likeness[i, j]) / rank;
            best += others.Select(j => likeness[i, j]).OrderDescending().Take(Neighbours).Average() / rank;
        }

        return (got - chance) / (best - chance);
    }
}

using Nmf;

namespace GuidedTopics;

/// <summary>How well topics agree with the classes of texts, guided and not.</summary>
internal static class Study
{
    /// <summary>Seed words of each class.</summary>
    public const int SeedWords = 5;

    /// <summary>Mean and standard deviation of the agreement over fits with several seeds.</summary>
    /// <param name="texts">Texts that are factorised, and whose classes the topics are compared with.</param>
    /// <param name="words">Seed words of the topics, or null for none.</param>
    /// <param name="weight">How firmly seeds are held.</param>
    /// <param name="rank">Number of topics.</param>
    /// <param name="seeds">Number of fits.</param>
    /// <param name="start">Where fits without seeds start; those with seeds have a start of their own.</param>
    public static (double Mean, double Deviation) Agreement(
        Corpus texts, int[][]? words, double weight, int rank, int seeds,
        NmfInitialization start = NmfInitialization.Random)
    {
        var data = texts.ToData();
        var all = Enumerable.Range(1, seeds).Select(seed =>
        {
            var model = Fit(data, words, weight, rank, seed, start);
            return MutualInformation(
                texts.Classes, [.. Enumerable.Range(0, data.Samples).Select(n => Largest(model.Activations.Row(n)))]);
        }).ToArray();
        var mean = all.Average();
        return (mean, Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, seeds - 1)));
    }

    /// <summary>Topics of texts, of which the first have the given seed words.</summary>
    public static NmfModel<float> Fit(
        NmfData<float> data, int[][]? words, double weight, int rank, int seed,
        NmfInitialization start = NmfInitialization.Random)
        => NmfFactorizer.Fit(data, new NmfOptions
        {
            Rank = rank,
            Seed = seed,
            Problem = new BetaNmf(BetaDivergence.KullbackLeibler)
            {
                Penalties = words is null ? [] : [new SeedPenalty(words, weight)],
            },
            Initialization = start,
        });

    /// <summary>Mutual information of two labellings over the mean of their entropies: 0 for independent ones, 1 for
    /// the same.</summary>
    public static double MutualInformation(int[] first, int[] second)
    {
        double n = first.Length;
        var (both, a, b) = (first.Zip(second).CountBy(pair => pair), first.CountBy(l => l), second.CountBy(l => l));
        var (shareA, shareB) = (a.ToDictionary(), b.ToDictionary());
        var information = both.Sum(pair => pair.Value / n * Math.Log(
            pair.Value * n / (shareA[pair.Key.First] * (double)shareB[pair.Key.Second])));
        var entropies = Entropy(shareA.Values) + Entropy(shareB.Values);
        return entropies > 0 ? 2 * information / entropies : 1;

        double Entropy(IEnumerable<int> counts) => -counts.Sum(count => count / n * Math.Log(count / n));
    }

    /// <summary>The largest topic. Columns of the dictionary sum to one, so that activations are counts of
    /// words.</summary>
    public static int Largest(ReadOnlySpan<float> activations)
    {
        var largest = 0;
        for (var k = 1; k < activations.Length; k++)
            largest = activations[k] > activations[largest] ? k : largest;
        return largest;
    }
}

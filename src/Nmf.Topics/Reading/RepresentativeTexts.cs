using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Topics;

/// <summary>A text that stands for a topic.</summary>
/// <param name="Text">Its number.</param>
/// <param name="Share">Share of the topic in the text, 0 to 1.</param>
/// <param name="Relevance">Share times √(1 + sum of the activations): what texts are ranked by.</param>
public readonly record struct RepresentativeText(int Text, double Share, double Relevance);

/// <summary>What texts are chosen by.</summary>
public sealed record RepresentativeOptions
{
    /// <summary>Texts for each topic.</summary>
    public int Count { get; init; } = 5;

    /// <summary>How much a text must differ from those chosen before it, 0 for not at all to 1 for that alone: 1 - λ of
    /// Carbonell and Goldstein.</summary>
    public double Diversity { get; init; } = 0.3;

    /// <summary>A text whose cosine with a chosen one is at least this is left out.</summary>
    public double NearDuplicate { get; init; } = 0.9;

    internal void Validate()
    {
        Require(Count > 0, nameof(Count), "The number of texts must be greater than zero.");
        Require(Diversity is >= 0 and <= 1, nameof(Diversity), "The diversity must be between 0 and 1.");
        Require(
            NearDuplicate is > 0 and <= 1, nameof(NearDuplicate),
            "The cosine of near duplicates must be above 0 and at most 1.");

        static void Require(bool condition, string name, string message)
        {
            if (!condition)
                throw new ArgumentException(message, name);
        }
    }
}

/// <summary>
/// Texts that stand for a topic: those with much of it, and not ten copies of one. Chosen one by one, each the largest
/// <c>λ relevance - (1 - λ) similarity to the nearest chosen one</c> (maximal marginal relevance, Carbonell and
/// Goldstein 1998), similarity the cosine of the word counts, relevance the share of the topic times a root of the size
/// of the text, over the largest such number: a text of one word is all of one topic and shows nothing.
/// </summary>
public static class RepresentativeTexts
{
    // Texts that are looked at for each one that is chosen.
    private const int Candidates = 40;

    /// <summary>Chooses texts for every topic.</summary>
    /// <param name="activations">H, texts x topics, for dictionary columns of sum one.</param>
    /// <param name="counts">Word counts of the same texts.</param>
    /// <param name="options">How many, and how different.</param>
    /// <param name="cancellationToken">Looked at between topics.</param>
    /// <returns>For every topic its texts, best first; fewer where there are no more that differ.</returns>
    /// <exception cref="ArgumentException">The numbers of texts differ, an activation is negative or not finite, or an
    /// option is out of range.</exception>
    public static IReadOnlyList<IReadOnlyList<RepresentativeText>> Choose<T>(
        Matrix<T> activations, NmfData<T> counts, RepresentativeOptions? options = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TopicActivations.Require(activations, nameof(activations));
        ArgumentNullException.ThrowIfNull(counts);
        options ??= new();
        options.Validate();
        if (activations.Rows != counts.Samples)
            throw new ArgumentException(
                $"There are activations of {activations.Rows} texts, but counts of {counts.Samples}.", nameof(counts));
        var totals = new double[activations.Rows];
        for (var n = 0; n < totals.Length; n++)
        {
            foreach (var value in activations.Row(n))
                totals[n] += double.CreateTruncating(value);
        }

        var chosen = new IReadOnlyList<RepresentativeText>[activations.Columns];
        for (var k = 0; k < chosen.Length; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            chosen[k] = OfTopic(k, activations, totals, counts, options);
        }

        return chosen;
    }

    private static List<RepresentativeText> OfTopic<T>(
        int topic, Matrix<T> activations, double[] totals, NmfData<T> counts, RepresentativeOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var best = new PriorityQueue<RepresentativeText, (double, int)>();
        var most = (int)Math.Min(activations.Rows, (long)Candidates * options.Count);
        for (var n = 0; n < totals.Length; n++)
        {
            var value = double.CreateTruncating(activations[n, topic]);
            if (value <= 0)
                continue;
            var share = value / totals[n];
            var text = new RepresentativeText(n, share, share * Math.Sqrt(1 + totals[n]));
            best.Enqueue(text, (text.Relevance, -n));
            if (best.Count > most)
                best.Dequeue();
        }

        RepresentativeText[] candidates =
        [
            .. best.UnorderedItems.Select(item => item.Element).OrderByDescending(t => t.Relevance)
                .ThenBy(t => t.Text),
        ];
        return
        [
            .. Choose(
                Array.ConvertAll(candidates, text => text.Relevance),
                Array.ConvertAll(candidates, text => Words(counts, text.Text)), options).Select(i => candidates[i]),
        ];
    }

    /// <summary>The choice itself.</summary>
    /// <param name="relevance">Of each candidate, the largest first.</param>
    /// <param name="words">The words of each with their weights, of norm one.</param>
    /// <param name="options">How many, and how different.</param>
    /// <returns>The chosen candidates in the order of their choice.</returns>
    internal static List<int> Choose(
        double[] relevance, Dictionary<int, double>[] words, RepresentativeOptions options)
    {
        var nearest = new double[relevance.Length];
        var isOut = new bool[relevance.Length];
        var chosen = new List<int>();
        while (chosen.Count < options.Count)
        {
            var next = -1;
            double value = double.NegativeInfinity;
            for (var i = 0; i < relevance.Length; i++)
            {
                var marginal = ((1 - options.Diversity) * relevance[i] / relevance[0])
                    - (options.Diversity * nearest[i]);
                if (!isOut[i] && marginal > value)
                    (next, value) = (i, marginal);
            }

            if (next < 0)
                break;
            chosen.Add(next);
            isOut[next] = true;
            for (var i = 0; i < relevance.Length; i++)
            {
                if (isOut[i])
                    continue;
                nearest[i] = Math.Max(nearest[i], Cosine(words[next], words[i]));
                isOut[i] = nearest[i] >= options.NearDuplicate;
            }
        }

        return chosen;
    }

    private static Dictionary<int, double> Words<T>(NmfData<T> counts, int text)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var row = new double[counts.Features];
        counts.CopySample(text, row);
        var words = new Dictionary<int, double>();
        for (var f = 0; f < row.Length; f++)
        {
            if (row[f] > 0)
                words[f] = row[f];
        }

        return Normalized(words);
    }

    /// <summary>The same words with weights whose squares add up to one.</summary>
    internal static Dictionary<int, double> Normalized(Dictionary<int, double> words)
    {
        var norm = Math.Sqrt(words.Values.Sum(value => value * value));
        foreach (var word in words.Keys)
            words[word] /= norm;
        return words;
    }

    private static double Cosine(Dictionary<int, double> first, Dictionary<int, double> second)
    {
        var (small, large) = first.Count < second.Count ? (first, second) : (second, first);
        double sum = 0;
        foreach (var (word, value) in small)
            sum += value * large.GetValueOrDefault(word);
        return sum;
    }
}

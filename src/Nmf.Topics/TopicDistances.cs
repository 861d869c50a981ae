using System.Numerics.Tensors;

namespace Nmf.Topics;

/// <summary>
/// How much topics differ: the square root of the Jensen-Shannon divergence of their words in bits, a metric between 0
/// (the same words) and 1 (no word in common; Endres and Schindelin 2003), of the topics themselves or of the texts
/// that they are in.
/// </summary>
public sealed class TopicDistances
{
    // As many as keep topics of one class of labelled texts nearest to each other (docs/topics.md).
    private const int Steps = 3;

    private readonly double[,] _distances;

    private TopicDistances(double[,] distances, bool[] hasWords) => (_distances, HasWords) = (distances, hasWords);

    /// <summary>Number of topics.</summary>
    public int Topics => HasWords.Count;

    /// <summary>Which topics have words at all. Those that have none are at distance 1 from the others and have no
    /// place on the map.</summary>
    public IReadOnlyList<bool> HasWords { get; }

    /// <summary>The distance of two topics, 0 to 1.</summary>
    /// <param name="first">0 to <see cref="Topics"/> - 1.</param>
    /// <param name="second">0 to <see cref="Topics"/> - 1.</param>
    public double this[int first, int second] => _distances[first, second];

    /// <summary>
    /// Compares all pairs of topics, by their words or by those of the texts that they are in. Then p(w|t) becomes
    /// <c>Σ_s P_ts p(w|s)</c>, P_ts the probability that three steps from topics through texts to topics lead from t to
    /// s.
    /// </summary>
    /// <param name="relevance">The topics.</param>
    /// <param name="texts">Which topics are in the same texts, or null to compare the words.</param>
    /// <param name="progress">Told the number of topics that have been compared with all before them, or null.</param>
    /// <param name="cancellationToken">Looked at between topics.</param>
    /// <remarks>Topics of short texts have hardly a word in common, so that by their words all are at nearly the same
    /// distance of 1. By their texts distances are smaller, and say which topics are nearer than others. Takes O(K² F)
    /// time, on all processors, and O(K F) memory.</remarks>
    /// <exception cref="ArgumentException">The numbers of topics differ.</exception>
    public static TopicDistances Of(
        TermRelevance relevance, SharedTexts? texts = null, IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(relevance);
        if (texts is not null && relevance.Topics != texts.Topics)
        {
            throw new ArgumentException(
                $"There are {relevance.Topics} topics, but the texts have {texts.Topics}.", nameof(texts));
        }

        double[][] columns = [.. Enumerable.Range(0, relevance.Topics).Select(t => relevance.Column(t).ToArray())];
        bool[] hasWords = [.. columns.Select(column => TensorPrimitives.Max(column) > 0)];
        return Of(
            texts is null ? columns : SharedTexts.Product(texts.Walk(Steps), columns), hasWords, progress,
            cancellationToken);
    }

    /// <summary>The topics in a plane, their distances as near to these as may be.</summary>
    /// <remarks>Takes O(K³) time. Deterministic.</remarks>
    public TopicMap Map() => TopicMap.Of(this);

    private static TopicDistances Of(
        double[][] columns, bool[] hasWords, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var (topics, terms) = (columns.Length, columns[0].Length);
        var distances = new double[topics, topics];
        var entropies = new double[topics];
        for (var t = 0; t < topics; t++)
        {
            // A walk may end at topics without words.
            if (hasWords[t])
                TensorPrimitives.Divide(columns[t], TensorPrimitives.Sum(columns[t]), columns[t]);
            entropies[t] = Entropy(columns[t], new double[terms]);
        }

        var done = 0;
        Parallel.For(
            0, topics, new ParallelOptions { CancellationToken = cancellationToken },
            () => (Mean: new double[terms], Logarithms: new double[terms]),
            (i, _, work) =>
            {
                for (var j = 0; j < i; j++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    distances[i, j] = distances[j, i] = !hasWords[i] || !hasWords[j]
                        ? hasWords[i] == hasWords[j] ? 0 : 1
                        : Distance(columns[i], columns[j], entropies[i] + entropies[j], work.Mean, work.Logarithms);
                }

                progress?.Report(Interlocked.Increment(ref done));
                return work;
            },
            _ => { });
        return new TopicDistances(distances, hasWords);
    }

    private static double Distance(
        double[] first, double[] second, double entropies, Span<double> mean, Span<double> logarithms)
    {
        TensorPrimitives.Add(first, second, mean);
        TensorPrimitives.Multiply(mean, 0.5, mean);
        return Math.Sqrt(Math.Clamp(Entropy(mean, logarithms) - (entropies / 2), 0, 1));
    }

    private static double Entropy(ReadOnlySpan<double> shares, Span<double> logarithms)
    {
        // 0 log 0 is 0: a logarithm that is finite makes it so.
        TensorPrimitives.Max(shares, double.Epsilon * (1L << 52), logarithms);
        TensorPrimitives.Log2(logarithms, logarithms);
        return -TensorPrimitives.Dot(shares, logarithms);
    }
}

using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Nmf.Topics;

/// <summary>
/// How much topics differ: the square root of the Jensen-Shannon divergence of their words in bits, a metric between 0
/// (the same words) and 1 (no word in common; Endres and Schindelin 2003), and a map of the topics by classical scaling
/// (Torgerson 1952) as in LDAvis (Sievert and Shirley 2014).
/// </summary>
/// <remarks>The metric embeds in a Euclidean space, so that the scaling has no negative eigenvalues but for
/// rounding.</remarks>
public sealed class TopicDistances
{
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

    /// <summary>Compares all pairs of topics.</summary>
    /// <param name="relevance">The topics.</param>
    /// <param name="progress">Told the number of topics that have been compared with all before them, or null.</param>
    /// <param name="cancellationToken">Looked at between topics.</param>
    /// <remarks>Takes O(K² F) time, on all processors, and O(K² + F) memory for each of them.</remarks>
    public static TopicDistances Of(
        TermRelevance relevance, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(relevance);
        var (topics, terms) = (relevance.Topics, relevance.Terms);
        var distances = new double[topics, topics];
        var entropies = new double[topics];
        var hasWords = new bool[topics];
        for (var t = 0; t < topics; t++)
        {
            hasWords[t] = TensorPrimitives.Max(relevance.Column(t)) > 0;
            entropies[t] = Entropy(relevance.Column(t), new double[terms]);
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
                        : Distance(relevance, i, j, entropies, work.Mean, work.Logarithms);
                }

                progress?.Report(Interlocked.Increment(ref done));
                return work;
            },
            _ => { });
        return new TopicDistances(distances, hasWords);
    }

    /// <summary>The map: coordinates of the topics in the plane whose distances are as near to the true ones as
    /// classical scaling makes them.</summary>
    /// <returns>For every topic its coordinates, (0, 0) for one without words, and the share of the squared distances
    /// from the centre that the plane shows, 1 where there are no distances.</returns>
    public (IReadOnlyList<(double X, double Y)> Places, double Shown) Map()
    {
        var places = new (double X, double Y)[Topics];
        int[] there = [.. Enumerable.Range(0, Topics).Where(t => HasWords[t])];
        var n = there.Length;
        if (n < 2)
            return (places, 1);
        var squares = Matrix<double>.Build.Dense(
            n, n, (i, j) => _distances[there[i], there[j]] * _distances[there[i], there[j]]);
        var means = squares.RowSums() / n;
        var mean = means.Sum() / n;
        squares.MapIndexedInplace((i, j, square) => (means[i] + means[j] - square - mean) / 2);
        var evd = squares.Evd(Symmetricity.Symmetric);
        var values = evd.EigenValues;
        // In increasing order.
        var axes = new[] { n - 1, n - 2 }.Select(i => Axis(values[i].Real, evd.EigenVectors.Column(i))).ToArray();
        for (var i = 0; i < n; i++)
            places[there[i]] = (axes[0][i], axes[1][i]);
        var all = values.Sum(value => Math.Max(0, value.Real));
        var two = Math.Max(0, values[n - 1].Real) + Math.Max(0, values[n - 2].Real);
        return (places, all > 0 ? two / all : 1);
    }

    private static double[] Axis(double value, Vector<double> direction)
    {
        // The sign of a direction is free: the topic that is farthest out is on the positive side.
        var farthest = direction.AbsoluteMaximumIndex();
        var scale = Math.Sqrt(Math.Max(0, value)) * (direction[farthest] < 0 ? -1 : 1);
        return [.. direction.Select(component => component * scale)];
    }

    private static double Distance(
        TermRelevance relevance, int i, int j, double[] entropies, Span<double> mean, Span<double> logarithms)
    {
        TensorPrimitives.Add(relevance.Column(i), relevance.Column(j), mean);
        TensorPrimitives.Multiply(mean, 0.5, mean);
        var divergence = Entropy(mean, logarithms) - ((entropies[i] + entropies[j]) / 2);
        return Math.Sqrt(Math.Clamp(divergence, 0, 1));
    }

    private static double Entropy(ReadOnlySpan<double> shares, Span<double> logarithms)
    {
        // 0 log 0 is 0: a logarithm that is finite makes it so.
        TensorPrimitives.Max(shares, double.Epsilon * (1L << 52), logarithms);
        TensorPrimitives.Log2(logarithms, logarithms);
        return -TensorPrimitives.Dot(shares, logarithms);
    }
}

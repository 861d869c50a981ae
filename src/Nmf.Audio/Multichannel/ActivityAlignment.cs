using System.Numerics.Tensors;

namespace Nmf.Audio;

/// <summary>
/// Says which cluster of one frequency is which of another: a source is heard at the same times at all of its
/// frequencies, so the sequences of its probabilities are correlated. First each frequency is put in the order that
/// fits the mean of all best, then that which fits its neighbours and its harmonics best (Sawada, Araki and Makino
/// 2011).
/// </summary>
internal static class ActivityAlignment
{
    private const int Seeds = 6;

    // What is known of the activities counts as so many times all frequencies.
    private const double KnownWeight = 0.3;

    private const int Rounds = 20;

    /// <summary>Orders clusters, frequency by frequency, in place.</summary>
    /// <param name="posteriors">Frequencies, clusters, frames.</param>
    /// <param name="heard">Of every source the frames in which it may be heard, or null.</param>
    /// <param name="cancellationToken">Looked at before every round.</param>
    public static void Align(double[][][] posteriors, bool[][]? heard, CancellationToken cancellationToken)
    {
        double[][][] sequences = [.. posteriors.Select(clusters => clusters.Select(Normalized).ToArray())];
        double[][] known = [.. heard is null ? sequences[0].Select(s => new double[s.Length])
            : heard.Select(frames => Normalized([.. frames.Select(isHeard => isHeard ? 1.0 : 0)]))];
        foreach (var sequence in known)
            TensorPrimitives.Multiply(sequence, KnownWeight * posteriors.Length, sequence);
        var (best, greatest) = (Array.Empty<int[]>(), double.NegativeInfinity);
        for (var seed = 0; seed < Seeds; seed++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (orders, fit) = ToMean(sequences, known, (1 + (2 * seed)) * sequences.Length / (4 * Seeds));
            if (fit > greatest)
                (best, greatest) = (orders, fit);
        }

        ToNeighbours(sequences, best, known, cancellationToken);
        for (var f = 0; f < posteriors.Length; f++)
            posteriors[f] = [.. best[f].Select(j => posteriors[f][j])];
    }

    private static (int[][] Orders, double Fit) ToMean(double[][][] sequences, double[][] known, int seed)
    {
        var (bins, count) = (sequences.Length, sequences[0].Length);
        int[][] orders = [.. sequences.Select(_ => Enumerable.Range(0, count).ToArray())];
        orders[seed] = BestOrder(sequences[seed], known);
        var sum = Sum(sequences, orders, [seed], known);

        // Outwards from the seed, then each against all.
        foreach (var f in Enumerable.Range(1, bins).SelectMany(d => new[] { seed - d, seed + d }))
        {
            if (f < 0 || f >= bins)
                continue;
            orders[f] = BestOrder(sequences[f], sum);
            Add(sum, sequences[f], orders[f]);
        }

        for (var round = 0; round < Rounds; round++)
        {
            int[][] next = [.. sequences.Select(clusters => BestOrder(clusters, sum))];
            var isSame = next.Zip(orders).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
            (orders, sum) = (next, Sum(sequences, next, Enumerable.Range(0, bins), known));
            if (isSame)
                break;
        }

        return (orders, sum.Sum(s => TensorPrimitives.Norm<double>(s)));
    }

    private static void ToNeighbours(
        double[][][] sequences, int[][] orders, double[][] known, CancellationToken cancellationToken)
    {
        var bins = sequences.Length;
        double[][] little = [.. known.Select(s => s.Select(x => x * 12 / bins).ToArray())];
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var changed = 0;
            for (var f = 0; f < bins; f++)
            {
                int[] near = [.. new[] { f - 3, f - 2, f - 1, f + 1, f + 2, f + 3, (f / 2) - 1, f / 2, (f / 2) + 1,
                    (2 * f) - 1, 2 * f, (2 * f) + 1 }.Where(g => g >= 0 && g < bins && g != f).Distinct()];
                var order = BestOrder(sequences[f], Sum(sequences, orders, near, little));
                if (order.AsSpan().SequenceEqual(orders[f]))
                    continue;
                orders[f] = order;
                changed++;
            }

            if (changed == 0)
                break;
        }
    }

    private static double[][] Sum(double[][][] sequences, int[][] orders, IEnumerable<int> bins, double[][] known)
    {
        double[][] sum = [.. known.Select(s => s.ToArray())];
        foreach (var f in bins)
            Add(sum, sequences[f], orders[f]);
        return sum;
    }

    private static void Add(double[][] sum, double[][] clusters, int[] order)
    {
        for (var j = 0; j < sum.Length; j++)
            TensorPrimitives.Add(sum[j], clusters[order[j]], sum[j]);
    }

    private static int[] BestOrder(double[][] clusters, double[][] sum)
    {
        var costs = new double[sum.Length, sum.Length];
        for (var j = 0; j < sum.Length; j++)
        {
            for (var k = 0; k < sum.Length; k++)
                costs[j, k] = -TensorPrimitives.Dot<double>(sum[j], clusters[k]);
        }

        return OptimalAssignment.Minimize(costs);
    }

    private static double[] Normalized(double[] sequence)
    {
        var mean = sequence.Average();
        double[] centred = [.. sequence.Select(p => p - mean)];
        var length = TensorPrimitives.Norm<double>(centred);
        return length > 1e-9 ? [.. centred.Select(p => p / length)] : centred;
    }
}

using Nmf;

namespace Penalties;

/// <summary>
/// Three sources with two components each, of which one sounds at a time. Which components belong together is not
/// known: the group penalty wants few groups active in each sample, and so puts the components of a source into one
/// group (Lefèvre, Bach and Févotte 2011). A plain fit has no reason to.
/// </summary>
internal static class Sources
{
    public const int Count = 3;

    private const int ComponentsOfSource = 2;
    private const int Rank = Count * ComponentsOfSource;
    private const int Samples = 240;
    private const int Features = 36;
    private const int SegmentLength = 8;
    private const double Looks = 8;
    private const double Offset = 0.3;

    private static readonly int[][] Orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    /// <summary>Fits over weights, the first of which is 0.</summary>
    public static IReadOnlyList<SourcePoint> Run(double[] weights, int seed)
    {
        var truth = Create(seed, out var active);
        var random = new Random(seed + 1);
        var data = NmfData<float>.FromDense(
            truth.Observe(y => y * Draws.Gamma(Looks, random) / Looks), Samples, Features);
        return [.. weights.Select(weight => Fit(data, active, weight, seed))];
    }

    private static SourcePoint Fit(NmfData<float> data, int[] active, double weight, int seed)
    {
        int[][] groups = [.. Enumerable.Range(0, Count).Select(
            g => Enumerable.Range(g * ComponentsOfSource, ComponentsOfSource).ToArray())];
        var model = NmfFactorizer.Fit(
            data,
            new NmfOptions
            {
                Rank = Rank, Problem = new BetaNmf(BetaDivergence.ItakuraSaito) { Penalties = [
                    new GroupPenalty(groups, weight, Offset)] }, Initialization = NmfInitialization.Random, Starts = 10,
                Seed = seed, Iterations = new() { MaximumIterations = 300, Tolerance = 1e-6 },
            });
        var sums = new double[Samples][];
        for (var n = 0; n < Samples; n++)
            sums[n] = [.. model.Activations.Row(n).ToArray().Select(h => (double)h)];
        var dominance = sums.Average(row => groups.Max(group => group.Sum(k => row[k])) / row.Sum());
        return new SourcePoint(
            weight, model.Report.Objective, model.Objective, Accuracy(sums, groups, active),
            Partitions().Max(partition => Accuracy(sums, partition, active)), dominance)
        {
            Activity = [
                .. groups.Select(group => sums.Select(row => (float)(group.Sum(k => row[k]) / row.Sum())).ToArray())],
        };
    }

    /// <summary>Part of the samples in which the loudest group is the active source, for the best naming
    /// of the groups.</summary>
    private static double Accuracy(double[][] activations, int[][] groups, int[] active)
    {
        var loudest = Array.ConvertAll(
            activations, row => Enumerable.Range(0, Count).MaxBy(g => groups[g].Sum(k => row[k])));
        return Orders.Max(order => loudest.Zip(active, (g, source) => order[g] == source ? 1 : 0).Sum())
            / (double)active.Length;
    }

    /// <summary>All ways to cut the components into pairs.</summary>
    private static IEnumerable<int[][]> Partitions() => Partitions([.. Enumerable.Range(0, Rank)]);

    private static IEnumerable<int[][]> Partitions(int[] left)
    {
        if (left.Length == 0)
            return [[]];
        return from i in Enumerable.Range(1, left.Length - 1)
               let first = new[] { left[0], left[i] }
               from rest in Partitions([.. left.Except(first)])
               select (int[][])[first, .. rest];
    }

    private static Factors Create(int seed, out int[] active)
    {
        var random = new Random(seed);
        var truth = new Factors(Samples, Features, Rank);
        for (var f = 0; f < Features; f++)
        {
            for (var k = 0; k < Rank; k++)
            {
                // Components of one source are no more alike than those of two.
                var centre = (k * Features / (double)Rank) + 0.5;
                truth.Dictionary[f, k] = (float)(0.02 + Math.Exp(-Math.Pow((f - centre) / 2.5, 2))
                    + (0.6 * Math.Exp(-Math.Pow((f - ((centre + 13 + k) % Features)) / 2.0, 2))));
            }
        }

        active = new int[Samples];
        var source = 0;
        for (var n = 0; n < Samples; n++)
        {
            if (n % SegmentLength == 0)
                source = (source + 1 + random.Next(Count - 1)) % Count;
            active[n] = source;
            for (var k = 0; k < ComponentsOfSource; k++)
                truth.Activations[n, (source * ComponentsOfSource) + k] = (float)(0.05 + Draws.Gamma(1, random));
        }

        truth.Normalize();
        return truth;
    }
}

/// <summary>One weight of the group penalty.</summary>
/// <param name="Weight">λ.</param>
/// <param name="Objective">What was minimised: divergence and penalty.</param>
/// <param name="Divergence">The divergence alone.</param>
/// <param name="Accuracy">Part of the samples whose loudest group is the active source.</param>
/// <param name="AccuracyOfOracle">The same where someone who knows the truth cuts the components into
/// groups afterwards.</param>
/// <param name="Dominance">Share of the loudest group in a sample, on average; a third means nothing.</param>
internal sealed record SourcePoint(
    double Weight, double Objective, double Divergence, double Accuracy, double AccuracyOfOracle, double Dominance)
{
    /// <summary>For every group its share in every sample.</summary>
    public required IReadOnlyList<float[]> Activity { get; init; }
}

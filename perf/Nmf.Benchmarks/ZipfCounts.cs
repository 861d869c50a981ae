using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>
/// Term counts with the structure of text: word frequencies fall off with their rank and are scattered over
/// the vocabulary, document lengths vary threefold, and every document prefers one of a few topics, whose
/// words are frequent together.
/// </summary>
internal static class ZipfCounts
{
    private const int Topics = 64;

    public static SparseMatrix<float> Generate(int documents, int terms, long nonZeros, int seed)
    {
        var random = new Random(seed);
        var frequency = new double[terms];
        for (var f = 0; f < terms; f++)
            frequency[f] = 1.0 / (f + 3);
        random.Shuffle(frequency);
        var common = Cumulative(frequency);
        var topics = new double[Topics][];
        for (var t = 0; t < Topics; t++)
        {
            var own = new double[terms];
            for (var f = 0; f < terms; f++)
                own[f] = random.Next(20) == 0 ? frequency[f] : 0;
            topics[t] = Cumulative(own);
        }

        var (starts, indices, values) = (new long[documents + 1], new List<int>((int)nonZeros),
            new List<float>((int)nonZeros));
        for (var n = 0; n < documents; n++)
        {
            var counts = new SortedDictionary<int, float>();
            var topic = topics[random.Next(Topics)];
            var length = (long)((0.5 + random.NextDouble()) * nonZeros / documents);
            while (counts.Count < length)
            {
                var term = Draw(random.Next(2) == 0 ? topic : common, random);
                counts[term] = counts.GetValueOrDefault(term) + 1;
            }

            indices.AddRange(counts.Keys);
            values.AddRange(counts.Values);
            starts[n + 1] = indices.Count;
        }

        return SparseMatrix<float>.FromCsr(documents, terms, starts, indices.ToArray(), values.ToArray());
    }

    private static double[] Cumulative(double[] weights)
    {
        var sums = new double[weights.Length];
        double sum = 0;
        for (var i = 0; i < weights.Length; i++)
            sums[i] = sum += weights[i];
        return sums;
    }

    private static int Draw(double[] cumulative, Random random)
    {
        var at = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
        return int.Min(at < 0 ? ~at : at, cumulative.Length - 1);
    }
}

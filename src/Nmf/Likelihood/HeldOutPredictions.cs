namespace Nmf;

/// <summary>Held-out entries beside what the fits of each β and rank predicted.</summary>
internal sealed class HeldOutPredictions(double[] betas, int[] ranks, int folds)
{
    private const int EntriesOfEstimate = 1 << 15;

    // A probability is neither 0 nor 1.
    private const double LeastProbability = 1e-3;

    private readonly double[][] _data = new double[folds][];
    private readonly double[] _floors = new double[folds];
    private readonly Dictionary<(double Beta, int Rank, int Fold), double[]> _means = [];

    public double[] Betas { get; } = betas;

    public int[] Ranks { get; } = ranks;

    public long HeldOut { get; set; }

    public void AddFold(int fold, double floor, double[] data) => (_floors[fold], _data[fold]) = (floor, data);

    public void Add(double beta, int rank, int fold, double[] means) => _means.Add((beta, rank, fold), means);

    /// <summary>The entries of a fold and their means, clipped as the noise needs it.</summary>
    public (double[] Data, double[] Means) Of(EntryNoiseModel noise, double beta, int rank, int fold)
    {
        var means = _means[(beta, rank, fold)];
        var floor = _floors[fold];
        return (_data[fold], noise switch
        {
            GaussianNoise => means,
            BernoulliNoise => Array.ConvertAll(
                means, y => Math.Clamp(y, Math.Min(floor, LeastProbability), 1 - LeastProbability)),
            _ => Array.ConvertAll(means, y => Math.Max(floor, y)),
        });
    }

    /// <summary>Entries of all folds but one, at most so many of them.</summary>
    public (double[] Data, double[] Means) AllBut(
        EntryNoiseModel noise, double beta, int rank, int without, int most = EntriesOfEstimate)
    {
        var parts = Enumerable.Range(0, folds).Where(fold => fold != without)
            .Select(fold => Of(noise, beta, rank, fold)).ToArray();
        var all = parts.Sum(p => (long)p.Data.Length);

        // Every so many: their order is that of samples and features.
        var step = Math.Max(1, (int)((all + most - 1) / most));
        return ([.. parts.SelectMany(p => p.Data).Where((_, i) => i % step == 0)],
            [.. parts.SelectMany(p => p.Means).Where((_, i) => i % step == 0)]);
    }
}

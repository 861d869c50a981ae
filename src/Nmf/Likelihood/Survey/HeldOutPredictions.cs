namespace Nmf;

/// <summary>An entry that was held out, beside what was predicted.</summary>
/// <param name="Sample">Its sample.</param>
/// <param name="Datum">v.</param>
/// <param name="Mean">What the fit predicted of it.</param>
/// <param name="Error">The variance of the prediction over its square that a fit to Poisson counts has.</param>
/// <param name="Level">The mean of what the fit saw.</param>
internal readonly record struct HeldOutEntry(int Sample, double Datum, double Mean, double Error, double Level);

/// <summary>Held-out entries beside what the fits of each β and rank predicted.</summary>
internal sealed class HeldOutPredictions(double[] betas, int[] ranks, int folds)
{
    private readonly Dictionary<(double Beta, int Rank, int Fold), HeldOutEntry[]> _entries = [];

    public double[] Betas { get; } = betas;

    public int[] Ranks { get; } = ranks;

    public int Folds { get; } = folds;

    public long HeldOut { get; set; }

    public void Add(double beta, int rank, int fold, HeldOutEntry[] entries)
        => _entries.Add((beta, rank, fold), entries);

    /// <summary>The entries of a fold.</summary>
    public HeldOutEntry[] Of(double beta, int rank, int fold) => _entries[(beta, rank, fold)];

    /// <summary>Entries of all folds but one, at most so many of them; the same ones whatever β and rank.</summary>
    public HeldOutEntry[] AllBut(double beta, int rank, int without, int most)
    {
        var parts = Enumerable.Range(0, Folds).Where(fold => fold != without)
            .Select(fold => Of(beta, rank, fold)).ToArray();

        // Every so many: their order is that of samples and features.
        var step = Math.Max(1, (int)((parts.Sum(p => (long)p.Length) + most - 1) / most));
        return [.. parts.SelectMany(p => p).Where((_, i) => i % step == 0)];
    }
}

namespace Nmf;

/// <summary>
/// How held-out entries are judged under a noise: by the probability or density of the datum about the predicted mean,
/// which is mixed with the mean of what the fit saw, because a prediction has errors of its own, and one of nothing for
/// something would decide everything. How much of it (<paramref name="Share"/>) and the dispersion are what other
/// entries say. Counts without a dispersion that could take up the errors get their variance
/// (<see cref="EntryNoiseModel.Predicted"/>).
/// </summary>
/// <param name="Noise">The noise.</param>
/// <param name="Share">Share of the mean of the data.</param>
/// <param name="Cells">How values become probabilities.</param>
internal sealed record HeldOutNoise(EntryNoiseModel Noise, double Share, DataCells Cells)
{
    // The first is for noise that allows any mean.
    private static readonly double[] Shares = [0, 0.001, 0.003, 0.01, 0.03, 0.1];

    private const double UsualShare = 0.003;

    // From a dispersion that moments say to one that is likeliest.
    private const double Reach = 1;

    /// <summary>log p of an entry.</summary>
    public double Log(in HeldOutEntry entry) => Log(Noise, Share, Cells, entry);

    /// <summary>The randomised quantile residual of an entry.</summary>
    public double Residual(in HeldOutEntry entry, double uniform)
    {
        var (noise, mean) = Noise.Predicted(MeanOf(Noise, Share, entry), entry.Error);
        return Cells.IsCut(entry.Datum) ? uniform * Cells.Below(noise, entry.Datum, mean)
            : QuantileResiduals.Residual(noise, entry.Datum, mean, uniform);
    }

    /// <summary>The share and the dispersion under which entries are likeliest.</summary>
    /// <param name="noise">The noise; a dispersion that it has is kept.</param>
    /// <param name="cells">How values become probabilities.</param>
    /// <param name="entries">The entries.</param>
    public static HeldOutNoise Estimate(EntryNoiseModel noise, DataCells cells, HeldOutEntry[] entries)
    {
        var usual = Usual(noise);
        var found = WithDispersion(noise, usual, cells, entries);
        var share = Shares.Where(s => s > 0 || noise.AllowsAnyMean)
            .MaxBy(s => Mean(found, s, cells, entries));
        return new HeldOutNoise(
            share == usual ? found : WithDispersion(noise, share, cells, entries), share, cells);
    }

    /// <summary>How likely entries are, per entry, with the usual share and the likeliest dispersion.</summary>
    public static double Likelihood(EntryNoiseModel noise, DataCells cells, HeldOutEntry[] entries)
        => Mean(WithDispersion(noise, Usual(noise), cells, entries), Usual(noise), cells, entries);

    private static double Usual(EntryNoiseModel noise) => noise.AllowsAnyMean ? 0 : UsualShare;

    private static EntryNoiseModel WithDispersion(
        EntryNoiseModel noise, double share, DataCells cells, HeldOutEntry[] entries)
    {
        if (noise.Dispersion is not null)
            return noise;
        double[] data = [.. entries.Select(e => e.Datum)];
        double[] means = [.. entries.Select(e => MeanOf(noise, share, e))];

        // Densities know how to find it, and what they find is as good where cells are costly.
        if (!noise.IsDiscrete && cells.Limit is null)
            return noise.Estimate(data, means);
        var start = Math.Log(noise.MomentDispersion(data, means));
        return (EntryNoiseModel)noise.With(Math.Exp(LineSearch.Maximum(
            x => Mean((EntryNoiseModel)noise.With(Math.Exp(x)), share, cells, entries), start - Reach,
            start + Reach)));
    }

    private static double Mean(EntryNoiseModel noise, double share, DataCells cells, HeldOutEntry[] entries)
    {
        double sum = 0;
        foreach (ref readonly var entry in entries.AsSpan())
            sum += Log(noise, share, cells, entry);
        return sum / entries.Length;
    }

    private static double Log(EntryNoiseModel noise, double share, DataCells cells, in HeldOutEntry entry)
    {
        var (predicted, mean) = noise.Predicted(MeanOf(noise, share, entry), entry.Error);
        return cells.LogProbability(predicted, entry.Datum, mean);
    }

    private static double MeanOf(EntryNoiseModel noise, double share, in HeldOutEntry entry)
        => ((1 - share) * noise.Possible(entry.Mean)) + (share * entry.Level);
}

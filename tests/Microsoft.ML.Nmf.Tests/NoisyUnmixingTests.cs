using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace MLNmf.Tests;

/// <summary>Pixels whose noise is not that of least squares: counted photons, and pixels that are no
/// mixtures at all.</summary>
public class NoisyUnmixingTests
{
    private const int Bands = 40;

    private static readonly float[][] Spectra = [.. Enumerable.Range(0, 3).Select(k => Enumerable.Range(0, Bands)
        .Select(f => (float)(0.15 + (0.7 * Math.Exp(-0.5 * Math.Pow((f - 8 - (12 * k)) / 6.0, 2))))).ToArray())];

    private readonly MLContext _context = new(seed: 1);

    /// <summary>β = 1 is the likelihood of counts: bright bands, which have the greatest noise, do not
    /// outweigh the others.</summary>
    [Fact]
    public void Counted_photons_are_unmixed_better_by_beta_1()
    {
        const int Photons = 100;
        var random = new Random(4);
        var endmembers = Spectra.Select(
            spectrum => spectrum.Select((value, f) => (f < 3 ? 20 : 1) * Photons * value).ToArray()).ToArray();
        var abundances = Mixtures(300, random);
        var view = TestRows.View(_context, [
            .. Mix(abundances, endmembers).Select(row => Array.ConvertAll(row, mean => (float)Poisson(mean, random)))]);
        var (counts, squares) = (ErrorOf(beta: 1), ErrorOf(beta: 2));
        Assert.True(counts <= 0.95 * squares, $"{counts:F4} against {squares:F4}");

        double ErrorOf(double beta)
        {
            var model = _context.Transforms.UnmixingNmf(new NmfEstimator.Options
            {
                OutputColumnName = "Abundances",
                InputColumnName = "Features",
                Rank = endmembers.Length,
                InitialComponents = KnownComponents.FromColumns(endmembers),
                Problem = new AbundanceNmf(beta),
                Iterations = new() { MaximumIterations = 0 },
                Seed = 0,
            }).Fit(view);
            return Error(abundances, TestRows.Column(model.Transform(view), "Abundances"));
        }
    }

    [Fact]
    public void Pixels_that_are_no_mixtures_are_left_out_by_the_score_of_robust_nmf()
    {
        const int EveryNth = 20;
        const float Threshold = 0.05f;
        var random = new Random(6);
        var rows = Mix(Mixtures(600, random), Spectra);
        for (var n = 0; n < rows.Length; n++)
        {
            for (var f = 0; f < Bands; f++)
                rows[n][f] = (float)Math.Max(0, rows[n][f] + (0.004 * Normal(random)));
            for (var spike = 0; spike < 5 && n % EveryNth == 0; spike++)
                rows[n][random.Next(Bands)] += random.NextSingle();
        }

        var view = TestRows.View(_context, rows);
        var scored = _context.Transforms.RobustNmf(new NmfEstimator.Options
        {
            OutputColumnName = "H",
            InputColumnName = "Features",
            OutlierScoreColumnName = "Score",
            Rank = 3,
            Problem = new RobustNmf(BetaDivergence.Euclidean),
            Iterations = new() { MaximumIterations = 500 },
        }).Fit(view).Transform(view);
        Assert.All(
            scored.GetColumn<float>("Score").Index(),
            row => Assert.Equal(row.Index % EveryNth == 0, row.Item > Threshold));
        var (all, clean) = (Degrees(view),
            Degrees(_context.Data.FilterRowsByColumn(scored, "Score", upperBound: Threshold)));
        Assert.True(clean < 0.5 && all > 1, $"{all:F2} degrees with all pixels, {clean:F2} without those");
    }

    private double Degrees(IDataView view)
    {
        var model = _context.Transforms.UnmixingNmf("A", "Features", rank: 3, minimumVolume: 0.1).Fit(view).Model;
        return Spectra.Average(
            spectrum => Enumerable.Range(0, 3).Min(k => SpectralAngle.Degrees<float>(spectrum, model.GetComponent(k))));
    }

    private static float[][] Mixtures(int count, Random random) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var shares = Enumerable.Range(0, 3).Select(_ => -Math.Log(1 - random.NextDouble())).ToArray();
        return Array.ConvertAll(shares, share => (float)(share / shares.Sum()));
    })];

    private static float[][] Mix(float[][] abundances, float[][] spectra)
        => [.. abundances.Select(h => Enumerable.Range(0, Bands)
            .Select(f => (float)Enumerable.Range(0, 3).Sum(k => (double)h[k] * spectra[k][f])).ToArray())];

    private static double Error(float[][] truth, float[][] found)
        => Math.Sqrt(truth.Zip(found, (t, a) => t.Zip(a, (x, y) => Math.Pow(x - y, 2)).Average()).Average());

    private static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static int Poisson(double mean, Random random)
    {
        var count = 0;
        for (var t = -Math.Log(1 - random.NextDouble()); t < mean; t -= Math.Log(1 - random.NextDouble()))
            count++;
        return count;
    }
}

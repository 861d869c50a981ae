using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Data divided by the noise of their bands, before a search for endmembers.</summary>
public sealed class WhiteningTests
{
    private const int Pixels = 500;
    private const int Bands = 20;
    private const int Quiet = 500;

    [Fact]
    public void Noise_is_alike_in_all_bands_and_its_mean_stays()
    {
        var data = Scene(1);
        var before = HySime.Estimate(data).NoiseDeviations;
        var after = HySime.Estimate(HySime.Whiten(data)).NoiseDeviations;
        Assert.True(before.Max() > 20 * before.Min());
        Assert.True(after.Max() < 1.001 * after.Min(), $"{after.Min()} to {after.Max()}");
        Assert.Equal(before.Average(d => d * d), after.Average(d => d * d), 0.05 * after.Average(d => d * d));
    }

    [Fact]
    public void Searches_find_pure_pixels_that_noisy_bands_hide()
    {
        var (plain, white) = (0, 0);
        for (var seed = 1; seed <= 10; seed++)
        {
            var data = Scene(seed);
            plain += Pure(SeparableNmf.Pick(data, 3, EndmemberSearch.NFindr));
            white += Pure(SeparableNmf.Pick(HySime.Whiten(data), 3, EndmemberSearch.NFindr));
        }

        Assert.True(white == 30 && plain <= 20, $"{white} and {plain} of 30");

        // Every fiftieth pixel is pure.
        static int Pure(int[] picked) => picked.Count(n => n % 50 < 3);
    }

    [Fact]
    public void Storage_threads_and_precision_do_not_matter_and_the_data_stay()
    {
        var data = Scene(2);
        var values = data.Dense!.ToRowMajor();
        var expected = HySime.Whiten(data, threads: 1).Dense!.ToRowMajor();
        Assert.Equal(values, data.Dense.ToRowMajor());
        Assert.Equal(expected, HySime.Whiten(data, threads: 3).Dense!.ToRowMajor());
        var sparse = HySime.Whiten(TestData.Sparse<double>(values, Pixels, Bands)).Sparse!;
        var row = new double[Bands];
        for (var j = 0; j < sparse.RowValues(7).Length; j++)
            row[sparse.RowIndices(7)[j]] = sparse.RowValues(7)[j];
        Assert.Equal(expected.AsSpan(7 * Bands, Bands).ToArray(), row);
        Assert.Throws<ArgumentException>(
            () => HySime.Whiten(NmfData<double>.FromDense(values.AsSpan(0, 10 * Bands), 10, Bands)));
    }

    [Fact]
    public void The_variance_of_the_noise_is_that_of_few_pixels_too_and_spectra_have_their_angle_to_the_signal()
    {
        // White noise of deviation 0.01 on three spectra of sines; twice as many pixels as bands.
        const int Size = 60;
        var random = new Random(4);
        var spectra = new Matrix<double>(Size, 5);
        for (var f = 0; f < Size; f++)
        {
            for (var k = 0; k < 4; k++)
                spectra[f, k] = 0.5 + (0.3 * Math.Sin(2 * Math.PI * (k + 1) * f / Size));
            spectra[f, 4] = 7 * (spectra[f, 0] + spectra[f, 2]);
        }

        var values = new double[2 * Size * Size];
        for (var n = 0; n < 2 * Size; n++)
        {
            double[] shares = [random.NextDouble(), random.NextDouble(), random.NextDouble()];
            for (var f = 0; f < Size; f++)
            {
                var normal = Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
                values[(n * Size) + f] = 0.1
                    + Enumerable.Range(0, 3).Sum(k => shares[k] * spectra[f, k]) + (0.01 * normal);
            }
        }

        using var team = new WorkTeam(2);
        var noise = HySime.Measure(NmfData<double>.FromDense(values, 2 * Size, Size), team, CancellationToken.None);
        Assert.InRange(noise.Variances.Average(), 0.85e-4, 1.15e-4);
        var (distances, dimension) = noise.DistancesFromSignal(spectra, 1.05);

        // The constant 0.1 lies in no sum of the spectra: a fourth direction.
        Assert.Equal(4, dimension);
        foreach (var k in new[] { 0, 1, 2, 4 })
            Assert.InRange(distances[k], 0, 0.05);

        // What is not in them of the fourth: its sine, 0.3² Size / 2 of a square of (0.5² + 0.3² / 2) Size.
        Assert.Equal(Math.Sqrt(0.045 / 0.295), distances[3], 0.03);
    }

    // Three smooth spectra, pure in three pixels of fifty and else mixed; two bands have two hundred times the noise.
    private static NmfData<double> Scene(int seed)
    {
        var random = new Random(seed);
        var values = new double[Pixels * Bands];
        for (var n = 0; n < Pixels; n++)
        {
            double[] shares = [.. Enumerable.Range(0, 3).Select(_ => 0.2 + random.NextDouble())];
            if (n % 50 < 3)
                shares = [.. Enumerable.Range(0, 3).Select(k => k == n % 50 ? 1.0 : 0)];
            for (var f = 0; f < Bands; f++)
            {
                var value = Enumerable.Range(0, 3).Sum(
                    k => shares[k] * (0.5 + (0.2 * Math.Sin((k + 1) * (f + k) * 0.3))));
                var noise = (f is 4 or 13 ? 200.0 : 1) / Quiet
                    * Enumerable.Range(0, 12).Sum(_ => random.NextDouble() - 0.5);
                values[(n * Bands) + f] = Math.Max(0, (value / shares.Sum()) + noise);
            }
        }

        return NmfData<double>.FromDense(values, Pixels, Bands);
    }
}

using System.Text.Json;

namespace Nmf.Tests;

/// <summary>The number of endmembers against numpy, which regresses band by band, on scenes that both make from the
/// same random numbers.</summary>
public sealed class HySimeTests
{
    private const int Pixels = 600;
    private const int Bands = 40;

    private sealed record Case(
        int Count, int Decibels, ulong Seed, double Sum, int Found, double Deviation, double[] SignalAndNoise,
        double[] Noise, double[] Deviations);

    private sealed record Goldens(Case[] Cases);

    private static readonly Goldens s_goldens = JsonSerializer.Deserialize<Goldens>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hysime.json")), JsonSerializerOptions.Web)!;

    [Fact]
    public void Numbers_and_powers_are_those_of_numpy()
    {
        Assert.Equal(9, s_goldens.Cases.Length);
        foreach (var golden in s_goldens.Cases)
        {
            var data = NmfData<double>.FromDense(Scene(golden.Count, golden.Decibels, golden.Seed), Pixels, Bands);
            Assert.Equal(golden.Sum, data.Sum, 1e-8 * golden.Sum);
            var estimate = HySime.Estimate(data);
            Assert.Equal(golden.Found, estimate.Endmembers);
            for (var f = 0; f < Bands; f++)
                Assert.Equal(golden.Deviations[f], estimate.NoiseDeviations[f], 1e-5 * golden.Deviations[f]);
            for (var k = 0; k < golden.Count; k++)
            {
                Assert.Equal(golden.SignalAndNoise[k], estimate.Directions[k].Power, 1e-5 * golden.SignalAndNoise[k]);
                Assert.Equal(golden.Noise[k], estimate.Directions[k].NoisePower, 1e-4 * golden.Noise[k]);
            }

            // numpy misses one of eight at 30 dB: its signal is below the noise. Nowhere else.
            Assert.Equal(golden is { Count: 8, Decibels: 30 } ? 7 : golden.Count, estimate.Endmembers);
            Assert.Equal(golden.Decibels, estimate.SignalToNoiseRatio, 1.0);
        }
    }

    [Fact]
    public void Single_precision_sparse_storage_and_threads_do_not_matter()
    {
        var values = Array.ConvertAll(Scene(5, 40, 7), value => (double)(float)value);
        var @double = NmfData<double>.FromDense(values, Pixels, Bands);
        var single = TestData.Dense<float>(values, Pixels, Bands);
        var sparse = TestData.Sparse<float>(values, Pixels, Bands);
        var expected = HySime.Estimate(@double, threads: 1);
        foreach (var estimate in new[] { HySime.Estimate(single, threads: 1), HySime.Estimate(single, threads: 3),
            HySime.Estimate(sparse, threads: 2) })
        {
            Assert.Equal(expected.NoiseDeviations, estimate.NoiseDeviations);
            Assert.Equal(expected.Directions, estimate.Directions);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    public void Without_noise_the_number_is_the_rank(int count)
    {
        var data = NmfData<double>.FromDense(Scene(count, 400, 5), Pixels, Bands);
        var estimate = HySime.Estimate(data);
        Assert.Equal(count, estimate.Endmembers);
        Assert.True(estimate.SignalToNoiseRatio > 80);
    }

    [Fact]
    public void Dead_and_constant_bands_are_no_endmembers()
    {
        var values = Scene(4, 40, 9);
        for (var n = 0; n < Pixels; n++)
            (values[n * Bands], values[(n * Bands) + 7]) = (0, 0.5);
        var data = NmfData<double>.FromDense(values, Pixels, Bands);
        var estimate = HySime.Estimate(data);
        Assert.Equal(0, estimate.NoiseDeviations[0]);

        // A constant band is the sum of the abundances, and so a combination of the others, up to their noise.
        Assert.Equal(4, estimate.Endmembers);
    }

    [Fact]
    public void Too_few_pixels_or_bands_and_missing_entries_are_refused()
    {
        Refused("40 pixels of 40 bands", Scene(3, 40, 1)[..(40 * Bands)], 40, Bands);
        Refused("two bands", [1, 2, 3], 3, 1);
        var missing = NmfData<double>.FromDense([1, double.NaN, 3, 4, 5, 6], 3, 2, MissingValues.NaN);
        Assert.Contains(
            "missing", Assert.Throws<ArgumentException>(() => HySime.Estimate(missing)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void It_can_be_cancelled()
    {
        var data = NmfData<double>.FromDense(Scene(3, 40, 1), Pixels, Bands);
        Assert.Throws<OperationCanceledException>(
            () => HySime.Estimate(data, cancellationToken: new CancellationToken(true)));
    }

    private static void Refused(string part, double[] values, int pixels, int bands)
    {
        var data = NmfData<double>.FromDense(values, pixels, bands);
        Assert.Contains(
            part, Assert.Throws<ArgumentException>(() => HySime.Estimate(data)).Message, StringComparison.Ordinal);
    }

    // The scene of make_hysime_goldens.py, number for number.
    private static double[] Scene(int count, int decibels, ulong seed)
    {
        var state = seed;
        var spectra = new double[Bands, count];
        for (var k = 0; k < count; k++)
        {
            var level = 0.3 + (0.4 * Next());
            var bumps = new (double At, double Width, double Height)[5];
            for (var i = 0; i < bumps.Length; i++)
                bumps[i] = (Next(), 0.03 + (0.1 * Next()), (0.6 * Next()) - 0.3);
            for (var f = 0; f < Bands; f++)
                spectra[f, k] = level + bumps.Sum(
                    bump => bump.Height * Math.Exp(-0.5 * Math.Pow((((double)f / Bands) - bump.At) / bump.Width, 2)));
        }

        var shares = new double[Pixels][];
        var values = new double[Pixels * Bands];
        for (var n = 0; n < Pixels; n++)
        {
            shares[n] = new double[count];
            for (var k = 0; k < count; k++)
                shares[n][k] = -Math.Log(Next());
            var sum = shares[n].Sum();
            for (var f = 0; f < Bands; f++)
            {
                for (var k = 0; k < count; k++)
                    values[(n * Bands) + f] += shares[n][k] / sum * spectra[f, k];
            }
        }

        var deviation = Math.Sqrt(values.Average(value => value * value)) * Math.Pow(10, -decibels / 20.0);
        for (var i = 0; i < values.Length; i++)
            values[i] = Math.Max(
                0, values[i] + (deviation * Math.Sqrt(-2 * Math.Log(Next())) * Math.Cos(2 * Math.PI * Next())));
        return values;

        double Next()
        {
            state = unchecked((6364136223846793005 * state) + 1442695040888963407);
            return ((state >> 11) + 0.5) / (1UL << 53);
        }
    }
}

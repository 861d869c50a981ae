using Microsoft.ML.Data;

namespace Anomalies;

/// <summary>One measurement of a machine: the power in each frequency band, and, because the data are made here, the truth.</summary>
internal sealed class Spectrum
{
    public const int Bands = 30;

    [VectorType(Bands)]
    public float[] Power { get; set; } = [];

    public bool IsAnomalous { get; set; }
}

/// <summary>What the pipelines say about a measurement.</summary>
internal sealed class Verdict
{
    public float Score { get; set; }

    public float[] Unexplained { get; set; } = [];

    public float[] Model { get; set; } = [];
}

/// <summary>
/// A machine with three sources of sound, each a broad hump of the spectrum, that run at changing loads. In some measurements a damaged bearing adds a few sharp and strong
/// lines at bands of its own, different each time.
/// </summary>
internal static class Machine
{
    public const int Sources = 3;

    /// <summary>What source k sounds like at load one.</summary>
    public static double[] Sound(int source)
        => [.. Enumerable.Range(0, Spectrum.Bands).Select(band => Math.Exp(-Math.Pow((band - 5 - (10 * source)) / 4.0, 2)))];

    /// <summary>Measurements, a given share of them with a damaged bearing.</summary>
    public static Spectrum[] Measure(int count, double anomalies, int seed)
    {
        var random = new Random(seed);
        var sounds = Enumerable.Range(0, Sources).Select(Sound).ToArray();
        return [.. Enumerable.Range(0, count).Select(_ => One())];

        Spectrum One()
        {
            var loads = sounds.Select(_ => 0.2 + (2 * random.NextDouble())).ToArray();
            var power = new float[Spectrum.Bands];
            for (var band = 0; band < power.Length; band++)
                power[band] = (float)(0.02 + (0.05 * random.NextDouble()) + Enumerable.Range(0, Sources).Sum(k => loads[k] * sounds[k][band]));
            var isAnomalous = random.NextDouble() < anomalies;
            for (var line = 0; isAnomalous && line < 6; line++)
                power[random.Next(power.Length)] += (float)(4 + (4 * random.NextDouble()));
            return new Spectrum { Power = power, IsAnomalous = isAnomalous };
        }
    }
}

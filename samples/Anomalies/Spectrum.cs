using Microsoft.ML.Data;

namespace Anomalies;

/// <summary>One measurement of a machine: the power in each frequency band, and, because the data are made
/// here, the truth.</summary>
internal sealed class Spectrum
{
    public const int Bands = 30;

    [VectorType(Bands)]
    public float[] Power { get; set; } = [];

    /// <summary>How loud each source was.</summary>
    public float[] Loads { get; set; } = [];

    public bool IsAnomalous { get; set; }
}

/// <summary>What the pipelines say about a measurement.</summary>
internal sealed class Verdict
{
    public float Score { get; set; }

    public float[] Loads { get; set; } = [];

    public float[] Unexplained { get; set; } = [];

    public float[] Model { get; set; } = [];
}

/// <summary>
/// A machine with three sources of sound, each a broad hump of the spectrum, that run at changing loads. In
/// some measurements a damaged bearing adds a few sharp lines at bands of its own, different each time, and of
/// very different strength: from as loud as the machine to many times louder. The loudest are what a plain fit
/// spends its components on.
/// </summary>
internal static class Machine
{
    public const int Sources = 3;

    private const double Noise = 0.1;
    private const double Background = 0.05;
    private const int Lines = 6;
    private const double WeakestLine = 2;

    // Natural logarithm of the strongest line over the weakest: a factor of 20.
    private const double LineRange = 3;

    /// <summary>What source k sounds like at load one.</summary>
    public static double[] Sound(int source)
        => [.. Enumerable.Range(0, Spectrum.Bands).Select(
            band => Math.Exp(-Math.Pow((band - 5 - (10 * source)) / 4.0, 2)))];

    /// <summary>Measurements, a given share of them with a damaged bearing.</summary>
    public static Spectrum[] Measure(int count, double anomalies, int seed)
    {
        var random = new Random(seed);
        var sounds = Enumerable.Range(0, Sources).Select(Sound).ToArray();
        return [.. Enumerable.Range(0, count).Select(_ => One())];

        Spectrum One()
        {
            var loads = sounds.Select(_ => 0.2 + (2 * random.NextDouble())).ToArray();
            var power = new double[Spectrum.Bands];
            for (var band = 0; band < power.Length; band++)
                power[band] = Background + Enumerable.Range(0, Sources).Sum(k => loads[k] * sounds[k][band]);
            var isAnomalous = random.NextDouble() < anomalies;
            var strength = WeakestLine * Math.Exp(LineRange * random.NextDouble());
            for (var line = 0; isAnomalous && line < Lines; line++)
                power[random.Next(power.Length)] += strength * (0.5 + random.NextDouble());
            return new Spectrum
            {
                Power = [.. power.Select(p => (float)Math.Max(0, p + (Noise * Draws.Normal(random))))],
                Loads = [.. loads.Select((load, k) => (float)(load * sounds[k].Sum()))],
                IsAnomalous = isAnomalous,
            };
        }
    }
}

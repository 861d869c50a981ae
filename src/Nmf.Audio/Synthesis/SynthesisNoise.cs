using System.Numerics.Tensors;

namespace Nmf.Audio;

/// <summary>The white noise that a recording has beside its layers: the level of what is left over.</summary>
public sealed record SynthesisNoise
{
    // Bands, of which the quietest and those that are hardly louder hold nothing but noise; and its least variance,
    // relative to the power of the recording.
    private const int Bands = 32;
    private const double Near = 1.5;
    private const double Least = 1e-10;

    private SynthesisNoise()
    {
    }

    internal double? Variance { get; private init; }

    internal double From { get; private init; }

    internal int AnnealingIterations { get; private init; }

    /// <summary>Noise of a variance that is known and stays.</summary>
    /// <param name="variance">Mean square of its samples, greater than 0, full scale being 1.</param>
    /// <exception cref="ArgumentException">The variance is out of range.</exception>
    public static SynthesisNoise Fixed(double variance)
    {
        Option.Require(
            variance > 0 && double.IsFinite(variance), nameof(variance),
            $"The variance of the noise must be greater than 0, not {variance}.");
        return new SynthesisNoise { Variance = variance };
    }

    /// <summary>Noise whose variance is estimated from the recording before the fit: the mean power of those of 32
    /// bands of frequency that are within a factor 1.5 of the quietest, each by the median of its coefficients in the
    /// frame of the first layer. Noise that is white has it in every band.</summary>
    /// <remarks>Not with the layers: a likelihood in which coefficients are free prefers noise of no power.</remarks>
    public static SynthesisNoise Estimated() => new();

    /// <summary>Noise that falls to its level: its standard deviation goes geometrically from one that drowns the
    /// recording. What only one layer explains with few components comes out first, so that layers part: with more than
    /// one of them it is needed. The objective means nothing meanwhile, and a fit has not converged before.</summary>
    /// <param name="from">Variance at the start, in multiples of the mean power of the recording, greater than 0; if it
    /// is below the level, nothing falls.</param>
    /// <param name="iterations">Iterations until the level is reached, at least 0.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public SynthesisNoise Annealed(double from = 10, int iterations = 40)
    {
        Option.Require(
            from > 0 && double.IsFinite(from), nameof(from),
            $"The variance at the start must be greater than 0, not {from}.");
        Option.Require(iterations >= 0, nameof(iterations), "The number of iterations must not be negative.");
        return this with { From = from, AnnealingIterations = iterations };
    }

    internal string Describe()
        => $"{Variance?.ToString("R", System.Globalization.CultureInfo.InvariantCulture) ?? "estimated"}, "
            + $"from {From:R} of the power in {AnnealingIterations} iterations";

    /// <summary>The variance in an iteration, from 0.</summary>
    /// <param name="iteration">Which iteration.</param>
    /// <param name="level">The variance at the end.</param>
    /// <param name="power">Mean power of the recording.</param>
    internal double LevelAt(int iteration, double level, double power)
        => iteration >= AnnealingIterations || From * power <= level ? level
            : level * Math.Pow(From * power / level, 1 - ((double)iteration / AnnealingIterations));

    /// <summary>The level of the quietest bands.</summary>
    /// <param name="frame">The frame of the first layer.</param>
    /// <param name="signal">The recording, in whatever unit.</param>
    internal static double Estimate(TightFrame frame, ReadOnlySpan<double> signal)
    {
        var power = new double[frame.Bins][];
        for (var f = 0; f < power.Length; f++)
            power[f] = new double[frame.Frames];
        var coefficients = new double[2 * frame.Bins];
        for (var n = 0; n < frame.Frames; n++)
        {
            frame.Analyze(signal, n, coefficients, 0);
            for (var f = 0; f < frame.Bins; f++)
                power[f][n] = (coefficients[2 * f] * coefficients[2 * f])
                    + (coefficients[(2 * f) + 1] * coefficients[(2 * f) + 1]);
        }

        // Without the two frequencies whose coefficients are real: their powers are spread otherwise.
        double[][] complex = [.. power.Where((_, f) => !frame.IsReal(f))];
        var bands = Math.Min(Bands, complex.Length);
        var medians = new double[bands];
        for (var b = 0; b < bands; b++)
        {
            var band = complex[(b * complex.Length / bands)..((b + 1) * complex.Length / bands)]
                .SelectMany(row => row).ToArray();
            Array.Sort(band);
            medians[b] = band[band.Length / 2];
        }

        // The median of the power of a Gaussian coefficient is ln 2 of its mean.
        var mean = TensorPrimitives.SumOfSquares(signal) / signal.Length;
        var quiet = bands == 0 ? 0 : medians.Where(median => median <= Near * medians.Min()).Average();
        return Math.Max(quiet / (Math.Log(2) * frame.NoiseShare), Least * mean);
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Randomised quantile residuals: at every entry the probability, under the model, of less than what was seen; where
/// that is a step, as for counts and zeros, a random number within it. If model and noise are right they are uniform
/// between 0 and 1, whatever the noise. Dunn and Smyth, "Randomized quantile residuals", 1996.
/// </summary>
public sealed class QuantileResiduals
{
    // Terms of Kolmogorov's series; more change nothing.
    private const int Terms = 60;

    private QuantileResiduals(Matrix<double> values, double distance, long entries)
    {
        (Values, Distance, Entries) = (values, distance, entries);
        var scaled = (Math.Sqrt(entries) + 0.12 + (0.11 / Math.Sqrt(entries))) * distance;
        double sum = 0;
        for (var j = 1; j <= Terms; j++)
            sum += (j % 2 == 1 ? 2 : -2) * Math.Exp(-2.0 * j * j * scaled * scaled);
        PValue = scaled < 0.2 ? 1 : Math.Clamp(sum, 0, 1);
    }

    /// <summary>The residuals, samples x features; NaN where an entry is missing.</summary>
    public Matrix<double> Values { get; }

    /// <summary>Number of residuals.</summary>
    public long Entries { get; }

    /// <summary>The largest difference between their distribution and a uniform one (Kolmogorov and Smirnov), 0 to
    /// 1.</summary>
    public double Distance { get; }

    /// <summary>The probability of such a distance if they were independent and uniform. Of the residuals of a fit it
    /// is a guide only: the fit has seen the data.</summary>
    public double PValue { get; }

    /// <summary>The residuals of data under factors and noise.</summary>
    /// <param name="data">V, samples x features; missing entries are left out.</param>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="activations">H, samples x rank.</param>
    /// <param name="noise">The noise, with its dispersion.</param>
    /// <param name="seed">Seed of the random part.</param>
    /// <param name="threads">Number of threads, or null for one per processor; the result does not depend on
    /// it.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ArgumentException">Shapes do not match, data have weights, or the noise cannot have one of the
    /// values (<see cref="NmfDataException"/>).</exception>
    /// <exception cref="InvalidOperationException">The dispersion is not known.</exception>
    public static QuantileResiduals Of<T>(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, EntryNoiseModel noise, int seed = 0,
        int? threads = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NmfLikelihood.Require(data, dictionary, activations, noise);
        NmfLikelihood.RequireDispersion(noise);
        var values = new Matrix<double>(data.Samples, data.Features);
        var random = new CounterRandom(seed, RandomStreams.QuantileResiduals);
        using var team = new WorkTeam(NmfLikelihood.Threads(threads));
        new SampleVisit<T>(data.Samples, dictionary, activations, data.CopyObserved, (n, row, means) =>
        {
            for (var f = 0; f < row.Length; f++)
            {
                values.Row(n)[f] = double.IsNaN(row[f]) ? double.NaN
                    : Residual(noise, row[f], means[f], random.Uniform(((long)n * row.Length) + f));
            }
        }, cancellationToken).Run(team);
        var sorted = new List<double>();
        for (var n = 0; n < values.Rows; n++)
        {
            foreach (var value in values.Row(n))
            {
                if (!double.IsNaN(value))
                    sorted.Add(value);
            }
        }

        return new QuantileResiduals(values, DistanceOf(sorted), sorted.Count);
    }

    /// <summary>One residual.</summary>
    /// <param name="noise">The noise.</param>
    /// <param name="datum">v.</param>
    /// <param name="mean">y.</param>
    /// <param name="uniform">A number between 0 and 1.</param>
    internal static double Residual(EntryNoiseModel noise, double datum, double mean, double uniform)
    {
        // A mean of zero leaves one value possible.
        if (!(mean > 0) && noise is not GaussianNoise)
            return datum > 0 ? 1 : uniform;
        var to = noise.Cumulative(datum, mean);
        var from = noise.IsDiscrete ? noise.Cumulative(datum - 1, mean) : datum == 0 && noise is TweedieNoise ? 0 : to;
        return from + (uniform * (to - from));
    }

    /// <summary>The distance of some numbers from uniform ones; sorts them.</summary>
    internal static double DistanceOf(List<double> numbers)
    {
        numbers.Sort();
        double distance = 0;
        for (var i = 0; i < numbers.Count; i++)
        {
            distance = Math.Max(
                distance,
                Math.Max(((i + 1.0) / numbers.Count) - numbers[i], numbers[i] - ((double)i / numbers.Count)));
        }

        return distance;
    }
}

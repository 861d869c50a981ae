using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Which source each coefficient of a convolutive mixture belongs to (Sawada, Araki and Makino, "Underdetermined
/// convolutive blind source separation via frequency bin-wise clustering and permutation alignment", 2011). At every
/// frequency the directions of the whitened vectors of the channels, phases included, are clustered by
/// expectation-maximisation around as many complex lines as there are sources; <see cref="ActivityAlignment"/> says
/// which cluster of one frequency is which of another.
/// </summary>
internal static class FrequencyMasks
{
    private const int Iterations = 25;
    private const int Starts = 4;
    private const double LeastVariance = 1e-4;

    // Less of a coefficient is nothing.
    private const double LeastShare = 1e-6;

    /// <summary>One mask per source, frames x bins, between zero and one, which add up to one.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="sources">Number of sources.</param>
    /// <param name="heard">Of every source the frames in which it may be heard, or null.</param>
    /// <param name="threads">Number of threads; null for one per processor.</param>
    /// <param name="cancellationToken">Looked at before every frequency.</param>
    public static Matrix<float>[] Find(
        MultichannelSpectrogram mixture, int sources, bool[][]? heard, int? threads,
        CancellationToken cancellationToken)
    {
        var posteriors = new double[mixture.Bins][][];
        Parallel.For(
            0, mixture.Bins,
            new ParallelOptions { MaxDegreeOfParallelism = threads ?? -1, CancellationToken = cancellationToken },
            f => posteriors[f] = Cluster(mixture, f, sources));
        ActivityAlignment.Align(posteriors, heard, cancellationToken);
        Matrix<float>[] masks = [.. Enumerable.Range(0, sources).Select(
            _ => new Matrix<float>(mixture.Frames, mixture.Bins))];
        for (var n = 0; n < mixture.Frames; n++)
        {
            for (var f = 0; f < mixture.Bins; f++)
            {
                // What a silent source had goes to the others.
                double sum = 0;
                for (var j = 0; j < sources; j++)
                {
                    if (posteriors[f][j][n] < LeastShare || (heard is not null && !heard[j][n]))
                        posteriors[f][j][n] = 0;
                    sum += posteriors[f][j][n];
                }

                for (var j = 0; j < sources && sum > 0; j++)
                    masks[j][n, f] = (float)(posteriors[f][j][n] / sum);
            }
        }

        return masks;
    }

    /// <summary>Of every cluster how probable it is in every frame; the likeliest of some starts.</summary>
    private static double[][] Cluster(MultichannelSpectrogram mixture, int bin, int sources)
    {
        var (vectors, power) = Whitened(mixture, bin);
        double[][] best = [.. Enumerable.Range(0, sources).Select(
            _ => Enumerable.Repeat(1.0 / sources, mixture.Frames).ToArray())];
        var loudest = Enumerable.Range(0, mixture.Frames).Where(n => power[n] > 0)
            .OrderByDescending(n => power[n]).ToArray();
        var greatest = double.NegativeInfinity;
        for (var start = 0; start < Starts && loudest.Length > sources; start++)
        {
            var (posterior, likelihood) = Cluster(
                vectors, Spread(vectors, loudest, loudest[start * loudest.Length / (4 * Starts)], sources));
            if (likelihood > greatest)
                (best, greatest) = (posterior, likelihood);
        }

        return best;
    }

    /// <summary>Lines that are far from each other, through vectors of the louder half of the frames.</summary>
    private static Complex[][] Spread(Complex[][] vectors, int[] loudest, int first, int count)
    {
        var lines = new List<Complex[]> { vectors[first] };
        var nearest = new double[loudest.Length / 2];
        while (lines.Count < count)
        {
            for (var n = 0; n < nearest.Length; n++)
                nearest[n] = Math.Max(nearest[n], Squared(lines[^1], vectors[loudest[n]]));
            lines.Add(vectors[loudest[TensorPrimitives.IndexOfMin<double>(nearest)]]);
        }

        return [.. lines];
    }

    /// <summary>Unit vectors y around lines a: p(y | a, σ²) ∝ σ^{2-2I} exp(-(1 - |aᴴy|²) / σ²).</summary>
    private static (double[][] Posterior, double Likelihood) Cluster(Complex[][] vectors, Complex[][] lines)
    {
        var (count, channels) = (lines.Length, lines[0].Length);
        double[][] posterior = [.. lines.Select(_ => new double[vectors.Length])];
        var (variances, shares, logs) = (new double[count], new double[count], new double[count]);
        Array.Fill(variances, 0.1);
        Array.Fill(shares, 1.0 / count);
        double likelihood = 0;
        for (var round = 0; round < Iterations; round++)
        {
            likelihood = 0;
            for (var n = 0; n < vectors.Length; n++)
            {
                for (var j = 0; j < count; j++)
                    logs[j] = Math.Log(shares[j]) - ((channels - 1) * Math.Log(variances[j]))
                        - ((1 - Squared(lines[j], vectors[n])) / variances[j]);
                var greatest = TensorPrimitives.Max<double>(logs);
                var sum = 0.0;
                for (var j = 0; j < count; j++)
                    sum += posterior[j][n] = Math.Exp(logs[j] - greatest);
                for (var j = 0; j < count; j++)
                    posterior[j][n] /= sum;
                likelihood += greatest + Math.Log(sum);
            }

            for (var j = 0; j < count; j++)
            {
                var total = TensorPrimitives.Sum<double>(posterior[j]);
                shares[j] = Math.Max(total / vectors.Length, 1e-3);
                lines[j] = Principal(vectors, posterior[j], lines[j]);
                double rest = 0;
                for (var n = 0; n < vectors.Length; n++)
                    rest += posterior[j][n] * (1 - Squared(lines[j], vectors[n]));
                variances[j] = Math.Max(LeastVariance, rest / ((channels - 1) * Math.Max(total, 1e-9)));
            }
        }

        return (posterior, likelihood);
    }

    /// <summary>The line of most of the weight of vectors, by power iterations from the last one.</summary>
    private static Complex[] Principal(Complex[][] vectors, double[] weights, Complex[] line)
    {
        var channels = line.Length;
        var covariance = new Complex[channels, channels];
        for (var n = 0; n < vectors.Length; n++)
        {
            for (var i = 0; i < channels; i++)
            {
                var weighted = weights[n] * vectors[n][i];
                for (var c = 0; c < channels; c++)
                    covariance[i, c] += weighted * Complex.Conjugate(vectors[n][c]);
            }
        }

        for (var round = 0; round < 5; round++)
        {
            var next = new Complex[channels];
            double power = 0;
            for (var i = 0; i < channels; i++)
            {
                for (var c = 0; c < channels; c++)
                    next[i] += covariance[i, c] * line[c];
                power += (next[i].Real * next[i].Real) + (next[i].Imaginary * next[i].Imaginary);
            }

            if (!(power > 0))
                break;
            for (var i = 0; i < channels; i++)
                next[i] /= Math.Sqrt(power);
            line = next;
        }

        return line;
    }

    /// <summary>The vectors of the channels, made uncorrelated and of length 1, and their powers. What the sources have
    /// in common at low frequencies, where waves are longer than the array, goes.</summary>
    private static (Complex[][] Vectors, double[] Power) Whitened(MultichannelSpectrogram mixture, int bin)
    {
        var channels = mixture.Channels.Count;
        var vectors = new Complex[mixture.Frames][];
        var covariance = new Complex[channels, channels];
        var power = new double[mixture.Frames];
        for (var n = 0; n < vectors.Length; n++)
        {
            var x = vectors[n] = new Complex[channels];
            for (var i = 0; i < channels; i++)
            {
                var frame = mixture.Channels[i].Frame(n);
                x[i] = new Complex(frame[2 * bin], frame[(2 * bin) + 1]);
                power[n] += (x[i].Real * x[i].Real) + (x[i].Imaginary * x[i].Imaginary);
            }

            for (var i = 0; i < channels; i++)
            {
                for (var c = 0; c <= i; c++)
                    covariance[i, c] += x[i] * Complex.Conjugate(x[c]);
            }
        }

        // The Cholesky factor, and L⁻¹ x.
        var least = 1e-9 * power.Sum();
        for (var i = 0; i < channels; i++)
        {
            for (var c = 0; c <= i; c++)
            {
                var sum = covariance[i, c];
                for (var k = 0; k < c; k++)
                    sum -= covariance[i, k] * Complex.Conjugate(covariance[c, k]);
                covariance[i, c] = i == c ? Math.Sqrt(Math.Max(sum.Real, least))
                    : covariance[c, c] == 0 ? 0 : sum / covariance[c, c];
            }
        }

        foreach (var x in vectors)
        {
            double length = 0;
            for (var i = 0; i < channels; i++)
            {
                for (var k = 0; k < i; k++)
                    x[i] -= covariance[i, k] * x[k];
                x[i] = covariance[i, i] == 0 ? 0 : x[i] / covariance[i, i];
                length += (x[i].Real * x[i].Real) + (x[i].Imaginary * x[i].Imaginary);
            }

            for (var i = 0; i < channels && length > 0; i++)
                x[i] /= Math.Sqrt(length);
        }

        return (vectors, power);
    }

    /// <summary>|aᴴy|².</summary>
    private static double Squared(Complex[] line, Complex[] vector)
    {
        double re = 0, im = 0;
        for (var i = 0; i < line.Length; i++)
        {
            re += (line[i].Real * vector[i].Real) + (line[i].Imaginary * vector[i].Imaginary);
            im += (line[i].Real * vector[i].Imaginary) - (line[i].Imaginary * vector[i].Real);
        }

        return (re * re) + (im * im);
    }
}

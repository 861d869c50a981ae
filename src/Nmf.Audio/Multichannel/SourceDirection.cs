using System.Numerics;

namespace Nmf.Audio;

/// <summary>The mixing vector of one source: as given, or the direction of most of the power of its image.</summary>
internal static class SourceDirection
{
    private const int PowerIterations = 50;

    /// <summary>Sets gains, with length 1, however long they are; their real parts alone where the mixing is
    /// real.</summary>
    public static void Set(MixingFactors factors, int bin, int source, ReadOnlySpan<Complex> gains, bool isReal)
    {
        // By the largest first: squares of very large and very small gains are no numbers.
        double largest = 0, power = 0;
        foreach (var gain in gains)
            largest = Math.Max(largest, isReal ? Math.Abs(gain.Real) : LargerPart(gain));
        if (!(largest > 0))
            largest = 1;
        foreach (var gain in gains)
        {
            var (re, im) = (gain.Real / largest, isReal ? 0 : gain.Imaginary / largest);
            power += (re * re) + (im * im);
        }

        var scale = power > 0 ? 1 / Math.Sqrt(power) : 1;
        for (var i = 0; i < gains.Length; i++)
        {
            var at = factors.MixingOf(bin) + (i * factors.Sources) + source;
            factors.MixingReal[at] = scale * (gains[i].Real / largest);
            factors.MixingImaginary[at] = isReal ? 0 : scale * (gains[i].Imaginary / largest);
        }
    }

    private static double LargerPart(Complex gain) => Math.Max(Math.Abs(gain.Real), Math.Abs(gain.Imaginary));

    /// <summary>Sets the mixing of a source from its image: the eigenvector of the greatest eigenvalue of its
    /// covariance, at every frequency or for all together. Where the image is silent the mixing stays.</summary>
    public static void Set(MixtureData image, MixingFactors factors, int source)
    {
        var covariance = new Complex[image.Channels * image.Channels];
        for (var m = 0; m < factors.Mixings; m++)
        {
            Array.Clear(covariance);
            var (from, to) = factors.IsInstantaneous ? (0, image.Bins) : (m, m + 1);
            for (var f = from; f < to; f++)
                AddCovariance(image, f, covariance, factors.IsInstantaneous);
            if (Principal(covariance, image.Channels) is { } gains)
                Set(factors, m, source, gains, factors.IsRealMixing(m));
        }
    }

    private static void AddCovariance(MixtureData image, int bin, Complex[] covariance, bool isReal)
    {
        for (var i = 0; i < image.Channels; i++)
        {
            for (var c = 0; c < image.Channels; c++)
            {
                double re = 0, im = 0;
                Span<double> a = image.Row(bin, i, 0), b = image.Row(bin, i, 1);
                Span<double> p = image.Row(bin, c, 0), q = image.Row(bin, c, 1);
                for (var n = 0; n < a.Length; n++)
                {
                    re += (a[n] * p[n]) + (b[n] * q[n]);
                    im += (b[n] * p[n]) - (a[n] * q[n]);
                }

                covariance[(i * image.Channels) + c] += new Complex(re, isReal ? 0 : im);
            }
        }
    }

    /// <summary>The eigenvector of the greatest eigenvalue of a covariance, of length 1; null for zeros.</summary>
    // Power iterations from the column of the loudest channel.
    public static Complex[]? Principal(Complex[] covariance, int channels)
    {
        var loudest = 0;
        for (var i = 1; i < channels; i++)
        {
            if (covariance[i * (channels + 1)].Real > covariance[loudest * (channels + 1)].Real)
                loudest = i;
        }

        if (!(covariance[loudest * (channels + 1)].Real > 0))
            return null;
        var vector = new Complex[channels];
        for (var i = 0; i < channels; i++)
            vector[i] = covariance[(i * channels) + loudest];
        for (var round = 0; round < PowerIterations; round++)
        {
            var next = new Complex[channels];
            for (var i = 0; i < channels; i++)
            {
                for (var c = 0; c < channels; c++)
                    next[i] += covariance[(i * channels) + c] * vector[c];
            }

            var length = Math.Sqrt(next.Sum(x => (x * Complex.Conjugate(x)).Real));
            if (!(length > 0))
                break;
            vector = [.. next.Select(x => x / length)];
        }

        return vector;
    }
}

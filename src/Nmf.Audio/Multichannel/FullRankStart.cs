using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Audio;

/// <summary>
/// Where sources that share directions start, from one mixing vector each: directions are those of the loudest sources,
/// filled up with others at right angles to them, and every source has gains in the directions in the proportion of its
/// mixing vector, over all frequencies.
/// </summary>
internal static class FullRankStart
{
    // Of a unit vector, what must be left beside the directions before it.
    private const double LeastResidual = 0.05;

    // Of the power of a source: what is zero could not be learnt.
    private const double LeastGain = 0.01;

    public static DemixingFactors From(MixingFactors start)
    {
        var factors = DemixingFactors.Empty(start, hasGains: true);
        var channels = start.Channels;
        var power = Powers(start);
        int[] order = [.. Enumerable.Range(0, start.Sources).OrderByDescending(j => power[j].Sum()).Take(channels)];
        for (var f = 0; f < start.Bins; f++)
        {
            var basis = Directions(start, f, order);
            var inverse = MathNet.Numerics.LinearAlgebra.Complex.DenseMatrix.OfArray(basis).Inverse().ToArray();
            factors.SetDemixing(f, inverse);
            for (var j = 0; j < start.Sources; j++)
            {
                for (var m = 0; m < channels; m++)
                {
                    Complex part = 0;
                    for (var i = 0; i < channels; i++)
                        part += inverse[m, i] * start.Mixing(f, i, j);
                    factors.Gains[(j * channels) + m] += power[j][f] * ((part.Real * part.Real)
                        + (part.Imaginary * part.Imaginary));
                }
            }
        }

        for (var j = 0; j < start.Sources; j++)
        {
            var gains = factors.Gains.AsSpan(j * channels, channels);
            var sum = TensorPrimitives.Sum<double>(gains);
            for (var m = 0; m < channels; m++)
                gains[m] = (sum > 0 ? gains[m] / sum : 1.0 / channels) + LeastGain;
        }

        return factors;
    }

    /// <summary>Gives each source a channel in turn.</summary>
    public static void SetApart(MixingFactors factors)
    {
        for (var f = 0; f < factors.Mixings; f++)
        {
            for (var i = 0; i < factors.Channels; i++)
            {
                for (var j = 0; j < factors.Sources; j++)
                {
                    var at = factors.MixingOf(f) + (i * factors.Sources) + j;
                    (factors.MixingReal[at], factors.MixingImaginary[at]) = (i == j % factors.Channels ? 1 : 0, 0);
                }
            }
        }
    }

    // Of every source the power at every frequency.
    private static double[][] Powers(MixingFactors start)
    {
        var sums = Enumerable.Range(0, start.Rank).Select(
            k => TensorPrimitives.Sum<double>(start.Activations.Row(k))).ToArray();
        return [.. Enumerable.Range(0, start.Sources).Select(j => Enumerable.Range(0, start.Bins).Select(
            f => Enumerable.Range(start.Offsets[j], start.Offsets[j + 1] - start.Offsets[j]).Sum(
                k => start.Dictionary[f, k] * sums[k])).ToArray())];
    }

    private static Complex[,] Directions(MixingFactors start, int bin, int[] order)
    {
        var channels = start.Channels;
        var basis = new Complex[channels, channels];

        // An orthonormal basis of the directions so far.
        var before = new List<Complex[]>();
        for (var m = 0; m < channels; m++)
        {
            Complex[]? direction = m >= order.Length ? null
                : [.. Enumerable.Range(0, channels).Select(i => start.Mixing(bin, i, order[m]))];
            var length = direction is null ? 0 : Math.Sqrt(Square(direction));
            direction = length > 0 ? [.. direction!.Select(x => x / length)] : null;
            var rest = direction is null ? null : Rest(direction, before);
            if (rest is null || Square(rest) < LeastResidual)
            {
                rest = Enumerable.Range(0, channels).Select(i => Rest(
                    [.. Enumerable.Range(0, channels).Select(c => c == i ? Complex.One : 0)], before)).MaxBy(Square)!;
                direction = [.. rest.Select(x => x / Math.Sqrt(Square(rest)))];
            }

            before.Add([.. rest.Select(x => x / Math.Sqrt(Square(rest)))]);
            for (var i = 0; i < channels; i++)
                basis[i, m] = direction![i];
        }

        return basis;
    }

    private static Complex[] Rest(Complex[] vector, List<Complex[]> before)
    {
        Complex[] rest = [.. vector];
        foreach (var unit in before)
        {
            Complex along = 0;
            for (var i = 0; i < rest.Length; i++)
                along += Complex.Conjugate(unit[i]) * rest[i];
            for (var i = 0; i < rest.Length; i++)
                rest[i] -= along * unit[i];
        }

        return rest;
    }

    private static double Square(Complex[] vector)
        => vector.Sum(x => (x.Real * x.Real) + (x.Imaginary * x.Imaginary));
}

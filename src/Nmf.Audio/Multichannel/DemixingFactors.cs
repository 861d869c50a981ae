using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>What fits with demixing matrices improve: demixing, spectra, activations, and where sources have more than
/// one demixed channel, the power of each in every one.</summary>
internal sealed class DemixingFactors
{
    public DemixingFactors(int channels, int bins, int frames, int[] offsets, bool hasGains)
    {
        (Channels, Bins, Offsets) = (channels, bins, offsets);
        Gains = hasGains ? new double[Sources * channels] : [];
        DemixingReal = new double[bins * channels * channels];
        DemixingImaginary = new double[DemixingReal.Length];
        Dictionary = new Matrix<double>(bins, Rank);
        Activations = new Matrix<double>(Rank, frames);
    }

    public int Channels { get; }

    public int Bins { get; }

    public int Frames => Activations.Columns;

    /// <summary>The components of source j are those from Offsets[j] to before Offsets[j + 1].</summary>
    public int[] Offsets { get; }

    public int Sources => Offsets.Length - 1;

    public int Rank => Offsets[^1];

    /// <summary>G, sources x demixed channels; none where each source has a demixed channel of its own.</summary>
    public double[] Gains { get; }

    public bool HasGains => Gains.Length > 0;

    /// <summary>Q, bins x demixed channels x channels.</summary>
    public double[] DemixingReal { get; }

    public double[] DemixingImaginary { get; }

    /// <summary>W, bins x rank.</summary>
    public Matrix<double> Dictionary { get; }

    /// <summary>H, rank x frames: here frames run along rows.</summary>
    public Matrix<double> Activations { get; }

    /// <summary>Q of a frequency.</summary>
    public Complex[,] Demixing(int bin)
    {
        var result = new Complex[Channels, Channels];
        for (var m = 0; m < Channels; m++)
        {
            for (var i = 0; i < Channels; i++)
            {
                var at = (((bin * Channels) + m) * Channels) + i;
                result[m, i] = new Complex(DemixingReal[at], DemixingImaginary[at]);
            }
        }

        return result;
    }

    /// <summary>Sets Q of a frequency.</summary>
    public void SetDemixing(int bin, Complex[,] values)
    {
        for (var m = 0; m < Channels; m++)
        {
            for (var i = 0; i < Channels; i++)
            {
                var at = (((bin * Channels) + m) * Channels) + i;
                (DemixingReal[at], DemixingImaginary[at]) = (values[m, i].Real, values[m, i].Imaginary);
            }
        }
    }

    /// <summary>The demixing of a start, whose mixing must have an inverse.</summary>
    /// <exception cref="ArgumentException">The mixing of a frequency has no inverse.</exception>
    public static DemixingFactors Of(MixingFactors start)
    {
        var factors = Empty(start, start.IsFullRank);
        start.Gains.CopyTo(factors.Gains, 0);
        for (var f = 0; f < start.Bins; f++)
        {
            var mixing = new Complex[start.Channels, start.Channels];
            for (var i = 0; i < start.Channels; i++)
            {
                for (var m = 0; m < start.Channels; m++)
                    mixing[i, m] = start.Mixing(f, i, m);
            }

            factors.SetDemixing(f, Inverse(mixing) ?? throw new ArgumentException(
                $"The start mixes two sources alike at frequency {f}, so that nothing tells them apart."));
        }

        return factors;
    }

    /// <summary>Spectra and activations of a start, without a demixing.</summary>
    public static DemixingFactors Empty(MixingFactors start, bool hasGains)
    {
        var factors = new DemixingFactors(start.Channels, start.Bins, start.Frames, start.Offsets, hasGains);
        start.Dictionary.CopyTo(factors.Dictionary);
        start.Activations.CopyTo(factors.Activations);
        return factors;
    }

    /// <summary>The same as mixing: columns of the inverse, which are directions.</summary>
    /// <param name="data">The mixture.</param>
    /// <param name="noise">Power of noise relative to the channel at each frequency.</param>
    public MixingFactors ToMixing(MixtureData data, double noise)
    {
        var result = new MixingFactors(Channels, Bins, Frames, Offsets, isInstantaneous: false, HasGains)
        {
            HalfRateBin = data.HalfRateBin,
        };
        Dictionary.CopyTo(result.Dictionary);
        Activations.CopyTo(result.Activations);
        Gains.CopyTo(result.Gains, 0);
        for (var f = 0; f < Bins; f++)
        {
            // The objective is infinite where there is none.
            var mixing = Inverse(Demixing(f))!;
            for (var at = 0; at < mixing.Length; at++)
            {
                var value = mixing[at / Channels, at % Channels];
                result.MixingReal[result.MixingOf(f) + at] = value.Real;
                result.MixingImaginary[result.MixingOf(f) + at] = data.IsReal(f) ? 0 : value.Imaginary;
            }
        }

        for (var i = 0; i < result.Noise.Length; i++)
            result.Noise[i] = noise * data.Power[i];
        return result;
    }

    private static Complex[,]? Inverse(Complex[,] matrix)
    {
        var inverse = MathNet.Numerics.LinearAlgebra.Complex.DenseMatrix.OfArray(matrix).Inverse().ToArray();
        foreach (var entry in inverse)
        {
            if (!Complex.IsFinite(entry))
                return null;
        }

        return inverse;
    }

    public void Save(BinaryWriter writer)
    {
        writer.WriteNumbers<double>(DemixingReal);
        writer.WriteNumbers<double>(DemixingImaginary);
        writer.WriteNumbers<double>(Gains);
        writer.WriteMatrix(Dictionary);
        writer.WriteMatrix(Activations);
    }

    /// <exception cref="FormatException">A number is not finite, or negative where it cannot be.</exception>
    public void Load(BinaryReader reader)
    {
        reader.ReadFinite(DemixingReal, double.MinValue);
        reader.ReadFinite(DemixingImaginary, double.MinValue);
        reader.ReadFinite(Gains, 0.0);
        reader.ReadFactor(Dictionary);
        reader.ReadFactor(Activations);
    }
}

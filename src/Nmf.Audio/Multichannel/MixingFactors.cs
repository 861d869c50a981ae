using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>What a multichannel fit improves: mixing, spectra, activations, and the power of the noise.</summary>
internal sealed class MixingFactors
{
    public MixingFactors(
        int channels, int bins, int frames, int[] offsets, bool isInstantaneous, bool isFullRank = false)
    {
        (Channels, Bins, Offsets) = (channels, bins, offsets);
        Mixings = isInstantaneous ? 1 : bins;
        Gains = isFullRank ? new double[Sources * channels] : [];
        MixingReal = new double[Mixings * channels * Directions];
        MixingImaginary = new double[MixingReal.Length];
        Dictionary = new Matrix<double>(bins, Rank);
        Activations = new Matrix<double>(Rank, frames);
        Noise = new double[bins * channels];
    }

    public int Channels { get; }

    public int Bins { get; }

    public int Frames => Activations.Columns;

    /// <summary>The components of source j are those from Offsets[j] to before Offsets[j + 1].</summary>
    public int[] Offsets { get; }

    public int Sources => Offsets.Length - 1;

    public int Rank => Offsets[^1];

    /// <summary>Number of mixing matrices: of every frequency its own, or 1.</summary>
    public int Mixings { get; }

    public bool IsInstantaneous => Mixings == 1;

    /// <summary>G, sources x directions: the power of every source in every direction; none where each source has a
    /// direction of its own.</summary>
    public double[] Gains { get; }

    public bool IsFullRank => Gains.Length > 0;

    /// <summary>Number of columns of a mixing matrix.</summary>
    public int Directions => IsFullRank ? Channels : Sources;

    /// <summary>Frequency of half the sample rate, whose coefficients are real like those of 0; or 0.</summary>
    public int HalfRateBin { get; init; }

    /// <summary>Whether the mixing of a frequency is real.</summary>
    public bool IsRealMixing(int bin) => IsInstantaneous || bin == 0 || bin == HalfRateBin;

    /// <summary>A, mixings x channels x directions.</summary>
    public double[] MixingReal { get; }

    public double[] MixingImaginary { get; }

    /// <summary>W, bins x rank.</summary>
    public Matrix<double> Dictionary { get; }

    /// <summary>H, rank x frames: here frames run along rows.</summary>
    public Matrix<double> Activations { get; }

    /// <summary>Power of the noise, bins x channels.</summary>
    public double[] Noise { get; }

    /// <summary>Where the mixing of a frequency begins.</summary>
    public int MixingOf(int bin) => IsInstantaneous ? 0 : bin * Channels * Directions;

    public Complex Mixing(int bin, int channel, int direction)
    {
        var at = MixingOf(bin) + (channel * Directions) + direction;
        return new Complex(MixingReal[at], MixingImaginary[at]);
    }

    /// <summary>A diag(g) Aᴴ of a source that is heard from many directions, channels x channels.</summary>
    public Complex[] Covariance(int bin, int source)
    {
        var result = new Complex[Channels * Channels];
        for (var at = 0; at < result.Length; at++)
        {
            for (var m = 0; m < Directions; m++)
                result[at] += Gains[(source * Directions) + m] * Mixing(bin, at / Channels, m)
                    * Complex.Conjugate(Mixing(bin, at % Channels, m));
        }

        return result;
    }

    public MixingFactors Clone()
    {
        var copy = Empty(Frames);
        CopyTo(copy);
        return copy;
    }

    /// <summary>Parameters of the same shape for other frames, all zero.</summary>
    public MixingFactors Empty(int frames) => new(Channels, Bins, frames, Offsets, IsInstantaneous, IsFullRank)
    {
        HalfRateBin = HalfRateBin,
    };

    public void CopyTo(MixingFactors other)
    {
        CopyParametersTo(other);
        Activations.CopyTo(other.Activations);
    }

    /// <summary>Copies all but the activations.</summary>
    public void CopyParametersTo(MixingFactors other)
    {
        MixingReal.CopyTo(other.MixingReal, 0);
        MixingImaginary.CopyTo(other.MixingImaginary, 0);
        Gains.CopyTo(other.Gains, 0);
        Dictionary.CopyTo(other.Dictionary);
        Noise.CopyTo(other.Noise, 0);
    }

    /// <summary>
    /// Gives mixing vectors length 1 and a first entry without phase, and spectra the sum 1: what the model says does
    /// not change. Sources whose mixing or spectra are zero stay as they are. Where sources share directions, gains sum
    /// to 1, and the power in all channels is what the spectra say on average over the sources.
    /// </summary>
    /// <param name="keepsShape">Of every source, whether the shape of its spectra is known: then its mixing keeps its
    /// length, which filters them.</param>
    public void Normalize(bool[] keepsShape)
    {
        if (IsFullRank)
            NormalizeGains();
        for (var m = 0; m < Mixings; m++)
        {
            if (IsFullRank && !keepsShape.Contains(true))
                NormalizeDirections(m);
            for (var j = 0; j < Sources && !IsFullRank; j++)
                NormalizeMixing(m, j, keepsShape[j]);
        }

        for (var k = 0; k < Rank; k++)
        {
            double sum = 0;
            for (var f = 0; f < Bins; f++)
                sum += Dictionary[f, k];
            if (!(sum > 0))
                continue;
            for (var f = 0; f < Bins; f++)
                Dictionary[f, k] /= sum;
            TensorPrimitives.Multiply(Activations.Row(k), sum, Activations.Row(k));
        }
    }

    /// <summary>Multiplies spectra and noise: the power of what the model says.</summary>
    public void Scale(double factor)
    {
        for (var f = 0; f < Bins; f++)
            TensorPrimitives.Multiply(Dictionary.Row(f), factor, Dictionary.Row(f));
        TensorPrimitives.Multiply(Noise, factor, Noise);
    }

    /// <summary>The source of a component.</summary>
    public int SourceOf(int component)
    {
        var source = 0;
        while (component >= Offsets[source + 1])
            source++;
        return source;
    }

    /// <summary>Gains become their powers, without phases.</summary>
    public void SquareMixing()
    {
        for (var at = 0; at < MixingReal.Length; at++)
        {
            MixingReal[at] = (MixingReal[at] * MixingReal[at]) + (MixingImaginary[at] * MixingImaginary[at]);
            MixingImaginary[at] = 0;
        }
    }

    /// <summary>Powers become gains.</summary>
    public void RootMixing() => TensorPrimitives.Sqrt(MixingReal, MixingReal);

    /// <summary>States what these parameters are.</summary>
    public CheckpointFacts AddTo(CheckpointFacts facts)
        => facts.AddFactor("mixing", Matrix<double>.FromRowMajor(MixingReal, 1, MixingReal.Length))
            .AddFactor("phases", Matrix<double>.FromRowMajor(MixingImaginary, 1, MixingImaginary.Length))
            .AddFactor("spectra", Dictionary).AddFactor<double>("activations", Activations);

    public void Save(BinaryWriter writer)
    {
        writer.WriteNumbers<double>(MixingReal);
        writer.WriteNumbers<double>(MixingImaginary);
        writer.WriteMatrix(Dictionary);
        writer.WriteMatrix(Activations);
        writer.WriteNumbers<double>(Noise);
        writer.WriteNumbers<double>(Gains);
    }

    /// <exception cref="FormatException">A number is not finite, or negative where it cannot be.</exception>
    public void Load(BinaryReader reader)
    {
        reader.ReadFinite(MixingReal, double.MinValue);
        reader.ReadFinite(MixingImaginary, double.MinValue);
        reader.ReadFactor(Dictionary);
        reader.ReadFactor(Activations);
        reader.ReadFinite(Noise, 0.0);
        reader.ReadFinite(Gains, 0.0);
    }

    private void NormalizeGains()
    {
        for (var j = 0; j < Sources; j++)
        {
            var gains = Gains.AsSpan(j * Directions, Directions);
            var sum = TensorPrimitives.Sum<double>(gains);
            if (!(sum > 0))
                continue;
            TensorPrimitives.Divide(gains, sum, gains);
            for (var k = Offsets[j]; k < Offsets[j + 1]; k++)
                TensorPrimitives.Multiply(Activations.Row(k), sum, Activations.Row(k));
        }
    }

    // One number for all directions: gains are those of all frequencies.
    private void NormalizeDirections(int bin)
    {
        double power = 0;
        for (var at = 0; at < Channels * Directions; at++)
        {
            var (re, im) = (MixingReal[MixingOf(bin) + at], MixingImaginary[MixingOf(bin) + at]);
            for (var j = 0; j < Sources; j++)
                power += Gains[(j * Directions) + (at % Directions)] * ((re * re) + (im * im)) / Sources;
        }

        if (!(power > 0) || !double.IsFinite(power))
            return;
        foreach (var part in new[] { MixingReal, MixingImaginary })
        {
            var gains = part.AsSpan(MixingOf(bin), Channels * Directions);
            TensorPrimitives.Divide(gains, Math.Sqrt(power), gains);
        }

        TensorPrimitives.Multiply(Dictionary.Row(bin), power, Dictionary.Row(bin));
    }

    private void NormalizeMixing(int mixing, int source, bool keepsLength)
    {
        var first = mixing * Channels * Sources;
        double power = 0;
        for (var at = first + source; at < first + (Channels * Sources); at += Sources)
            power += (MixingReal[at] * MixingReal[at]) + (MixingImaginary[at] * MixingImaginary[at]);
        if (!(power > 0))
            return;
        power = keepsLength ? 1 : power;
        var head = new Complex(MixingReal[first + source], MixingImaginary[first + source]);
        var turn = head == 0 ? 1 : Complex.Conjugate(head) / head.Magnitude;
        for (var at = first + source; at < first + (Channels * Sources); at += Sources)
        {
            var turned = turn * new Complex(MixingReal[at], MixingImaginary[at]) / Math.Sqrt(power);
            (MixingReal[at], MixingImaginary[at]) = (turned.Real, turned.Imaginary);
        }

        MixingImaginary[first + source] = 0;
        var (from, to) = IsInstantaneous ? (0, Bins) : (mixing, mixing + 1);
        for (var f = from; f < to; f++)
        {
            var spectra = Dictionary.Row(f)[Offsets[source]..Offsets[source + 1]];
            TensorPrimitives.Multiply(spectra, power, spectra);
        }
    }
}

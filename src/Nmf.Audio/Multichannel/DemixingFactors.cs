using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>What independent low-rank analysis improves: demixing, spectra and activations.</summary>
internal sealed class DemixingFactors
{
    public DemixingFactors(int channels, int bins, int frames, int[] offsets)
    {
        (Channels, Bins, Offsets) = (channels, bins, offsets);
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

    public int Rank => Offsets[^1];

    /// <summary>Q, bins x sources x channels.</summary>
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

    public void Save(BinaryWriter writer)
    {
        writer.WriteNumbers<double>(DemixingReal);
        writer.WriteNumbers<double>(DemixingImaginary);
        writer.WriteMatrix(Dictionary);
        writer.WriteMatrix(Activations);
    }

    /// <exception cref="FormatException">A number is not finite, or negative where it cannot be.</exception>
    public void Load(BinaryReader reader)
    {
        reader.ReadFinite(DemixingReal, double.MinValue);
        reader.ReadFinite(DemixingImaginary, double.MinValue);
        reader.ReadFactor(Dictionary);
        reader.ReadFactor(Activations);
    }
}

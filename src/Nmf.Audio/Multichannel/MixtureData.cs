using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// The coefficients of all channels as fits read them: frequency by frequency, the real and the imaginary part of every
/// channel one row of frames each, in double precision and divided by a power of two that brings their mean power
/// between 1 and 4. 16 bytes for every complex coefficient.
/// </summary>
internal sealed class MixtureData
{
    // Power below which a channel at a frequency is silent, relative to the mean of all.
    private const double Silence = 1e-10;

    private readonly Matrix<double> _rows;
    private readonly double[] _squares;

    private MixtureData(int channels, int bins, int frames, int halfRateBin)
    {
        (Channels, Bins, Frames, HalfRateBin) = (channels, bins, frames, halfRateBin);
        _rows = new Matrix<double>(checked(2 * channels * bins), frames);
        Power = new double[channels * bins];
        _squares = new double[channels * bins];
    }

    public int Channels { get; }

    public int Bins { get; }

    public int Frames { get; }

    /// <summary>Frequency of half the sample rate, whose coefficients are real like those of 0; or 0.</summary>
    public int HalfRateBin { get; }

    /// <summary>Frames and their padding, which is zero: a whole number of vectors.</summary>
    public int Stride => (int)_rows.Stride;

    /// <summary>Exponent of the power of two by which coefficients were divided.</summary>
    public int Exponent { get; private init; }

    /// <summary>Mean power of every frequency and channel, bins x channels; not less than 10⁻¹⁰ of the mean of
    /// all.</summary>
    public double[] Power { get; }

    /// <summary>Mean power of all coefficients of a channel.</summary>
    public double[] ChannelPower { get; private init; } = [];

    /// <summary>Least power of a coefficient where zero has no place.</summary>
    public double Floor => Silence * ChannelPower.Average();

    /// <summary>The mixture, checked.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="exponent">Another exponent; then channels may be silent.</param>
    /// <exception cref="AudioDataException">A coefficient is not finite, or a channel silent.</exception>
    public static MixtureData From(MultichannelSpectrogram mixture, int? exponent = null)
    {
        var power = mixture.Channels.Select((channel, i) => MeanPower(channel, i)).ToArray();
        var silent = Array.IndexOf(power, 0.0);
        if (exponent is null && silent >= 0)
            throw new AudioDataException(Array.TrueForAll(power, p => p == 0)
                ? "The recording is silent: there is nothing to separate."
                : $"Channel {silent} is silent: it says nothing of the sources. Leave it out.");
        var unit = exponent ?? (int)Math.Floor(Math.ILogB(power.Average()) / 2.0);
        var data = new MixtureData(
            mixture.Channels.Count, mixture.Bins, mixture.Frames,
            mixture.Stft.FftLength % 2 == 0 ? mixture.Bins - 1 : 0)
        {
            Exponent = unit, ChannelPower = [.. power.Select(p => Math.ScaleB(p, -2 * unit))],
        };
        data.Fill(mixture);
        return data;
    }

    /// <summary>All rows, to be told from other mixtures.</summary>
    public Matrix<double> Rows => _rows;

    /// <summary>The row of one part of one channel at one frequency.</summary>
    public Span<double> Row(int bin, int channel, int part) => _rows.Row((2 * ((bin * Channels) + channel)) + part);

    /// <summary>The first row of a frequency; those of its channels follow, real before imaginary part.</summary>
    public unsafe double* Pointer(int bin) => _rows.Data + (2L * bin * Channels * Stride);

    /// <summary>Mean power of a frequency and channel.</summary>
    public double Square(int bin, int channel) => _squares[(bin * Channels) + channel];

    /// <summary>Whether coefficients of a frequency are real: 0 and half the sample rate.</summary>
    public bool IsReal(int bin) => bin == 0 || bin == HalfRateBin;

    /// <summary>How a frequency counts in the likelihood: a real Gaussian has half of what a complex one has.</summary>
    public double Weight(int bin) => IsReal(bin) ? 0.5 : 1;

    /// <exception cref="AudioDataException">A coefficient is not finite; the message names its channel.</exception>
    public static void RequireFinite(MultichannelSpectrogram mixture)
    {
        for (var i = 0; i < mixture.Channels.Count; i++)
            _ = MeanPower(mixture.Channels[i], i);
    }

    private static double MeanPower(Spectrogram channel, int number)
    {
        double sum = 0;
        for (var n = 0; n < channel.Frames; n++)
        {
            foreach (var value in channel.Frame(n))
                sum += (double)value * value;
        }

        return double.IsFinite(sum) ? sum / ((double)channel.Frames * channel.Bins)
            : throw new AudioDataException($"Channel {number} has a coefficient that is not finite.");
    }

    private void Fill(MultichannelSpectrogram mixture)
    {
        var scale = Math.ScaleB(1, -Exponent);
        for (var i = 0; i < Channels; i++)
        {
            for (var n = 0; n < Frames; n++)
            {
                ReadOnlySpan<float> frame = mixture.Channels[i].Frame(n);
                for (var f = 0; f < Bins; f++)
                {
                    Row(f, i, 0)[n] = scale * frame[2 * f];
                    Row(f, i, 1)[n] = IsReal(f) ? 0 : scale * frame[(2 * f) + 1];
                }
            }
        }

        for (var f = 0; f < Bins; f++)
        {
            for (var i = 0; i < Channels; i++)
            {
                var sum = TensorPrimitives.SumOfSquares<double>(Row(f, i, 0))
                    + TensorPrimitives.SumOfSquares<double>(Row(f, i, 1));
                _squares[(f * Channels) + i] = sum / Frames;
                Power[(f * Channels) + i] = Math.Max(sum / Frames, Floor);
            }
        }
    }
}

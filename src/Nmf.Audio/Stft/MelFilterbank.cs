using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Power in bands that are evenly spaced on the mel scale, m = 2595 log₁₀(1 + f / 700 Hz): triangles with peak
/// one, each from the centre of the band below to that of the band above (Davis and Mermelstein 1980, with the
/// scale of O'Shaughnessy 1987).
/// </summary>
/// <remarks>The band powers are nonnegative, hence data for a factorisation; their logarithms are for classifiers.
/// Immutable and thread-safe.</remarks>
public sealed class MelFilterbank
{
    private readonly float[][] _weights;
    private readonly int[] _first;

    /// <summary>Prepares the bands for the frames of a transform.</summary>
    /// <param name="stft">The transform.</param>
    /// <param name="sampleRate">Sample rate in Hz.</param>
    /// <param name="bands">Number of bands, greater than zero.</param>
    /// <param name="lowest">Lower edge of the first band, in Hz.</param>
    /// <param name="highest">Upper edge of the last band, in Hz; null for half the sample rate.</param>
    /// <exception cref="ArgumentException">An edge is out of range, or a band is so narrow that no frequency of the
    /// transform is in it.</exception>
    public MelFilterbank(Stft stft, double sampleRate, int bands = 40, double lowest = 0, double? highest = null)
    {
        ArgumentNullException.ThrowIfNull(stft);
        ArgumentOutOfRangeException.ThrowIfLessThan(bands, 1);
        if (!(sampleRate > 0 && double.IsFinite(sampleRate)))
            throw new ArgumentOutOfRangeException(
                nameof(sampleRate), sampleRate, "The sample rate must be greater than zero.");
        var upper = highest ?? (sampleRate / 2);
        if (!(lowest >= 0 && lowest < upper && upper <= sampleRate / 2))
            throw new ArgumentException(
                $"The bands must lie between 0 Hz and half the sample rate, {sampleRate / 2} Hz, "
                + $"not between {lowest} and {upper} Hz.", nameof(lowest));
        Bins = stft.Bins;
        _weights = new float[bands][];
        _first = new int[bands];
        var (from, to) = (ToMel(lowest), ToMel(upper));
        for (var b = 0; b < bands; b++)
        {
            var (left, centre, right) = (Edge(b), Edge(b + 1), Edge(b + 2));
            var inside = Enumerable.Range(0, Bins).Where(f => Weight(f) > 0).ToArray();
            if (inside.Length == 0)
            {
                throw new ArgumentException(
                    $"No frequency of the transform lies in band {b}, {left:F0} to {right:F0} Hz. "
                    + "Choose fewer bands or a longer transform.", nameof(bands));
            }

            _first[b] = inside[0];
            _weights[b] = [.. inside.Select(f => (float)Weight(f))];

            double Weight(int f)
            {
                var frequency = stft.Frequency(f, sampleRate);
                return Math.Max(
                    0, Math.Min((frequency - left) / (centre - left), (right - frequency) / (right - centre)));
            }
        }

        double Edge(int i) => FromMel(from + ((to - from) * i / (bands + 1)));
    }

    /// <summary>Number of frequencies F of a frame.</summary>
    public int Bins { get; }

    /// <summary>Number of bands.</summary>
    public int Bands => _weights.Length;

    /// <summary>The band powers of one frame.</summary>
    /// <param name="power">F powers.</param>
    /// <param name="bands">Receives one value per band.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Apply(ReadOnlySpan<float> power, Span<float> bands)
    {
        if (power.Length != Bins || bands.Length != Bands)
            throw new ArgumentException(
                $"Expected {Bins} powers and room for {Bands} bands, got {power.Length} and {bands.Length}.");
        for (var b = 0; b < bands.Length; b++)
            bands[b] = System.Numerics.Tensors.TensorPrimitives.Dot(
                _weights[b], power.Slice(_first[b], _weights[b].Length));
    }

    /// <summary>The band powers of every frame.</summary>
    /// <param name="power">frames x bins.</param>
    /// <returns>frames x bands.</returns>
    public Matrix<float> Apply(Matrix<float> power)
    {
        ArgumentNullException.ThrowIfNull(power);
        var result = new Matrix<float>(power.Rows, Bands);
        for (var n = 0; n < power.Rows; n++)
            Apply(power.Row(n), result.Row(n));
        return result;
    }

    /// <summary>The natural logarithms of the band powers of every frame.</summary>
    /// <param name="power">frames x bins.</param>
    /// <param name="floor">Powers below it are raised to it, so that silence has a logarithm;
    /// greater than zero.</param>
    /// <returns>frames x bands.</returns>
    public Matrix<float> LogMel(Matrix<float> power, float floor = 1e-10f)
    {
        if (!(floor > 0))
            throw new ArgumentOutOfRangeException(nameof(floor), floor, "The floor must be greater than zero.");
        var result = Apply(power);
        for (var n = 0; n < result.Rows; n++)
        {
            foreach (ref var value in result.Row(n))
                value = MathF.Log(MathF.Max(value, floor));
        }

        return result;
    }

    private static double ToMel(double frequency) => 2595 * Math.Log10(1 + (frequency / 700));

    private static double FromMel(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);
}

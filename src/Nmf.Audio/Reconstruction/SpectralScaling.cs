using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// How the powers (or magnitudes) of spectra become data of a factorisation: v = max(scale · p, floor). The
/// Itakura-Saito divergence has no value at zero, and silence is zeros: the floor gives it one.
/// </summary>
/// <remarks>
/// <para>The scale is a power of two that brings the mean of the data near one, where single precision has room below:
/// it changes no digit, and the divergence does not depend on it. The floor is a fraction of that mean, 10⁻¹⁰ by
/// default, 100 dB below it, less than the rounding of 16-bit recordings. A frame of silence is then a frame of floors;
/// it costs nothing to fit, its activations become tiny, and since its coefficients are zero, so are those of its
/// components (<see cref="WienerFilter"/>).</para>
/// <para>Keep the scaling with the model: spectra for inference need the same one.</para>
/// </remarks>
/// <param name="Scale">Factor, greater than zero.</param>
/// <param name="Floor">Least value, after scaling; at least zero.</param>
public sealed record SpectralScaling(double Scale, double Floor)
{
    /// <summary>Factor, greater than zero.</summary>
    public double Scale { get; } = Scale;

    /// <summary>Least value, after scaling; at least zero.</summary>
    public double Floor { get; } = Floor;

    /// <summary>The fraction of the mean below which data are raised.</summary>
    internal const double UsualFloor = 1e-10;

    /// <summary>The scaling that suits some spectra.</summary>
    /// <param name="spectra">frames x bins powers or magnitudes.</param>
    /// <param name="relativeFloor">Floor as a fraction of the mean, at least zero; with 0 there is none, which
    /// serves β &gt; 0.</param>
    /// <exception cref="AudioDataException">The spectra are silent.</exception>
    public static SpectralScaling For(Matrix<float> spectra, double relativeFloor = UsualFloor)
    {
        ArgumentNullException.ThrowIfNull(spectra);
        if (!(relativeFloor is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(
                nameof(relativeFloor), relativeFloor, "The floor must be at least zero and less than the mean, 1.");
        double sum = 0;
        for (var n = 0; n < spectra.Rows; n++)
        {
            foreach (var value in spectra.Row(n))
                sum += value;
        }

        if (!(sum > 0))
            throw new AudioDataException("The spectra are silent: there is nothing to factorise.");
        var mean = sum / ((double)spectra.Rows * spectra.Columns);
        var scale = Math.ScaleB(1, -Math.ILogB(mean));
        return new SpectralScaling(scale, relativeFloor * scale * mean);
    }

    /// <summary>Scales one frame in place, for streaming.</summary>
    /// <param name="spectrum">Powers or magnitudes.</param>
    public void Apply(Span<float> spectrum)
    {
        var (scale, floor) = (Scale, (float)Floor);
        foreach (ref var value in spectrum)
            value = MathF.Max((float)(scale * value), floor);
    }

    /// <summary>Scales all frames in place and makes them data of a factorisation.</summary>
    /// <param name="spectra">frames x bins; taken over.</param>
    /// <returns>The data.</returns>
    public NmfData<float> ToData(Matrix<float> spectra)
    {
        ArgumentNullException.ThrowIfNull(spectra);
        for (var n = 0; n < spectra.Rows; n++)
            Apply(spectra.Row(n));
        return NmfData<float>.FromMatrix(spectra);
    }
}

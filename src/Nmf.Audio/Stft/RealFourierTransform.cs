using System.Numerics;

namespace Nmf.Audio;

/// <summary>
/// The discrete Fourier transform of real sequences whose length N is a power of two, by a complex transform of half
/// the length; N/2 + 1 coefficients, unscaled forward, scaled by 1/N back. Allocates nothing; not thread-safe.
/// </summary>
internal sealed class RealFourierTransform
{
    private readonly ComplexFourierTransform _half;
    private readonly Complex[] _packed;
    private readonly Complex[] _twiddles;

    /// <summary>Prepares transforms of one length.</summary>
    /// <param name="length">A power of two, at least 2.</param>
    public RealFourierTransform(int length)
    {
        Length = length;
        _half = new ComplexFourierTransform(length / 2);
        _packed = new Complex[length / 2];
        _twiddles = new Complex[length / 2];
        for (var k = 0; k < _twiddles.Length; k++)
            _twiddles[k] = Complex.FromPolarCoordinates(1, -2 * Math.PI * k / length);
    }

    /// <summary>Number of real values N.</summary>
    public int Length { get; }

    /// <summary>X_k = Σ x_t exp(-2πi kt/N) for k = 0 … N/2.</summary>
    /// <param name="values">N values.</param>
    /// <param name="spectrum">Receives N/2 + 1 coefficients.</param>
    public void Forward(ReadOnlySpan<double> values, Span<Complex> spectrum)
    {
        var half = _packed.Length;
        for (var m = 0; m < half; m++)
            _packed[m] = new Complex(values[2 * m], values[(2 * m) + 1]);
        _half.Forward(_packed);
        for (var k = 0; k < half; k++)
        {
            var here = _packed[k];
            var mirrored = Complex.Conjugate(_packed[(half - k) & (half - 1)]);
            var even = 0.5 * (here + mirrored);
            var odd = 0.5 * (here - mirrored);
            spectrum[k] = even + (TimesMinusI(odd) * _twiddles[k]);
        }

        spectrum[half] = _packed[0].Real - _packed[0].Imaginary;
    }

    /// <summary>The inverse of <see cref="Forward"/>. The imaginary parts of the first and the last
    /// coefficient are ignored.</summary>
    /// <param name="spectrum">N/2 + 1 coefficients.</param>
    /// <param name="values">Receives N values.</param>
    public void Inverse(ReadOnlySpan<Complex> spectrum, Span<double> values)
    {
        var half = _packed.Length;
        for (var k = 0; k < half; k++)
        {
            var here = k == 0 ? spectrum[0].Real : spectrum[k];
            var mirrored = k == 0 ? spectrum[half].Real : Complex.Conjugate(spectrum[half - k]);
            var even = 0.5 * (here + mirrored);
            var odd = 0.5 * (here - mirrored) * Complex.Conjugate(_twiddles[k]);

            // The conjugate of what is to be transformed back: a forward transform then gives the
            // conjugate of the result.
            _packed[k] = Complex.Conjugate(even - TimesMinusI(odd));
        }

        _half.Forward(_packed);
        var scale = 1.0 / half;
        for (var m = 0; m < half; m++)
        {
            values[2 * m] = scale * _packed[m].Real;
            values[(2 * m) + 1] = -scale * _packed[m].Imaginary;
        }
    }

    private static Complex TimesMinusI(Complex value) => new(value.Imaginary, -value.Real);
}

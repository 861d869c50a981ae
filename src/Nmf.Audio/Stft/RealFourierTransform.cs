using System.Numerics;

namespace Nmf.Audio;

/// <summary>
/// The discrete Fourier transform of real sequences of any length N, by a complex transform of half the length, or of
/// the whole where N is odd; ⌊N/2⌋ + 1 coefficients, unscaled forward, scaled by 1/N back. Allocates nothing; not
/// thread-safe.
/// </summary>
internal sealed class RealFourierTransform
{
    private readonly ComplexFourierTransform _complex;
    private readonly Complex[] _packed;
    private readonly Complex[] _twiddles;

    /// <summary>Prepares transforms of one length.</summary>
    /// <param name="length">At least 2.</param>
    public RealFourierTransform(int length)
    {
        Length = length;
        _complex = ComplexFourierTransform.Create(int.IsEvenInteger(length) ? length / 2 : length);
        _packed = new Complex[_complex.Length];
        _twiddles = new Complex[int.IsEvenInteger(length) ? length / 2 : 0];
        for (var k = 0; k < _twiddles.Length; k++)
            _twiddles[k] = Complex.FromPolarCoordinates(1, -2 * Math.PI * k / length);
    }

    /// <summary>Number of real values N.</summary>
    public int Length { get; }

    /// <summary>X_k = Σ x_t exp(-2πi kt/N) for k = 0 … ⌊N/2⌋.</summary>
    /// <param name="values">N values.</param>
    /// <param name="spectrum">Receives ⌊N/2⌋ + 1 coefficients.</param>
    public void Forward(ReadOnlySpan<double> values, Span<Complex> spectrum)
    {
        if (_twiddles.Length == 0)
        {
            for (var t = 0; t < _packed.Length; t++)
                _packed[t] = values[t];
            _complex.Forward(_packed);
            _packed.AsSpan(0, spectrum.Length).CopyTo(spectrum);
            return;
        }

        var half = _packed.Length;
        for (var m = 0; m < half; m++)
            _packed[m] = new Complex(values[2 * m], values[(2 * m) + 1]);
        _complex.Forward(_packed);
        for (var k = 0; k < half; k++)
        {
            var here = _packed[k];
            var mirrored = Complex.Conjugate(_packed[k == 0 ? 0 : half - k]);
            var even = 0.5 * (here + mirrored);
            var odd = 0.5 * (here - mirrored);
            spectrum[k] = even + (TimesMinusI(odd) * _twiddles[k]);
        }

        spectrum[half] = _packed[0].Real - _packed[0].Imaginary;
    }

    /// <summary>The inverse of <see cref="Forward"/>. The imaginary parts of the first coefficient and, of even
    /// lengths, the last are ignored.</summary>
    /// <param name="spectrum">⌊N/2⌋ + 1 coefficients.</param>
    /// <param name="values">Receives N values.</param>
    public void Inverse(ReadOnlySpan<Complex> spectrum, Span<double> values)
    {
        if (_twiddles.Length == 0)
        {
            _packed[0] = spectrum[0].Real;
            for (var k = 1; k < spectrum.Length; k++)
                (_packed[k], _packed[^k]) = (Complex.Conjugate(spectrum[k]), spectrum[k]);
            _complex.Forward(_packed);
            for (var t = 0; t < _packed.Length; t++)
                values[t] = _packed[t].Real / _packed.Length;
            return;
        }

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

        _complex.Forward(_packed);
        var scale = 1.0 / half;
        for (var m = 0; m < half; m++)
        {
            values[2 * m] = scale * _packed[m].Real;
            values[(2 * m) + 1] = -scale * _packed[m].Imaginary;
        }
    }

    private static Complex TimesMinusI(Complex value) => new(value.Imaginary, -value.Real);
}

using System.Numerics;

namespace Nmf.Audio;

/// <summary>
/// Transforms of a length that is no power of two. With b_t = exp(πi t²/N) and 2kt = k² + t² - (k - t)²,
/// X_k = b̄_k Σ_t (x_t b̄_t) b_{k-t}: a convolution, taken by transforms of the power of two above 2N - 2 (Bluestein,
/// "A linear filtering approach to the computation of discrete Fourier transform", 1970).
/// </summary>
internal sealed class ChirpTransform : ComplexFourierTransform
{
    private readonly PowerOfTwoTransform _longer;
    private readonly Complex[] _chirp;
    private readonly Complex[] _response;
    private readonly Complex[] _product;

    public ChirpTransform(int length)
        : base(length)
    {
        _longer = new PowerOfTwoTransform((int)BitOperations.RoundUpToPowerOf2((2 * (uint)length) - 1));
        _chirp = new Complex[length];
        _response = new Complex[_longer.Length];
        _product = new Complex[_longer.Length];
        for (var t = 0; t < length; t++)
        {
            // The angle repeats after 2N: taken from the remainder it keeps all its digits.
            var chirp = Complex.FromPolarCoordinates(1, Math.PI * ((long)t * t % (2L * length)) / length);
            _chirp[t] = Complex.Conjugate(chirp);
            _response[t] = _response[(_response.Length - t) % _response.Length] = chirp / _response.Length;
        }

        _longer.Forward(_response);
    }

    private protected override void Transform(Span<Complex> values)
    {
        for (var t = 0; t < values.Length; t++)
            _product[t] = values[t] * _chirp[t];
        _product.AsSpan(values.Length).Clear();
        _longer.Forward(_product);

        // Back with the transform forward: of conjugates it gives the conjugate.
        for (var k = 0; k < _product.Length; k++)
            _product[k] = Complex.Conjugate(_product[k] * _response[k]);
        _longer.Forward(_product);
        for (var k = 0; k < values.Length; k++)
            values[k] = _chirp[k] * Complex.Conjugate(_product[k]);
    }
}

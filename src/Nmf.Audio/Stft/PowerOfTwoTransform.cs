using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace Nmf.Audio;

/// <summary>
/// Transforms whose length is a power of two: the one place that calls Math.NET Numerics, for short transforms.
/// </summary>
/// <remarks>
/// Math.NET transforms sequences of a thousand values and more on several threads, which allocates and costs more than
/// it gains for one frame. Longer sequences are therefore cut into interleaved pieces of at most 512, whose transforms
/// are joined here by decimation in time (Cooley and Tukey 1965).
/// </remarks>
internal sealed class PowerOfTwoTransform : ComplexFourierTransform
{
    private const int LongestPiece = 512;

    private readonly Complex[][] _pieces;
    private readonly Complex[] _other;
    private readonly Complex[] _twiddles;

    public PowerOfTwoTransform(int length)
        : base(length)
    {
        var size = Math.Min(length, LongestPiece);
        _pieces = new Complex[length / size][];
        for (var p = 0; p < _pieces.Length; p++)
            _pieces[p] = new Complex[size];
        _other = new Complex[length];
        _twiddles = new Complex[length / 2];
        for (var k = 0; k < _twiddles.Length; k++)
            _twiddles[k] = Complex.FromPolarCoordinates(1, -2 * Math.PI * k / length);
    }

    private protected override void Transform(Span<Complex> values)
    {
        var size = _pieces[0].Length;
        for (var p = 0; p < _pieces.Length; p++)
        {
            var piece = _pieces[p];
            for (var m = 0; m < size; m++)
                piece[m] = values[p + (m * _pieces.Length)];
            Fourier.Forward(piece, FourierOptions.NoScaling);
        }

        for (var p = 0; p < _pieces.Length; p++)
            _pieces[p].CopyTo(values[(p * size)..]);
        for (var count = _pieces.Length / 2; count >= 1; count /= 2)
        {
            values.CopyTo(_other);
            for (var p = 0; p < count; p++)
                Join(
                    _other.AsSpan(p * size, size), _other.AsSpan((p + count) * size, size),
                    values.Slice(2 * p * size, 2 * size), count);
            size *= 2;
        }
    }

    /// <summary>The transform of a sequence from those of its even and its odd entries.</summary>
    /// <param name="even">Transform of the even entries.</param>
    /// <param name="odd">Transform of the odd entries.</param>
    /// <param name="result">Twice as long.</param>
    /// <param name="stride">Distance of this length's roots of unity in the table.</param>
    private void Join(ReadOnlySpan<Complex> even, ReadOnlySpan<Complex> odd, Span<Complex> result, int stride)
    {
        for (var k = 0; k < even.Length; k++)
        {
            var turned = _twiddles[k * stride] * odd[k];
            result[k] = even[k] + turned;
            result[k + even.Length] = even[k] - turned;
        }
    }
}

using System.Runtime.Intrinsics;

namespace Nmf.Audio;

/// <content>More than two channels: Σ_x = L D Lᴴ, whose pivots are not below the power of the noise; then
/// y_j = (L⁻¹a_j)ᴴ D⁻¹ L⁻¹x, and g_jl likewise.</content>
internal sealed unsafe partial class PosteriorStep
{
    private Vector256<double> ManyChannels(double* x, nint stride, double* ar, double* ai, double* b, nint n)
    {
        Factorize(ar, ai, b, n);
        var inverses = _lower + (2 * _channels * _channels);
        var columns = _sources + 1;

        // L⁻¹ of the mixing vectors and, in the last column, of the mixture.
        for (var i = 0; i < _channels; i++)
        {
            var row = _lower + (2 * i * _channels);
            for (var c = 0; c < columns; c++)
            {
                var isMixture = c == _sources;
                var re = isMixture ? Vector256.Load(x + (2 * i * stride)) : Vector256.Create(ar[(i * _sources) + c]);
                var im = isMixture ? Vector256.Load(x + (((2 * i) + 1) * stride))
                    : Vector256.Create(ai[(i * _sources) + c]);
                for (var m = 0; m < i; m++)
                {
                    var u = _forward + (2 * ((m * columns) + c));
                    re -= (row[2 * m] * u[0]) - (row[(2 * m) + 1] * u[1]);
                    im -= (row[2 * m] * u[1]) + (row[(2 * m) + 1] * u[0]);
                }

                var target = _forward + (2 * ((i * columns) + c));
                (target[0], target[1]) = (re, im);
            }
        }

        for (var j = 0; j < _sources; j++)
        {
            for (var l = j; l < columns; l++)
            {
                var (re, im) = (Vector256<double>.Zero, Vector256<double>.Zero);
                for (var i = 0; i < _channels; i++)
                {
                    var u = _forward + (2 * ((i * columns) + j));
                    var z = _forward + (2 * ((i * columns) + l));
                    re += inverses[i] * ((u[0] * z[0]) + (u[1] * z[1]));
                    im += inverses[i] * ((u[0] * z[1]) - (u[1] * z[0]));
                }

                if (l == _sources)
                    (_y[2 * j], _y[(2 * j) + 1]) = (re, im);
                else if (l == j)
                    _g[(j * _sources) + j] = re;
                else
                    (_g[(j * _sources) + l], _g[(l * _sources) + j]) = (re, im);
            }
        }

        var quadratic = Vector256<double>.Zero;
        for (var i = 0; i < _channels; i++)
        {
            var z = _forward + (2 * ((i * columns) + _sources));
            quadratic += inverses[i] * ((z[0] * z[0]) + (z[1] * z[1]));
        }

        return quadratic;
    }

    // Σ_x = L D Lᴴ: L below the diagonal, 1/D behind it.
    private void Factorize(double* ar, double* ai, double* b, nint n)
    {
        var inverses = _lower + (2 * _channels * _channels);
        var pivots = inverses + _channels;
        for (var i = 0; i < _channels; i++)
        {
            var row = _lower + (2 * i * _channels);
            for (var m = 0; m <= i; m++)
            {
                var (re, im) = (Vector256<double>.Zero, Vector256<double>.Zero);
                for (var j = 0; j < _sources; j++)
                {
                    var (p, q) = ((i * _sources) + j, (m * _sources) + j);
                    re += _variance[j] * Vector256.Create((ar[p] * ar[q]) + (ai[p] * ai[q]));
                    im += _variance[j] * Vector256.Create((ai[p] * ar[q]) - (ar[p] * ai[q]));
                }

                var other = _lower + (2 * m * _channels);
                for (var c = 0; c < m; c++)
                {
                    var (lr, li) = (row[2 * c] * pivots[c], row[(2 * c) + 1] * pivots[c]);
                    re -= (lr * other[2 * c]) + (li * other[(2 * c) + 1]);
                    im -= (li * other[2 * c]) - (lr * other[(2 * c) + 1]);
                }

                if (m < i)
                {
                    (row[2 * m], row[(2 * m) + 1]) = (re * inverses[m], im * inverses[m]);
                    continue;
                }

                var least = Vector256.Create(b[i]);
                pivots[i] = Vector256.Max(re + least, least);
                inverses[i] = Vector256<double>.One / pivots[i];
                var product = _determinants.Data + (i / PivotsPerRow * _determinants.Stride) + n;
                (i % PivotsPerRow == 0 ? pivots[i] : pivots[i] * Vector256.Load(product)).Store(product);
            }
        }
    }
}

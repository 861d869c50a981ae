using System.Numerics;

namespace Nmf.Audio;

/// <summary>The normal equations A R_ss = R_xs of the mixing, some of whose columns may be known.</summary>
internal sealed class MixingEquations(int channels, int sources)
{
    // Below this part of its own power a source is a combination of others, to rounding.
    private const double LeastPivot = 1e-13;

    // A source of less power than this part of the loudest is dead: its mixing stays as it is.
    private const double LeastPower = 1e-25;

    private readonly Complex[] _cross = new Complex[channels * sources];
    private readonly Complex[] _matrix = new Complex[sources * sources];
    private readonly Complex[] _factor = new Complex[sources * sources];
    private readonly Complex[] _right = new Complex[sources];
    private readonly int[] _free = new int[sources];

    public void Clear()
    {
        Array.Clear(_cross);
        Array.Clear(_matrix);
    }

    /// <summary>Adds sums over frames, with a weight.</summary>
    public void Add(
        ReadOnlySpan<double> crossReal, ReadOnlySpan<double> crossImaginary, ReadOnlySpan<double> ofSources,
        double weight, bool isReal)
    {
        for (var at = 0; at < _cross.Length; at++)
            _cross[at] += weight * new Complex(crossReal[at], isReal ? 0 : crossImaginary[at]);
        for (var j = 0; j < sources; j++)
        {
            for (var l = j; l < sources; l++)
            {
                var imaginary = isReal || l == j ? 0 : ofSources[(l * sources) + j];
                var value = weight * new Complex(ofSources[(j * sources) + l], imaginary);
                _matrix[(j * sources) + l] += value;
                if (l > j)
                    _matrix[(l * sources) + j] += Complex.Conjugate(value);
            }
        }
    }

    /// <summary>Solves for the rows of some channels. Columns that are known and those of dead sources stay; where the
    /// sources depend on each other all do.</summary>
    public void Solve(MixingFactors current, MixingFactors next, int bin, Range rows, bool[] known)
    {
        var (from, count) = rows.GetOffsetAndLength(channels);
        var first = current.MixingOf(bin);
        var (start, length) = (first + (from * sources), count * sources);
        current.MixingReal.AsSpan(start, length).CopyTo(next.MixingReal.AsSpan(start, length));
        current.MixingImaginary.AsSpan(start, length).CopyTo(next.MixingImaginary.AsSpan(start, length));
        var free = FreeSources(known);
        if (free == 0 || !Factorize(free))
            return;
        for (var i = from; i < from + count; i++)
        {
            for (var p = 0; p < free; p++)
            {
                var right = _cross[(i * sources) + _free[p]];
                for (var l = 0; l < sources; l++)
                {
                    if (!IsFree(l, free))
                        right -= current.Mixing(bin, i, l) * _matrix[(l * sources) + _free[p]];
                }

                // R is Hermitian: R aᴴ = bᴴ for a row.
                _right[p] = Complex.Conjugate(right);
            }

            Substitute(free);
            for (var p = 0; p < free; p++)
            {
                var at = first + (i * sources) + _free[p];
                (next.MixingReal[at], next.MixingImaginary[at]) = (_right[p].Real, -_right[p].Imaginary);
            }
        }
    }

    /// <summary>What the noise of a channel has less than the mixture, summed over frames: -2 Re(A R_xsᴴ) + A R_ss Aᴴ
    /// on the diagonal.</summary>
    public double Residual(
        MixingFactors factors, int bin, int channel, ReadOnlySpan<double> crossReal,
        ReadOnlySpan<double> crossImaginary, ReadOnlySpan<double> ofSources)
    {
        double sum = 0;
        for (var j = 0; j < sources; j++)
        {
            var (a, at) = (factors.Mixing(bin, channel, j), (channel * sources) + j);
            sum -= 2 * ((a.Real * crossReal[at]) + (a.Imaginary * crossImaginary[at]));
            sum += ofSources[(j * sources) + j] * ((a.Real * a.Real) + (a.Imaginary * a.Imaginary));
            for (var l = j + 1; l < sources; l++)
            {
                var product = a * Complex.Conjugate(factors.Mixing(bin, channel, l));
                sum += 2 * ((product.Real * ofSources[(j * sources) + l])
                    - (product.Imaginary * ofSources[(l * sources) + j]));
            }
        }

        return sum;
    }

    private int FreeSources(bool[] known)
    {
        double loudest = 0;
        for (var j = 0; j < sources; j++)
            loudest = Math.Max(loudest, _matrix[(j * sources) + j].Real);
        var free = 0;
        for (var j = 0; j < sources; j++)
        {
            if (!known[j] && _matrix[(j * sources) + j].Real > LeastPower * loudest)
                _free[free++] = j;
        }

        return free;
    }

    private bool IsFree(int source, int free) => _free.AsSpan(0, free).Contains(source);

    // R = L D Lᴴ of the free sources: L below, D on the diagonal.
    private bool Factorize(int free)
    {
        for (var p = 0; p < free; p++)
        {
            for (var q = 0; q <= p; q++)
            {
                var value = _matrix[(_free[p] * sources) + _free[q]];
                for (var c = 0; c < q; c++)
                    value -= _factor[(p * sources) + c] * _factor[(c * sources) + c].Real
                        * Complex.Conjugate(_factor[(q * sources) + c]);
                _factor[(p * sources) + q] = q < p ? value / _factor[(q * sources) + q].Real : value.Real;
            }

            if (!(_factor[(p * sources) + p].Real > LeastPivot * _matrix[(_free[p] * sources) + _free[p]].Real))
                return false;
        }

        return true;
    }

    private void Substitute(int free)
    {
        for (var p = 0; p < free; p++)
        {
            for (var c = 0; c < p; c++)
                _right[p] -= _factor[(p * sources) + c] * _right[c];
        }

        for (var p = free - 1; p >= 0; p--)
        {
            _right[p] /= _factor[(p * sources) + p].Real;
            for (var c = p + 1; c < free; c++)
                _right[p] -= Complex.Conjugate(_factor[(c * sources) + p]) * _right[c];
        }
    }
}

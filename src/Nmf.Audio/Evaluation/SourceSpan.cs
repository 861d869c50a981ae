using System.Numerics;

namespace Nmf.Audio;

/// <summary>
/// The span of the copies of some sources delayed by 0 … L - 1 samples, a source being one signal or the channels of
/// its image, and projections on it by the normal equations.
/// Their Gram matrix is made of Toeplitz blocks whose entries are correlations, taken by fast Fourier transforms.
/// </summary>
internal sealed class SourceSpan
{
    private readonly int _taps;
    private readonly int _channels;
    private readonly int _samples;
    private readonly RealFourierTransform _transform;
    private readonly Complex[][] _spectra;
    private readonly GramCholesky _all;
    private readonly GramCholesky[] _each;
    private readonly double[] _values;
    private readonly Complex[] _product;

    /// <param name="signals">The channels of the first source, then those of the others.</param>
    /// <param name="channels">Channels of a source.</param>
    /// <param name="taps">Length of the filters L.</param>
    /// <param name="cancellationToken">Looked at between correlations and rows of the factors.</param>
    public SourceSpan(IReadOnlyList<float[]> signals, int channels, int taps, CancellationToken cancellationToken)
    {
        (_taps, _channels, _samples) = (taps, channels, signals[0].Length);
        _transform = new RealFourierTransform((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, _samples + taps)));
        _values = new double[_transform.Length];
        _product = new Complex[(_transform.Length / 2) + 1];
        _spectra = [.. signals.Select(s => Spectrum(s))];

        var count = signals.Count;
        var lags = new double[count, count][];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                lags[i, j] = Lags(i, j);
            }
        }

        _each = [.. Enumerable.Range(0, count / channels).Select(j => Factor(j * channels, channels))];
        _all = count == channels ? _each[0] : Factor(0, count);

        GramCholesky Factor(int first, int signals) => new(
            signals * taps,
            (r, c) => lags[first + (r / taps), first + (c / taps)][(c % taps) - (r % taps) + taps - 1],
            cancellationToken);
    }

    /// <summary>Projects an estimate on the span of all sources; on that of one, when it is asked for.</summary>
    public Projections Project(float[] estimate, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var spectrum = Spectrum(estimate);
        var products = new double[_spectra.Length * _taps];
        for (var j = 0; j < _spectra.Length; j++)
        {
            Correlate(spectrum, _spectra[j]);
            _values.AsSpan(0, _taps).CopyTo(products.AsSpan(j * _taps));
        }

        var whole = new double[_samples + _taps - 1];
        for (var t = 0; t < estimate.Length; t++)
            whole[t] = estimate[t];
        var coefficients = products.ToArray();
        _all.Solve(coefficients);
        return new Projections(this, whole, Filter(coefficients, 0, _spectra.Length), products);
    }

    /// <summary>Σ_t s_i(t) s_j(t - lag) for lag = -(L - 1) … L - 1.</summary>
    private double[] Lags(int i, int j)
    {
        Correlate(_spectra[i], _spectra[j]);
        var lags = new double[(2 * _taps) - 1];
        for (var lag = 1 - _taps; lag < _taps; lag++)
            lags[lag + _taps - 1] = _values[lag >= 0 ? lag : lag + _values.Length];
        return lags;
    }

    private void Correlate(Complex[] first, Complex[] second)
    {
        for (var k = 0; k < _product.Length; k++)
            _product[k] = first[k] * Complex.Conjugate(second[k]);
        _transform.Inverse(_product, _values);
    }

    private Complex[] Spectrum(ReadOnlySpan<float> signal)
    {
        for (var t = 0; t < _values.Length; t++)
            _values[t] = t < signal.Length ? signal[t] : 0;
        var spectrum = new Complex[_product.Length];
        _transform.Forward(_values, spectrum);
        return spectrum;
    }

    /// <summary>The sum of some signals, each filtered with its L coefficients.</summary>
    private double[] Filter(ReadOnlySpan<double> coefficients, int first, int count)
    {
        var sum = new Complex[_product.Length];
        for (var j = 0; j < count; j++)
        {
            _values.AsSpan().Clear();
            coefficients.Slice(j * _taps, _taps).CopyTo(_values);
            _transform.Forward(_values, _product);
            for (var k = 0; k < sum.Length; k++)
                sum[k] += _product[k] * _spectra[first + j][k];
        }

        _transform.Inverse(sum, _values);
        return _values.AsSpan(0, _samples + _taps - 1).ToArray();
    }

    /// <summary>An estimate and its projections, T + L - 1 samples each.</summary>
    internal sealed class Projections(SourceSpan span, double[] estimate, double[] onAll, double[] products)
    {
        public double[] Estimate => estimate;

        public double[] OnAll => onAll;

        public double[] OnOne(int source)
        {
            var (first, size) = (source * span._channels, span._channels * span._taps);
            var coefficients = products.AsSpan(first * span._taps, size).ToArray();
            span._each[source].Solve(coefficients);
            return span.Filter(coefficients, first, span._channels);
        }
    }
}

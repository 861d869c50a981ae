using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// The multichannel Wiener filter: of every coefficient, what the parts of the sources have in each channel,
/// A diag(v') Aᴴ Σ_x⁻¹ x with the variances v' of the parts, of sources or of the directions that they share. What is
/// left is noise, and shared out like the power of the parts in the channel, where it is asked for, so that parts which
/// make up all sources add up to the mixture. A model without phases shares out every channel by power. Not
/// thread-safe.
/// </summary>
internal sealed class SpatialFilter
{
    private readonly MixingFactors _factors;
    private readonly bool _hasPhases;
    private readonly int _channels;
    private readonly double[] _variance;
    private readonly double[] _part;
    private readonly Complex[] _lower;
    private readonly double[] _pivots;
    private readonly Complex[] _solution;
    private readonly Complex[] _mixture;
    private readonly Complex[] _mixing;

    public SpatialFilter(MixingFactors factors, bool hasPhases)
    {
        (_factors, _hasPhases, _channels) = (factors, hasPhases, factors.Channels);
        _variance = new double[factors.Directions];
        _part = new double[factors.Directions];
        _lower = new Complex[_channels * _channels];
        _pivots = new double[_channels];
        _solution = new Complex[_channels];
        _mixture = new Complex[_channels];
        _mixing = new Complex[_channels * factors.Directions];
    }

    /// <summary>The image of a part of the sources.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="activations">frames x rank.</param>
    /// <param name="gains">Of every component, how much of it belongs to the part.</param>
    /// <param name="withNoise">Whether the part gets its share of the noise.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    public MultichannelSpectrogram Image(
        MultichannelSpectrogram mixture, Matrix<double> activations, ReadOnlySpan<double> gains, bool withNoise,
        CancellationToken cancellationToken)
    {
        var image = new MultichannelSpectrogram(
            mixture.SampleRate,
            [.. mixture.Channels.Select(_ => new Spectrogram(mixture.Stft, mixture.Frames, mixture.SignalLength))]);
        double even = 0;
        foreach (var gain in gains)
            even += gain / gains.Length;
        for (var n = 0; n < mixture.Frames; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<double> h = activations.Row(n);
            for (var f = 0; f < mixture.Bins; f++)
            {
                for (var i = 0; i < _channels; i++)
                {
                    var frame = mixture.Channels[i].Frame(n);
                    _mixture[i] = new Complex(frame[2 * f], frame[(2 * f) + 1]);
                }

                Run(f, h, gains, even, withNoise);
                for (var i = 0; i < _channels; i++)
                {
                    var frame = image.Channels[i].Frame(n);
                    (frame[2 * f], frame[(2 * f) + 1]) = ((float)_solution[i].Real, (float)_solution[i].Imaginary);
                }
            }
        }

        return image;
    }

    private void Run(int bin, ReadOnlySpan<double> h, ReadOnlySpan<double> gains, double even, bool withNoise)
    {
        SumVariances(bin, h, gains);
        for (var j = 0; j < _variance.Length; j++)
        {
            for (var i = 0; i < _channels; i++)
                _mixing[(i * _variance.Length) + j] = _factors.Mixing(bin, i, j);
        }

        if (_hasPhases)
            Solve(_factors.Noise.AsSpan(bin * _channels, _channels));

        // Σ_x⁻¹ x is replaced by the image, the mixture by what no source has of it.
        Span<double> shares = stackalloc double[MultichannelOptions.MostChannels];
        for (var i = 0; i < _channels; i++)
        {
            double all = 0, part = 0;
            for (var j = 0; j < _variance.Length; j++)
            {
                var a = _mixing[(i * _variance.Length) + j];
                var power = (a.Real * a.Real) + (a.Imaginary * a.Imaginary);
                all += power * _variance[j];
                part += power * _part[j];
            }

            shares[i] = all > 0 ? part / all : even;
        }

        if (!_hasPhases)
        {
            for (var i = 0; i < _channels; i++)
                _solution[i] = shares[i] * _mixture[i];
            return;
        }

        Span<Complex> image = stackalloc Complex[MultichannelOptions.MostChannels];
        image.Clear();
        for (var j = 0; j < _variance.Length; j++)
        {
            var y = Complex.Zero;
            for (var i = 0; i < _channels; i++)
                y += Complex.Conjugate(_mixing[(i * _variance.Length) + j]) * _solution[i];
            for (var i = 0; i < _channels; i++)
            {
                image[i] += _mixing[(i * _variance.Length) + j] * (_part[j] * y);
                _mixture[i] -= _mixing[(i * _variance.Length) + j] * (_variance[j] * y);
            }
        }

        for (var i = 0; i < _channels; i++)
            _solution[i] = withNoise ? image[i] + (shares[i] * _mixture[i]) : image[i];
    }

    // Of every direction the variance, and that of the part.
    private void SumVariances(int bin, ReadOnlySpan<double> h, ReadOnlySpan<double> gains)
    {
        var w = _factors.Dictionary.Row(bin);
        Array.Clear(_variance);
        Array.Clear(_part);
        for (var j = 0; j < _factors.Sources; j++)
        {
            double variance = 0, part = 0;
            for (var k = _factors.Offsets[j]; k < _factors.Offsets[j + 1]; k++)
            {
                variance += w[k] * h[k];
                part += gains[k] * w[k] * h[k];
            }

            if (!_factors.IsFullRank)
                (_variance[j], _part[j]) = (variance, part);
            for (var m = 0; _factors.IsFullRank && m < _variance.Length; m++)
            {
                var gain = _factors.Gains[(j * _variance.Length) + m];
                (_variance[m], _part[m]) = (_variance[m] + (gain * variance), _part[m] + (gain * part));
            }
        }
    }

    // Σ_x⁻¹ x by Σ_x = L D Lᴴ, whose pivots are not below the power of the noise.
    private void Solve(ReadOnlySpan<double> noise)
    {
        for (var i = 0; i < _channels; i++)
        {
            for (var m = 0; m <= i; m++)
            {
                var value = Complex.Zero;
                for (var j = 0; j < _variance.Length; j++)
                    value += _variance[j] * (_mixing[(i * _variance.Length) + j]
                        * Complex.Conjugate(_mixing[(m * _variance.Length) + j]));
                for (var c = 0; c < m; c++)
                    value -= _pivots[c] * (_lower[(i * _channels) + c]
                        * Complex.Conjugate(_lower[(m * _channels) + c]));
                if (m < i)
                    _lower[(i * _channels) + m] = value / _pivots[m];
                else
                    _pivots[i] = Math.Max(value.Real + noise[i], noise[i]);
            }

            _solution[i] = _mixture[i];
            for (var m = 0; m < i; m++)
                _solution[i] -= _lower[(i * _channels) + m] * _solution[m];
        }

        for (var i = _channels - 1; i >= 0; i--)
        {
            _solution[i] /= _pivots[i];
            for (var m = i + 1; m < _channels; m++)
                _solution[i] -= Complex.Conjugate(_lower[(m * _channels) + i]) * _solution[m];
        }
    }
}

using Nmf.Audio;

namespace SpeechEnhancement.Baseline;

/// <summary>
/// What speech enhancement did before dictionaries, and a strong method still: every coefficient times the gain of the
/// log-spectral amplitude estimator (<see cref="LogSpectralAmplitude"/>), under uncertain presence of speech
/// (<see cref="SpeechAbsence"/>; together OM-LSA, Cohen and Berdugo 2001), with the noise from
/// <see cref="NoiseTracker"/>. It knows nothing of speech but that it comes and goes faster than noise. Frames and
/// constants are those of the papers.
/// </summary>
internal static class SpectralBaseline
{
    private const double PriorSmoothing = 0.92;

    // -25 dB: what is left of frequencies without speech, and the least ratio of signal and noise that is expected.
    private const double LeastGain = 0.056234132519034911;
    private const double LeastPrior = 0.0031622776601683794;

    /// <summary>Enhances a signal.</summary>
    /// <param name="noisy">Samples.</param>
    /// <param name="sampleRate">Sample rate in Hz.</param>
    /// <returns>As many samples.</returns>
    public static float[] Enhance(ReadOnlySpan<float> noisy, int sampleRate)
    {
        var stft = new Stft(Frames(sampleRate));
        var spectrogram = stft.Analyze(noisy);
        var estimator = new Estimator(stft.Bins);
        var isFirst = true;
        for (var n = 0; n < spectrogram.Frames; n++)
        {
            // Digital silence is no noise: its minimum would be taken for that of the noise for a second.
            if (spectrogram.Frame(n).IndexOfAnyExcept(0f) < 0)
                continue;
            estimator.Apply(spectrogram.Frame(n), isFirst);
            isFirst = false;
        }

        return stft.Synthesize(spectrogram);
    }

    /// <summary>Frames of 32 ms, three quarters overlapping: 512 samples at 16 kHz.</summary>
    public static StftOptions Frames(int sampleRate)
    {
        var length = 4 * (int)Math.Round(0.008 * sampleRate);
        return new StftOptions { FrameLength = length, HopLength = length / 4, Window = StftWindow.Hamming };
    }

    /// <summary>The estimator with all that it remembers from frame to frame.</summary>
    internal sealed class Estimator(int bins)
    {
        private readonly NoiseTracker _noise = new(bins);
        private readonly SpeechAbsence _absence = new(bins);
        private readonly double[] _power = new double[bins];
        private readonly double[] _prior = new double[bins];
        private readonly double[] _before = new double[bins];

        /// <summary>The powers that the noise was found to have.</summary>
        public ReadOnlySpan<double> Noise => _noise.Power;

        /// <summary>Multiplies the coefficients of the next frame with their gains.</summary>
        /// <param name="frame">Real and imaginary part of every frequency in turn.</param>
        /// <param name="isFirst">Whether a signal begins; its first frame is taken for noise.</param>
        public void Apply(Span<float> frame, bool isFirst)
        {
            for (var f = 0; f < bins; f++)
                _power[f] = ((double)frame[2 * f] * frame[2 * f]) + ((double)frame[(2 * f) + 1] * frame[(2 * f) + 1]);
            if (isFirst)
            {
                _noise.Begin(_power);
                Array.Fill(_before, 1);
            }

            for (var f = 0; f < bins; f++)
            {
                // The decision-directed estimate: what the frame before was found to have, and a little of
                // what this one seems to have.
                var seen = Math.Max((_power[f] / _noise.Power[f]) - 1, 0);
                _prior[f] = Math.Max((PriorSmoothing * _before[f]) + ((1 - PriorSmoothing) * seen), LeastPrior);
            }

            _absence.Update(_prior);
            for (var f = 0; f < bins; f++)
            {
                var posterior = _power[f] / _noise.Power[f];
                var gain = LogSpectralAmplitude.Gain(posterior, _prior[f]);
                _before[f] = gain * gain * posterior;
                var present = LogSpectralAmplitude.Presence(_absence.Value[f], posterior, _prior[f]);
                var applied = (float)(Math.Pow(Math.Min(gain, 1), present) * Math.Pow(LeastGain, 1 - present));
                frame[2 * f] *= applied;
                frame[(2 * f) + 1] *= applied;
            }

            _noise.Update(_power, _prior);
        }
    }
}

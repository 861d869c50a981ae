namespace SpeechEnhancement.Baseline;

/// <summary>
/// The power spectrum of the noise from noisy frames alone: "improved minima controlled recursive averaging" (IMCRA;
/// Cohen, "Noise spectrum estimation in adverse environments: improved minima controlled recursive averaging", 2003).
/// Frames are averaged recursively, the slower the likelier they hold speech; how likely that is, the minimum of the
/// smoothed powers over the last second tells. The minimum is tracked twice: the second time over powers from which the
/// first has taken strong speech away.
/// </summary>
/// <remarks>The constants are those of the paper, which are made for frames of 32 ms at a hop of 8 ms; that minima are
/// taken only once the averages have settled is added.</remarks>
internal sealed class NoiseTracker(int bins)
{
    private const double Smoothing = 0.9;
    private const double NoiseSmoothing = 0.85;

    // Mean over minimum, and mean over what is left of it without the frames that are taken for
    // speech, for noise alone.
    private const double MinimumBias = 1.66;
    private const double AverageBias = 1.47;

    private const double StrongPeak = 4.6;
    private const double StrongLevel = 1.67;
    private const double CertainPeak = 3;
    private const double Tiny = 1e-30;

    // The first averages are of few frames: their minimum would stay too low for a second.
    private const int SettlingFrames = 10;

    private readonly double[] _average = new double[bins];
    private readonly double[] _smoothed = new double[bins];
    private readonly double[] _withoutSpeech = new double[bins];
    private readonly double[] _overFrequency = new double[bins];
    private readonly bool[] _isNoise = new bool[bins];
    private readonly RunningMinimum _minimum = new(bins);
    private readonly RunningMinimum _minimumWithoutSpeech = new(bins);
    private int _frames;

    /// <summary>The noise as known before the frame that comes next: expected powers.</summary>
    public double[] Power { get; } = new double[bins];

    /// <summary>Takes the first frame for noise; the first call for a signal.</summary>
    /// <param name="power">Powers of the frame.</param>
    public void Begin(ReadOnlySpan<double> power)
    {
        Smooth(power, _overFrequency);
        _overFrequency.CopyTo(_smoothed, 0);
        _overFrequency.CopyTo(_withoutSpeech, 0);
        for (var f = 0; f < bins; f++)
            _average[f] = Power[f] = Math.Max(power[f], Tiny);
        _frames = 0;
    }

    /// <summary>Takes a frame.</summary>
    /// <param name="power">Powers of the frame.</param>
    /// <param name="prior">ξ of the frame.</param>
    public void Update(ReadOnlySpan<double> power, ReadOnlySpan<double> prior)
    {
        Smooth(power, _overFrequency);
        for (var f = 0; f < bins && _frames > 0; f++)
            _smoothed[f] = (Smoothing * _smoothed[f]) + ((1 - Smoothing) * _overFrequency[f]);
        if (++_frames <= SettlingFrames)
        {
            _minimum.Clear();
            _minimumWithoutSpeech.Clear();
        }

        _minimum.Add(_smoothed);
        for (var f = 0; f < bins; f++)
        {
            var floor = Math.Max(MinimumBias * _minimum.Value[f], Tiny);
            _isNoise[f] = power[f] < StrongPeak * floor && _smoothed[f] < StrongLevel * floor;
        }

        for (var f = 0; f < bins; f++)
            _withoutSpeech[f] = (Smoothing * _withoutSpeech[f]) + ((1 - Smoothing) * NoiseAround(power, f));
        _minimumWithoutSpeech.Add(_withoutSpeech);
        for (var f = 0; f < bins; f++)
        {
            var present = LogSpectralAmplitude.Presence(Absence(power[f], f), power[f] / Power[f], prior[f]);
            var slowness = NoiseSmoothing + ((1 - NoiseSmoothing) * present);
            _average[f] = (slowness * _average[f]) + ((1 - slowness) * power[f]);
            Power[f] = Math.Max(AverageBias * _average[f], Tiny);
        }
    }

    private double Absence(double power, int f)
    {
        var floor = Math.Max(MinimumBias * _minimumWithoutSpeech.Value[f], Tiny);
        var peak = power / floor;
        if (_smoothed[f] >= StrongLevel * floor || peak >= CertainPeak)
            return 0;
        return peak <= 1 ? 1 : (CertainPeak - peak) / (CertainPeak - 1);
    }

    /// <summary>The weighted mean of those neighbours of a frequency that are noise; where none is, what
    /// was there before.</summary>
    private double NoiseAround(ReadOnlySpan<double> power, int f)
    {
        double sum = 0, weights = 0;
        for (var i = Math.Max(0, f - 1); i <= Math.Min(bins - 1, f + 1); i++)
        {
            if (!_isNoise[i])
                continue;
            var weight = i == f ? 0.5 : 0.25;
            sum += weight * power[i];
            weights += weight;
        }

        return weights > 0 ? sum / weights : _withoutSpeech[f];
    }

    private static void Smooth(ReadOnlySpan<double> power, Span<double> result)
    {
        for (var f = 0; f < power.Length; f++)
            result[f] = (0.5 * power[f]) + (0.25 * power[Math.Max(0, f - 1)])
                + (0.25 * power[Math.Min(power.Length - 1, f + 1)]);
    }
}

namespace SpeechEnhancement.Baseline;

/// <summary>
/// The probability q that a frequency of a frame holds no speech, before it is looked at: from the signal-to-noise
/// ratios of the frames before, averaged over time and then over few frequencies, over many, and over all (Cohen and
/// Berdugo 2001, section 4).
/// </summary>
internal sealed class SpeechAbsence(int bins)
{
    private const double Forgetting = 0.7;
    private const int LocalReach = 1;
    private const int GlobalReach = 15;
    private const double Greatest = 0.95;

    // -10 and -5 dB: below the first there is no speech, above the second there is. The peak of a frame is
    // followed between 0 and 10 dB.
    private const double None = 0.1;
    private const double Some = 0.31622776601683794;
    private const double LeastPeak = 1;
    private const double GreatestPeak = 10;

    private readonly double[] _average = new double[bins];
    private readonly double[] _local = Window(LocalReach);
    private readonly double[] _global = Window(GlobalReach);
    private double _frame;
    private double _peak = LeastPeak;

    /// <summary>q of every frequency.</summary>
    public double[] Value { get; } = new double[bins];

    /// <summary>Takes a frame.</summary>
    /// <param name="prior">ξ of the frame before.</param>
    public void Update(ReadOnlySpan<double> prior)
    {
        for (var f = 0; f < bins; f++)
            _average[f] = (Forgetting * _average[f]) + ((1 - Forgetting) * prior[f]);
        var frame = FramePresence();
        for (var f = 0; f < bins; f++)
            Value[f] = Math.Min(
                Greatest, 1 - (Presence(Around(f, _local), 1) * Presence(Around(f, _global), 1) * frame));
    }

    // Where the ratio falls, speech is believed in for a while: its end is soft.
    private double FramePresence()
    {
        var before = _frame;
        _frame = _average.Average();
        if (_frame <= None)
            return 0;
        if (_frame <= before)
            return Presence(_frame, _peak);
        _peak = Math.Clamp(_frame, LeastPeak, GreatestPeak);
        return 1;
    }

    private static double Presence(double ratio, double peak)
        => Math.Clamp(Math.Log(Math.Max(ratio, double.Epsilon) / (peak * None)) / Math.Log(Some / None), 0, 1);

    private double Around(int f, double[] window)
    {
        var reach = window.Length / 2;
        double sum = 0, weights = 0;
        for (var i = Math.Max(0, f - reach); i <= Math.Min(bins - 1, f + reach); i++)
        {
            sum += window[i - f + reach] * _average[i];
            weights += window[i - f + reach];
        }

        return sum / weights;
    }

    private static double[] Window(int reach) => [
        .. Enumerable.Range(-reach, (2 * reach) + 1).Select(i => 0.5 + (0.5 * Math.Cos(Math.PI * i / (reach + 1))))];
}

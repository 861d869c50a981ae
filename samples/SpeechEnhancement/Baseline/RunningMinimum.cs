namespace SpeechEnhancement.Baseline;

/// <summary>
/// The minimum of every frequency over about the last 120 frames, in blocks of 15: exact over the blocks that are full
/// and the one that is filling (Martin, "Noise power spectral density estimation based on optimal smoothing and
/// minimum statistics", 2001).
/// </summary>
internal sealed class RunningMinimum(int bins)
{
    private const int Blocks = 8;
    private const int BlockLength = 15;

    private readonly Queue<double[]> _full = new();
    private double[] _filling = Fresh(bins);
    private int _count;

    /// <summary>The minima.</summary>
    public double[] Value { get; } = Fresh(bins);

    /// <summary>Forgets all frames.</summary>
    public void Clear()
    {
        _full.Clear();
        _count = 0;
        Array.Fill(_filling, double.PositiveInfinity);
        Array.Fill(Value, double.PositiveInfinity);
    }

    /// <summary>Takes a frame.</summary>
    public void Add(ReadOnlySpan<double> values)
    {
        for (var f = 0; f < bins; f++)
        {
            _filling[f] = Math.Min(_filling[f], values[f]);
            Value[f] = Math.Min(Value[f], values[f]);
        }

        if (++_count < BlockLength)
            return;
        _count = 0;
        _full.Enqueue(_filling);
        _filling = _full.Count > Blocks ? _full.Dequeue() : new double[bins];
        Array.Fill(_filling, double.PositiveInfinity);
        Array.Fill(Value, double.PositiveInfinity);
        foreach (var block in _full)
        {
            for (var f = 0; f < bins; f++)
                Value[f] = Math.Min(Value[f], block[f]);
        }
    }

    private static double[] Fresh(int bins)
    {
        var values = new double[bins];
        Array.Fill(values, double.PositiveInfinity);
        return values;
    }
}

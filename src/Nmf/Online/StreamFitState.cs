namespace Nmf;

/// <summary>How far a fit to a stream has come, and what it has measured on the way.</summary>
internal sealed class StreamFitState
{
    private TimeSpan _earlier;
    private long _started = System.Diagnostics.Stopwatch.GetTimestamp();

    /// <summary>Cost of every whole pass.</summary>
    public List<ObjectivePoint> History { get; } = [];

    /// <summary>Whole passes done.</summary>
    public int Passes => History.Count;

    /// <summary>Samples learnt of the current pass.</summary>
    public long SamplesInPass { get; private set; }

    /// <summary>Rounds of the current pass: batches, or with several parts one of each.</summary>
    public long RoundsInPass { get; private set; }

    /// <summary>Cost of the current pass so far.</summary>
    public double CostInPass { get; private set; }

    /// <summary>Sum of all entries of the first pass.</summary>
    public double Sum { get; private set; }

    /// <summary>Samples of a whole pass, or null during the first.</summary>
    public long? Samples { get; private set; }

    /// <summary>Whether the passes are over and only the evaluation is left.</summary>
    public StopReason? Stopped { get; set; }

    private TimeSpan Elapsed => _earlier + System.Diagnostics.Stopwatch.GetElapsedTime(_started);

    public void AddRound(RoundFigures figures)
    {
        SamplesInPass += figures.Samples;
        RoundsInPass++;
        CostInPass += figures.Cost;
        if (Samples is null)
            Sum += figures.Sum;
    }

    public void EndPass()
    {
        History.Add(new ObjectivePoint(Passes + 1, CostInPass, Elapsed));
        Samples = SamplesInPass;
        (SamplesInPass, RoundsInPass, CostInPass) = (0, 0, 0);
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(SamplesInPass);
        writer.Write(RoundsInPass);
        writer.Write(CostInPass);
        writer.Write(Sum);
        writer.Write(Samples ?? -1);
        writer.Write(Elapsed.Ticks);
        writer.WriteHistory(History);
    }

    public void Load(BinaryReader reader)
    {
        SamplesInPass = reader.ReadCount(isLong: true);
        RoundsInPass = reader.ReadCount(isLong: true);
        CostInPass = reader.ReadFinite();
        Sum = reader.ReadFinite(0);
        Samples = reader.ReadInt64() is >= 0 and var samples ? samples : null;
        _earlier = new TimeSpan(reader.ReadCount(isLong: true));
        _started = System.Diagnostics.Stopwatch.GetTimestamp();
        History.AddRange(reader.ReadHistory());
    }
}

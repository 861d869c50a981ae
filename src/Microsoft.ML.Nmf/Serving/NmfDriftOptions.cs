namespace Microsoft.ML;

/// <summary>When recent rows count as different from those of the training: see <see cref="NmfDriftMonitor"/>. All
/// thresholds are off by default: docs/serving.md has what is usual for texts; watch the figures of your own first.
/// </summary>
public sealed class NmfDriftOptions
{
    /// <summary>Number of the latest rows that are judged. From 1 to a million. Default 1,000.</summary>
    public int Window { get; set; } = 1000;

    /// <summary>Fewest rows in the window for a judgement. At least 1, at most <see cref="Window"/>.
    /// Default 100.</summary>
    public int FewestRows { get; set; } = 100;

    /// <summary>Of so many rows of a predictor one is observed, for which the pipeline runs once more. At least 1.
    /// Default 20.</summary>
    public int Every { get; set; } = 20;

    /// <summary>The column with the words of a row, a vector of text, when the pipeline has one and its factorisation
    /// is one of counts of them; then unseen words are counted. Null for none.</summary>
    public string? WordsColumn { get; set; }

    /// <summary>
    /// Largest share of words that the model does not know, 0 to 1; above it the rows have drifted. Null for no
    /// threshold.
    /// </summary>
    public double? LargestUnseenShare { get; set; }

    /// <summary>
    /// Largest distance of the components' shares from those in the training
    /// (<see cref="NmfDriftStatus.ComponentShift"/>), 0 to 1; above it the rows have drifted. Null for no threshold.
    /// </summary>
    public double? LargestComponentShift { get; set; }

    /// <summary>
    /// Smallest explained part of the recent rows as a share of that of the training
    /// (<see cref="Transforms.NmfModelParameters.ExplainedPart"/>), 0 to 1; below it the rows have drifted. Null for no
    /// threshold.
    /// </summary>
    public double? SmallestFit { get; set; }

    internal NmfDriftOptions Copy() => (NmfDriftOptions)MemberwiseClone();

    /// <summary>What is wrong with these options, one sentence each; empty when nothing is.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Window is < 1 or > 1_000_000)
            yield return "The window must have from 1 to 1,000,000 rows.";
        else if (FewestRows < 1 || FewestRows > Window)
            yield return "The fewest rows for a judgement must be from 1 to the window.";
        if (Every < 1)
            yield return "Of how many rows one is observed must be greater than zero.";
        if (LargestUnseenShare is { } share && share is not (>= 0 and <= 1))
            yield return "The largest share of unseen words must be from 0 to 1.";
        if (LargestComponentShift is { } shift && shift is not (>= 0 and <= 1))
            yield return "The largest shift of components must be from 0 to 1.";
        if (SmallestFit is { } fit && fit is not (>= 0 and <= 1))
            yield return "The smallest fit must be from 0 to 1.";
    }
}

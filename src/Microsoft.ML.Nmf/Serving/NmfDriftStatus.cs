using System.Text.Json.Serialization;

namespace Microsoft.ML;

/// <summary>How the recent rows of a served model compare with its training. Immutable; serialises as JSON and
/// back.</summary>
public sealed record NmfDriftStatus
{
    [JsonConstructor]
    internal NmfDriftStatus()
    {
    }

    /// <summary>Number of rows that were judged; 0 until there are <see cref="NmfDriftOptions.FewestRows"/>.</summary>
    [JsonInclude]
    public int Rows { get; internal init; }

    /// <summary>Share of the words of the recent rows that the model does not know; null where words were not
    /// counted, or there are too few rows.</summary>
    [JsonInclude]
    public double? UnseenShare { get; internal init; }

    /// <summary>
    /// How far the shares of the components in the recent rows are from those in the training
    /// (<see cref="Transforms.NmfModelParameters.Contributions"/>): the square root of the Jensen-Shannon divergence in
    /// bits, 0 for the same shares, 1 where no component is in both; null where there are too few rows, or they are all
    /// zero.
    /// </summary>
    [JsonInclude]
    public double? ComponentShift { get; internal init; }

    /// <summary>
    /// The explained part of the recent rows, 1 - D(V | WH) / D(V | c) with c their mean; null where there are too few
    /// rows, or they are all alike, or the model's measure of fit is no β-divergence or leaves missing entries out. For
    /// β = 1 an entry of WH is at least a tenth of the mean of its row, so that words which the topics of a text do not
    /// have cost something, and not everything.
    /// </summary>
    [JsonInclude]
    public double? ExplainedPart { get; internal init; }

    /// <summary><see cref="ExplainedPart"/> of the training; null before the first row.</summary>
    [JsonInclude]
    public double? TrainingExplainedPart { get; internal init; }

    /// <summary><see cref="ExplainedPart"/> as a share of that of the training; null where either is missing or the
    /// training explained nothing.</summary>
    public double? Fit => ExplainedPart is { } recent && TrainingExplainedPart is > 0 and var training
        ? recent / training : null;

    /// <summary>Why the rows of the predictor cannot be observed, in a sentence; null when they can.</summary>
    [JsonInclude]
    public string? Fault { get; internal init; }

    /// <summary>Which thresholds are passed, in a sentence; null when none is.</summary>
    [JsonInclude]
    public string? Drift { get; internal init; }

    /// <summary>Whether a threshold is passed.</summary>
    public bool HasDrifted => Drift is not null;
}

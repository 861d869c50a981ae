namespace Nmf.Audio;

/// <summary>How well one source was estimated, in dB; greater is better, infinity is perfect.</summary>
public sealed record SeparationScore
{
    internal SeparationScore(double distortion, double? spatial, double interference, double artifacts)
        => (SourceToDistortion, SourceToSpatialDistortion, SourceToInterference, SourceToArtifacts)
            = (distortion, spatial, interference, artifacts);

    /// <summary>SDR: the source against everything else in the estimate.</summary>
    public double SourceToDistortion { get; }

    /// <summary>ISR: the image of the source against what filters and gains between the channels did to it; null where
    /// sources were scored and not their images.</summary>
    public double? SourceToSpatialDistortion { get; }

    /// <summary>SIR: the source against what the estimate has of the other sources.</summary>
    public double SourceToInterference { get; }

    /// <summary>SAR: what the estimate has of all sources against what it has of none.</summary>
    public double SourceToArtifacts { get; }
}

/// <summary>The scores of a separation.</summary>
public sealed record SeparationResult
{
    internal SeparationResult(IReadOnlyList<SeparationScore> scores, IReadOnlyList<int> order)
        => (Scores, Order) = (scores, order);

    /// <summary>One per source.</summary>
    public IReadOnlyList<SeparationScore> Scores { get; }

    /// <summary>For every source the index of its estimate.</summary>
    public IReadOnlyList<int> Order { get; }
}

namespace Nmf.Audio;

/// <summary>How well one source was estimated, in dB; greater is better, infinity is perfect.</summary>
/// <param name="SourceToDistortion">SDR: the source against everything else in the estimate.</param>
/// <param name="SourceToInterference">SIR: the source against what the estimate has of the other sources.</param>
/// <param name="SourceToArtifacts">SAR: what the estimate has of all sources against what it has of none.</param>
public readonly record struct SeparationScore(
    double SourceToDistortion, double SourceToInterference, double SourceToArtifacts);

/// <summary>The scores of a separation.</summary>
/// <param name="Scores">One per source.</param>
/// <param name="Order">For every source the index of its estimate.</param>
public sealed record SeparationResult(IReadOnlyList<SeparationScore> Scores, IReadOnlyList<int> Order);

using System.Numerics;

namespace Nmf;

/// <summary>Streams of <see cref="CounterRandom"/> that no start uses; starts count up from 0.</summary>
internal static class RandomStreams
{
    public const int ConsensusSamples = -1;
    public const int NoiseFloorEntries = -2;
    public const int HeldOutEntries = -3;
    public const int HeldOutSamples = -4;
    public const int HeldOutFeatures = -5;
    public const int CompletedEntries = -6;
    public const int DispersionEntries = -7;
    public const int DrawnData = -8;
    public const int QuantileResiduals = -9;

    /// <summary>Of the first fold; those of others count down from it.</summary>
    public const int JudgedEntries = -1_000;

    /// <summary>Of the first replicate; those of others count down from it.</summary>
    public const int Replicates = -1_000_000;
}

/// <summary>Fits from the random start with a number, the one that a fit with as many starts would use.</summary>
internal static class RandomStarts
{
    public static NmfModel<T> Fit<T>(
        NmfData<T> data, NmfOptions options, int start, IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => NmfFactorizer.Fit(
            data, options with { Starts = 1, Initialization = NmfInitialization.Random }, null, null, progress, start,
            ownsData: false, cancellationToken);
}

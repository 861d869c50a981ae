using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Streams of <see cref="CounterRandom"/> that no start uses; starts count up from 0.</summary>
internal static class RandomStreams
{
    public const int ConsensusSamples = -1;
    public const int NoiseFloorEntries = -2;
    public const int HeldOutEntries = -3;
    public const int HeldOutSamples = -4;
    public const int HeldOutFeatures = -5;
}

/// <summary>The random start with a number, the same that a fit with as many starts would use.</summary>
internal static class RandomStarts
{
    public static NmfStart<T> Create<T>(NmfData<T> data, NmfOptions options, int start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(1);
        return options.Problem.CreateStart(
            data, options with { Initialization = NmfInitialization.Random }, start, team, CancellationToken.None);
    }
}

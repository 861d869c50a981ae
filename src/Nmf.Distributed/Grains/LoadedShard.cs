namespace Nmf.Distributed.Grains;

/// <summary>The samples of a shard. They are brought into the unit of a fit in their own memory, and back for inference
/// in the unit of the user.</summary>
internal sealed class LoadedShard(NmfData<float> data, string name) : IShardData<float>
{
    private NmfData<float>? _inUnit;
    private int _exponent;

    /// <summary>The facts in the unit of the user.</summary>
    public ShardFacts Facts { get; } = ShardFacts.Of(data);

    /// <summary>A mark of the samples and their weights, which tells whether a shard that is loaded again is the same.
    /// </summary>
    public string Mark { get; } = MarkOf(data);

    /// <summary>What the source calls it.</summary>
    public string Name => name;

    public NmfData<float> InUnit => _inUnit ?? throw new InvalidOperationException("The fit has not begun.");

    /// <summary>Brings the samples into the unit of a fit.</summary>
    public void Enter(FitUnit unit, MeasureOfFit measure)
    {
        if (_inUnit is not null && _exponent == unit.Data)
            return;
        if (_inUnit is not null)
            TakeOriginal();
        (_inUnit, _exponent) = (data.IntoUnit(unit, measure), unit.Data);
    }

    public NmfData<float> TakeOriginal()
    {
        if (InUnit.SharesMemory(data))
            InUnit.Multiply(_exponent);
        return data;
    }

    public void ReturnOriginal()
    {
        if (InUnit.SharesMemory(data))
            InUnit.Multiply(-_exponent);
    }

    private static string MarkOf(NmfData<float> data) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{CheckpointFacts.MarkOf(data)}, {data.ObservedEntries} entries, weight {data.TotalWeight:R}, "
        + $"sum {data.Sum:R}");
}

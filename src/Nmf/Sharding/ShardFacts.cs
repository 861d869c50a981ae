using System.Numerics;

namespace Nmf;

/// <summary>What a fit has to know of data that it does not hold: of one shard, or of several together.</summary>
/// <param name="Samples">Number of samples.</param>
/// <param name="Features">Number of features.</param>
/// <param name="Summary">Sums over all entries.</param>
/// <param name="HasSampleWeights">Whether samples have weights.</param>
/// <param name="HasElementWeights">Whether entries have weights.</param>
internal sealed record ShardFacts(
    int Samples, int Features, DataSummary Summary, bool HasSampleWeights, bool HasElementWeights)
{
    public double Mean => Summary.Sum / Summary.Weight;

    public bool HasMissingEntries => Summary.Observed < (long)Samples * Features;

    public bool HasWeights => HasSampleWeights || HasElementWeights;

    public bool IsWeighted => HasMissingEntries || HasWeights;

    /// <summary>The facts of one shard.</summary>
    public static ShardFacts Of<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(data.Samples, data.Features, data.Summary, data.HasSampleWeights, data.HasElementWeights);

    /// <summary>The facts of all shards, added as the tree adds.</summary>
    /// <exception cref="NmfDataException">They do not go together, or there is nothing to factorise.</exception>
    public static ShardFacts Of(IReadOnlyList<ShardFacts> shards)
    {
        var all = Of(shards, 0, shards.Count);
        if (all.Summary.Sum == 0)
            throw new NmfDataException("All entries of all shards are zero: there is nothing to factorize.");
        all.Summary.RequireFiniteSum();
        return all;
    }

    /// <summary>The facts of the same data divided by a power of two.</summary>
    public ShardFacts InUnit(int exponent) => this with { Summary = Summary.Multiplied(-exponent) };

    private static ShardFacts Of(IReadOnlyList<ShardFacts> shards, int from, int to)
    {
        if (to - from == 1)
            return shards[from];
        var middle = NmfShards.Middle(from, to);
        return Add(Of(shards, from, middle), Of(shards, middle, to), middle);
    }

    private static ShardFacts Add(ShardFacts a, ShardFacts b, int middle)
    {
        if (a.Features != b.Features)
        {
            throw new NmfDataException(
                $"Shard {middle} has {b.Features} features, but those before it have {a.Features}.");
        }

        if ((long)a.Samples + b.Samples > int.MaxValue)
            throw new NmfDataException($"The shards have more than {int.MaxValue} samples.");
        var (x, y) = (a.Summary, b.Summary);
        var zero = x.FirstZero.Sample >= 0 || y.FirstZero.Sample < 0 ? x.FirstZero
            : (a.Samples + y.FirstZero.Sample, y.FirstZero.Feature);
        var summary = new DataSummary
        {
            Sum = x.Sum + y.Sum,
            SumOfSquares = x.SumOfSquares + y.SumOfSquares,
            Weight = x.Weight + y.Weight,
            Observed = x.Observed + y.Observed,
            FirstZero = zero,
            ObservedFeatures = x.ObservedFeatures is { } p && y.ObservedFeatures is { } q
                ? Either(p, q) : null,
        };
        return new ShardFacts(
            a.Samples + b.Samples, a.Features, summary, a.HasSampleWeights || b.HasSampleWeights,
            a.HasElementWeights || b.HasElementWeights);
    }

    private static bool[]? Either(bool[] a, bool[] b)
    {
        bool[] either = [.. a.Zip(b, (x, y) => x || y)];
        return Array.TrueForAll(either, x => x) ? null : either;
    }
}

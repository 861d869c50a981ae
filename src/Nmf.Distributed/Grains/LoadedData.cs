using Nmf.Distributed.Messages;

namespace Nmf.Distributed.Grains;

/// <summary>What the data of all shards have to be.</summary>
internal static class LoadedData
{
    /// <summary>All shards have the same features.</summary>
    /// <exception cref="NmfDataException">They have not; the message names two that differ.</exception>
    public static void RequireFeatures(ShardFactsMessage[] loaded)
    {
        for (var s = 1; s < loaded.Length; s++)
        {
            if (loaded[s].Features != loaded[0].Features)
            {
                throw new NmfDataException(
                    $"{loaded[s].Name} has {loaded[s].Features} features, but {loaded[0].Name} has "
                    + $"{loaded[0].Features}.");
            }
        }
    }

    /// <summary>A shard that is loaded again, because its silo has died or the fit goes on, is what it was.</summary>
    /// <exception cref="NmfDataException">It is not; the message names it.</exception>
    public static void RequireMarks(ShardFactsMessage[] loaded, string[] marks)
    {
        for (var s = 0; s < loaded.Length; s++)
        {
            if (loaded[s].Mark != marks[s])
            {
                throw new NmfDataException(
                    $"{loaded[s].Name} has changed since the fit began: it was {marks[s]}, and is now "
                    + $"{loaded[s].Mark}. Restore it and start the fit again, or forget the fit.");
            }
        }
    }

    /// <summary>Entries that are zero go with the measure of fit.</summary>
    /// <exception cref="NmfDataException">They do not; the message names the first.</exception>
    public static void RequireZeros(NmfOptions options, ShardFacts facts, ShardFactsMessage[] loaded)
    {
        if (options.Problem.Entry.AllowsZeros || facts.Summary.FirstZero.Sample < 0)
            return;
        var shard = loaded.First(each => each.ZeroSample >= 0);
        throw new NmfDataException(
            $"{shard.Name}: the entry at sample {shard.ZeroSample}, feature {shard.ZeroFeature} is 0, where "
            + $"{options.Problem.Entry} is infinite. Add a small positive constant to the data, or "
            + $"{options.Problem.Entry.AdviceAboutZeros}.");
    }
}

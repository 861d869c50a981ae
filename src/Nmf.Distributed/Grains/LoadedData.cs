using Nmf.Distributed.Messages;

namespace Nmf.Distributed.Grains;

/// <summary>What the data of all shards have to be.</summary>
internal static class LoadedData
{
    private const string Advice = "The last digits would depend on where shards are. Give all silos the same vectors "
        + $"(docs/scale.md), or set {nameof(ShardingOptions)}.{nameof(ShardingOptions.AllowMixedVectorWidths)}.";

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

    /// <summary>Whether dense samples have to be made sparse since others are: one process has all in one form, and
    /// what is sparse is never made dense.</summary>
    /// <exception cref="NmfDataException">They cannot be; the message names two shards.</exception>
    public static bool HaveToBeSparse(ShardFactsMessage[] loaded)
    {
        var first = loaded[0];
        var other = Array.Find(loaded, shard => shard.Storage != first.Storage);
        if (other is null)
            return false;
        var odd = Array.Find(loaded, shard => shard.Storage == ShardStorage.Observed || shard.HasElementWeights
            || (shard.Storage == ShardStorage.Dense && shard.Observed < (long)shard.Samples * shard.Features));
        return odd is null ? true : throw new NmfDataException(
            $"{first.Name} has {InWords(first.Storage)}, {other.Name} {InWords(other.Storage)}, and {odd.Name} has "
            + "missing or weighted entries: these need all shards in one form. Have the source give them so.");

        static string InWords(ShardStorage storage) => storage switch
        {
            ShardStorage.Dense => "dense samples",
            ShardStorage.Sparse => "sparse samples, whose absent entries are zeros",
            _ => "sparse samples, whose absent entries are missing",
        };
    }

    /// <summary>All shards are computed with vectors of one width, now and since the fit began.</summary>
    /// <exception cref="NmfDataException">They are not; the message names one.</exception>
    public static void RequireOneProcessor(ShardFactsMessage[] loaded, string here, string begun)
    {
        if (begun.Length > 0 && begun != here)
        {
            throw new NmfDataException(
                $"The fit began on a silo with {begun}, and is now on one with {here}. {Advice}");
        }

        var other = loaded.FirstOrDefault(shard => shard.Processor != here);
        if (other is not null)
            throw new NmfDataException(MixedProcessors(other.Name, other.Processor, "the fit", here));
    }

    /// <summary>What is told of a shard on a silo of another kind.</summary>
    public static string MixedProcessors(string shard, string processor, string what, string here)
        => $"{shard} is on a silo with {processor}, and {what} on one with {here}. {Advice}";

    /// <summary>Activations and dictionary fit into their checkpoints, momentum included.</summary>
    /// <exception cref="NmfDataException">They do not; the message names the shard.</exception>
    public static void RequireStorable(ShardFactsMessage[] loaded, int rank)
    {
        const int mostRows = int.MaxValue - (1 << 20);
        var bytes = (sizeof(float) + sizeof(ushort)) * (long)rank;
        var large = loaded.FirstOrDefault(shard => bytes * shard.Samples > mostRows);
        if (large is not null)
        {
            throw new NmfDataException(
                $"{large.Name} has {large.Samples} samples. The checkpoint of a shard has at most 2 GB, which are "
                + $"{mostRows / bytes} samples of {rank} components: cut the data into more shards.");
        }

        if (bytes * loaded[0].Features > mostRows)
        {
            throw new NmfDataException(
                $"The data have {loaded[0].Features} features. The checkpoint of a dictionary has at most 2 GB, which "
                + $"are {mostRows / bytes} features of {rank} components.");
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

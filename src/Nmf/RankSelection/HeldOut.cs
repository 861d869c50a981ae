using System.Numerics;

namespace Nmf;

/// <summary>Divides data into what a fit may see and what judges it.</summary>
internal static class HeldOut
{
    /// <summary>What a pattern asked for stands for.</summary>
    /// <exception cref="ArgumentException">The data or the fit do not go with it.</exception>
    public static HeldOutPattern PatternFor<T>(NmfData<T> data, NmfOptions fit, HeldOutPattern asked)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.HasWeights)
            throw new ArgumentException(
                "Cross-validation does not support weights: a held-out entry counts like every other. "
                + "Use data without weights.");
        var pattern = asked != HeldOutPattern.Auto ? asked
            : data.IsSparse && !data.HasMissingEntries ? HeldOutPattern.Blocks
            : HeldOutPattern.Entries;
        if (pattern == HeldOutPattern.Blocks && data.HasMissingEntries)
            throw new ArgumentException("Blocks cannot be held out of data with missing entries. Hold out entries.");
        if (pattern == HeldOutPattern.Blocks && fit.Problem.HasPenalties)
        {
            throw new ArgumentException(
                "Blocks cannot be held out of a fit with penalties: the weights of a held-out feature would have to be "
                + "inferred with penalties that the fit spread over all features. Hold out entries.");
        }

        return pattern;
    }

    /// <summary>One fold.</summary>
    /// <exception cref="ArgumentException">The data are too small.</exception>
    public static HeldOutFold<T> CreateFold<T>(
        NmfData<T> data, int folds, double fraction, int seed, HeldOutPattern pattern, int fold)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (pattern == HeldOutPattern.Entries)
        {
            var entries = new HeldOutEntries<T>(
                data, new CounterRandom(seed, RandomStreams.HeldOutEntries), fold * fraction,
                (fold + 1) * fraction);
            if (entries.Entries > 0)
                return entries;
            throw new ArgumentException(
                $"Fold {fold} holds out no entry: the data have only {data.ObservedEntries}. "
                + "Raise the held-out fraction.");
        }

        var groups = HeldOutBlock<T>.GroupsPerSide(fraction);
        if (Math.Min(data.Samples, data.Features) < groups)
        {
            throw new ArgumentException(
                $"{data.Samples} samples x {data.Features} features are too few for {groups} groups of each, "
                + $"which a held-out fraction of {fraction:0.###} needs.");
        }

        if (folds > groups * groups)
            throw new ArgumentException(
                $"{groups} groups of samples and of features make {groups * groups} blocks, "
                + $"fewer than {folds} folds. Lower the held-out fraction.");

        // Consecutive folds share neither samples nor features, until all have been used.
        var (round, place) = (fold / groups, fold % groups);
        return new HeldOutBlock<T>(
            data,
            HeldOutBlock<T>.Group(
                data.Samples, groups, place, new CounterRandom(seed, RandomStreams.HeldOutSamples)),
            HeldOutBlock<T>.Group(
                data.Features, groups, (place + round) % groups,
                new CounterRandom(seed, RandomStreams.HeldOutFeatures)));
    }
}

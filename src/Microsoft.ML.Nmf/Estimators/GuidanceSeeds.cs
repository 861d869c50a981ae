using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>Guided topics of an estimator as seeds of the core.</summary>
internal static class GuidanceSeeds
{
    /// <summary>The problem with seeds, whatever these are: for checks before there are data.</summary>
    public static NmfProblem Placeholder(NmfEstimator.Options options) => With(
        options, [.. options.Guidance!.Topics.Select(topic => Enumerable.Range(0, topic.Words.Count).ToArray())]);

    /// <summary>The problem with the seeds of the guided topics.</summary>
    /// <exception cref="ArgumentException">A word is not a slot of the column.</exception>
    public static NmfProblem Of(NmfEstimator.Options options, ColumnGuard guard, IHost host, IChannel channel)
    {
        var names = guard.SlotNames();
        host.CheckUserArg(
            names is not null, nameof(options.Guidance),
            $"Column '{guard.Column}' has no slot names, by which guided topics name their words. "
            + "Name them by their slots with a SeedPenalty.");
        var slots = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var slot = 0; slot < names!.Length; slot++)
            slots.TryAdd(names[slot], slot);
        var unknown = new List<string>();
        var guidance = options.Guidance!;
        int[][] seeds = [.. guidance.Topics.Select(topic => Slots(topic, slots, unknown))];
        var message = $"Column '{guard.Column}' does not have these words of guided topics as slots: "
            + $"{string.Join(", ", unknown)}. Words must be as the pipeline leaves them, for instance in lower case.";
        host.CheckUserArg(
            unknown.Count == 0 || guidance.UnknownWords == UnknownWords.Warning, nameof(options.Guidance), message);
        var empty = Array.FindIndex(seeds, of => of.Length == 0);
        host.CheckUserArg(
            empty < 0, nameof(options.Guidance),
            $"No word of topic '{(empty < 0 ? "" : guidance.Topics[empty].Name)}' is a slot of column "
            + $"'{guard.Column}'.");
        if (unknown.Count > 0)
            channel.Warning("{0}", message);
        return With(options, seeds);
    }

    /// <summary>Names of all components, or null where none has one.</summary>
    public static string[]? ComponentNames(NmfEstimator.Options options)
    {
        var topics = options.Guidance?.Topics ?? [];
        string[] given = [.. Known(options)?.Names ?? [], .. topics.Select(topic => topic.Name)];
        if (given.Length == 0 || options.Problem.FindsRank)
            return null;
        var first = topics.Count > 0 ? Known(options)?.Count ?? 0 : 0;
        string[] names = [.. Enumerable.Range(0, options.Rank).Select(k => $"Component{k}")];
        for (var k = 0; k < (Known(options)?.Names?.Count ?? 0); k++)
            names[k] = Known(options)!.Names![k];
        for (var t = 0; t < topics.Count; t++)
            names[first + t] = topics[t].Name;
        return names;
    }

    private static KnownComponents? Known(NmfEstimator.Options options) => (options.Problem as BetaNmf)?.Known;

    private static BetaNmf With(NmfEstimator.Options options, int[][] seeds)
    {
        var problem = (BetaNmf)options.Problem;
        int[][] free = [.. Enumerable.Repeat(Array.Empty<int>(), problem.Known?.Count ?? 0)];
        return problem with
        {
            Penalties = [.. problem.Penalties, new SeedPenalty([.. free, .. seeds], options.Guidance!.Weight)],
        };
    }

    private static int[] Slots(GuidedTopic topic, Dictionary<string, int> slots, List<string> unknown)
    {
        var found = new List<int>();
        foreach (var word in topic.Words)
        {
            if (slots.TryGetValue(word, out var slot) || slots.TryGetValue(word.Replace(' ', '|'), out slot))
                found.Add(slot);
            else
                unknown.Add($"'{word}' ({topic.Name})");
        }

        return [.. found.Distinct()];
    }
}

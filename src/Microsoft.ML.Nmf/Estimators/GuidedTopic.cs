using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>What happens when a word of a guided topic is not a slot of the input column.</summary>
public enum UnknownWords
{
    /// <summary>The fit refuses, and names them all.</summary>
    Error,

    /// <summary>A warning in the log names them, and the fit goes on with the others; a topic without a known word is
    /// an error all the same.</summary>
    Warning,
}

/// <summary>A topic that is wanted.</summary>
public sealed record GuidedTopic
{
    /// <summary>A topic and some of its words.</summary>
    /// <param name="name">Its name, which the component gets.</param>
    /// <param name="words">
    /// Slot names of the input column: words as they are after the text was made into tokens (in lower case, without
    /// stop words, where the pipeline does that). The words of an n-gram may be separated by blanks, where ML.NET
    /// writes <c>|</c>.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty, there is no word, or one is empty.</exception>
    public GuidedTopic(string name, params IReadOnlyList<string> words)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(words);
        if (words.Count == 0 || words.Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException($"Topic '{name}' has no word, or an empty one.", nameof(words));
        (Name, Words) = (name, [.. words]);
    }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>Some of its words.</summary>
    public IReadOnlyList<string> Words { get; }
}

/// <summary>Guided topics of an estimator as seeds of the core.</summary>
internal static class Guidance
{
    /// <summary>The problem with seeds, whatever these are: for checks before there are data.</summary>
    public static NmfProblem Placeholder(NmfEstimator.Options options) => With(
        options, [.. options.GuidedTopics.Select(topic => Enumerable.Range(0, topic.Words.Count).ToArray())]);

    /// <summary>The problem with the seeds of the guided topics.</summary>
    /// <exception cref="ArgumentException">A word is not a slot of the column.</exception>
    public static NmfProblem Of(NmfEstimator.Options options, ColumnGuard guard, IHost host, IChannel channel)
    {
        var names = guard.SlotNames();
        host.CheckUserArg(
            names is not null, nameof(options.GuidedTopics),
            $"Column '{guard.Column}' has no slot names, by which guided topics name their words. "
            + "Name them by their slots with a SeedPenalty.");
        var slots = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var slot = 0; slot < names!.Length; slot++)
            slots.TryAdd(names[slot], slot);
        var unknown = new List<string>();
        int[][] seeds = [.. options.GuidedTopics.Select(topic => Slots(topic, slots, unknown))];
        var message = $"Column '{guard.Column}' does not have these words of guided topics as slots: "
            + $"{string.Join(", ", unknown)}. Words must be as the pipeline leaves them, for instance in lower case.";
        host.CheckUserArg(
            unknown.Count == 0 || options.UnknownWords == UnknownWords.Warning, nameof(options.GuidedTopics), message);
        var empty = Array.FindIndex(seeds, of => of.Length == 0);
        host.CheckUserArg(
            empty < 0, nameof(options.GuidedTopics),
            $"No word of topic '{(empty < 0 ? "" : options.GuidedTopics[empty].Name)}' is a slot of column "
            + $"'{guard.Column}'.");
        if (unknown.Count > 0)
            channel.Warning("{0}", message);
        return With(options, seeds);
    }

    /// <summary>Names of all components, or null where none has one.</summary>
    public static string[]? ComponentNames(NmfEstimator.Options options)
    {
        string[] given = [.. Known(options)?.Names ?? [], .. options.GuidedTopics.Select(topic => topic.Name)];
        if (given.Length == 0 || options.Problem.FindsRank)
            return null;
        var first = options.GuidedTopics.Count > 0 ? Known(options)?.Count ?? 0 : 0;
        string[] names = [.. Enumerable.Range(0, options.Rank).Select(k => $"Component{k}")];
        for (var k = 0; k < (Known(options)?.Names?.Count ?? 0); k++)
            names[k] = Known(options)!.Names![k];
        for (var t = 0; t < options.GuidedTopics.Count; t++)
            names[first + t] = options.GuidedTopics[t].Name;
        return names;
    }

    private static KnownComponents? Known(NmfEstimator.Options options) => (options.Problem as BetaNmf)?.Known;

    private static BetaNmf With(NmfEstimator.Options options, int[][] seeds)
    {
        var problem = (BetaNmf)options.Problem;
        int[][] free = [.. Enumerable.Repeat(Array.Empty<int>(), problem.Known?.Count ?? 0)];
        return problem with
        {
            Penalties = [.. problem.Penalties, new SeedPenalty([.. free, .. seeds], options.GuidanceWeight)],
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

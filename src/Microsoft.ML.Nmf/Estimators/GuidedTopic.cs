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

/// <summary>Topics that are wanted, and how firmly they hold their words.</summary>
/// <remarks>A component starts from the words of its topic and holds them by a prior, a <see cref="SeedPenalty"/>.
/// Immutable.</remarks>
public sealed record TopicGuidance
{
    /// <summary>Topics that are wanted.</summary>
    /// <param name="topics">One or more; the components come in this order.</param>
    /// <exception cref="ArgumentException">There is no topic, or one is null.</exception>
    public TopicGuidance(params IReadOnlyList<GuidedTopic> topics)
    {
        ArgumentNullException.ThrowIfNull(topics);
        if (topics.Count == 0 || topics.Any(topic => topic is null))
            throw new ArgumentException("There is no guided topic, or one is null.", nameof(topics));
        Topics = [.. topics];
    }

    /// <summary>The topics.</summary>
    public IReadOnlyList<GuidedTopic> Topics { get; }

    /// <summary>How firmly they hold their words: with 1 each as firmly as all its occurrences hold it, with 0 there is
    /// only the start. 0.3 by default.</summary>
    public double Weight { get; init; } = SeedPenalty.DefaultWeight;

    /// <summary>What happens when a word is not a slot of the input column.</summary>
    public UnknownWords UnknownWords { get; init; }
}

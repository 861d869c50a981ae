namespace Nmf.Topics;

/// <summary>What a reader sees of a document.</summary>
public sealed record TopicDocument
{
    /// <summary>The words, or null or empty where there are none. Any text: it is shown as text, never as
    /// markup.</summary>
    public string? Text { get; init; }

    /// <summary>What to call it, or null.</summary>
    public string? Title { get; init; }

    /// <summary>When it was written, or null. The time of the day is not used.</summary>
    public DateTime? Date { get; init; }

    /// <summary>The group that it belongs to (a label, a source), or null.</summary>
    public string? Class { get; init; }
}

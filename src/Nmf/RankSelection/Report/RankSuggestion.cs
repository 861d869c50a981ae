namespace Nmf;

/// <summary>What one index says about the rank.</summary>
public sealed record RankSuggestion
{
    internal RankSuggestion(string index, string question, int? rank, string reason)
        => (Index, Question, Rank, Reason) = (index, question, rank, reason);

    /// <summary>Name of the index.</summary>
    public string Index { get; }

    /// <summary>The question that it answers.</summary>
    public string Question { get; }

    /// <summary>The rank that it suggests, or null where it suggests none.</summary>
    public int? Rank { get; }

    /// <summary>Why, with the figure; or why not.</summary>
    public string Reason { get; }
}

namespace Nmf;

/// <summary>What one index says about the rank.</summary>
/// <param name="Index">Name of the index.</param>
/// <param name="Question">The question that it answers.</param>
/// <param name="Rank">The rank that it suggests, or null where it suggests none.</param>
/// <param name="Reason">Why, with the figure; or why not.</param>
public sealed record RankSuggestion(string Index, string Question, int? Rank, string Reason);

namespace Nmf;

/// <summary>What one start of automatic relevance determination kept.</summary>
public sealed record RelevanceRun
{
    internal RelevanceRun(int start, int rank, double objective, int? iterations)
        => (Start, Rank, Objective, Iterations) = (start, rank, objective, iterations);

    /// <summary>Which start, from 0.</summary>
    public int Start { get; }

    /// <summary>Number of relevant components, 0 where none was.</summary>
    public int Rank { get; }

    /// <summary>The objective C, divergence over dispersion and log penalty; infinite where no component was
    /// relevant.</summary>
    public double Objective { get; }

    /// <summary>Number of iterations; null where no component was relevant, which leaves no model.</summary>
    public int? Iterations { get; }
}

/// <summary>How many components survive automatic relevance determination (Tan and Févotte 2013).</summary>
public sealed class RankRelevanceResult
{
    private const string Index = "automatic relevance determination";
    private const string Question = "How many components pay for themselves against a prior that prunes?";

    internal RankRelevanceResult(
        RankRelevanceOptions options, AutomaticRelevance? relevance, IReadOnlyList<RelevanceRun> runs)
    {
        Options = options;
        Relevance = relevance;
        Runs = runs;
        Best = runs.Where(run => run.Rank > 0).MinBy(run => run.Objective);
    }

    /// <summary>The options.</summary>
    internal RankRelevanceOptions Options { get; }

    /// <summary>Prior, dispersion and hyper-parameters that were used; null where the dispersion of the data is not
    /// known, and nothing was fitted.</summary>
    public AutomaticRelevance? Relevance { get; }

    /// <summary>The starts.</summary>
    public IReadOnlyList<RelevanceRun> Runs { get; }

    /// <summary>The start with the lowest objective, or null where there is no answer.</summary>
    public RelevanceRun? Best { get; }

    /// <summary>The answer in the words of a <see cref="RankReport"/>.</summary>
    public RankSuggestion ToSuggestion()
    {
        if (Relevance is null)
        {
            return new RankSuggestion(
                Index, Question, null,
                "not available: needs the dispersion of the noise, which is known for β = 1 with whole numbers and for "
                + "β = 0 only");
        }

        if (Best is null)
            return new RankSuggestion(
                Index, Question, null,
                "no component survives: the prior outweighs the data, whose dispersion may be smaller");
        var (least, most) = (Runs.Min(run => run.Rank), Runs.Max(run => run.Rank));
        var others = Runs.Count == 1 ? "one start"
            : least == most ? $"all {Runs.Count} starts agree"
            : $"the start with the lowest objective; {Runs.Count} starts kept {least} to {most}";
        var edge = Best.Rank == Options.StartingRank
            ? "; none died out, so the noise is larger than assumed or more components are needed"
            : "";
        return new RankSuggestion(
            Index, Question, Best.Rank, $"so many of {Options.StartingRank} survive, {others}{edge}");
    }
}

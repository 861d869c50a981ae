namespace Nmf;

/// <summary>What a running survey or cross-validation reports, at every check of every fit and at its end.</summary>
public sealed record RankProgress
{
    internal RankProgress(int rank, int fold, int start, int iteration, double objective, int completedFits, int fits)
    {
        Rank = rank;
        Fold = fold;
        Start = start;
        Iteration = iteration;
        Objective = objective;
        CompletedFits = completedFits;
        Fits = fits;
    }

    /// <summary>Rank of the fit.</summary>
    public int Rank { get; }

    /// <summary>Its fold, from 0; always 0 in a survey.</summary>
    public int Fold { get; }

    /// <summary>Its start, from 0.</summary>
    public int Start { get; }

    /// <summary>Number of iterations that it has done.</summary>
    public int Iteration { get; }

    /// <summary>Its objective.</summary>
    public double Objective { get; }

    /// <summary>Number of fits that have ended.</summary>
    public int CompletedFits { get; }

    /// <summary>Number of fits in all.</summary>
    public int Fits { get; }
}

namespace Nmf;

/// <summary>What a running survey or cross-validation reports, at every check of every fit and at its end.</summary>
/// <param name="Rank">Rank of the fit.</param>
/// <param name="Fold">Its fold, from 0; always 0 in a survey.</param>
/// <param name="Start">Its start, from 0.</param>
/// <param name="Iteration">Number of iterations that it has done.</param>
/// <param name="Objective">Its objective.</param>
/// <param name="CompletedFits">Number of fits that have ended.</param>
/// <param name="Fits">Number of fits in all.</param>
public readonly record struct RankProgress(
    int Rank, int Fold, int Start, int Iteration, double Objective, int CompletedFits, int Fits);

namespace Nmf;

/// <summary>What a cross-validation holds out.</summary>
public enum HeldOutPattern
{
    /// <summary><see cref="Entries"/> for dense data and data with missing entries, <see cref="Blocks"/> for
    /// other sparse data.</summary>
    Auto,

    /// <summary>
    /// Single entries at random (Wold 1978), which the fit treats as missing and then predicts. The
    /// held-out entries of a fold are found by a hash of sample and feature, so no mask is stored; the fit
    /// works on a dense copy of the data.
    /// </summary>
    Entries,

    /// <summary>
    /// Every crossing of a group of samples with a group of features (Gabriel 2002; Owen and Perry 2009). The factors
    /// are fitted to the other samples and features; the held-out samples then get activations from their other
    /// features, the held-out features get weights from the other samples, and the product of the two predicts the
    /// block. Sparse data stay sparse, and held-out zeros count like all other entries.
    /// </summary>
    Blocks,
}

/// <summary>Which ranks to cross-validate and how.</summary>
public sealed record RankCrossValidationOptions : RankOptions
{
    /// <summary>The ranks to try, at least 1 each; sorted, duplicates count once.</summary>
    public required IReadOnlyList<int> Ranks { get; init; }

    /// <summary>Number of folds, at least 1. No two folds hold out the same entry. One fold has no
    /// standard error.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>
    /// Part of the entries that a fold holds out, greater than 0 and at most ½; folds times this must not be above 1.
    /// For blocks it is rounded to 1/g² for a whole number g of at least 2 of groups of samples and of features.
    /// </summary>
    public double HeldOutFraction { get; init; } = 0.1;

    /// <summary>What is held out.</summary>
    public HeldOutPattern Pattern { get; init; }

    /// <summary>How to fit: divergence, solver, initialisation of the first start, iterations, tolerance, seed (also of
    /// what is held out). Its rank, starts and threads are not used. A β-divergence, without outlier term, abundances
    /// or automatic relevance determination; penalties where entries are held out, not blocks.</summary>
    public NmfOptions Fit { get; init; } = new() { Rank = 1 };

    private protected override int UsualStarts => 3;

    /// <inheritdoc/>
    internal override void Validate()
    {
        Require(Ranks, Fit);
        base.Validate();
        if (!Fit.Problem.PredictsEntries)
        {
            throw new ArgumentException(
                "Cross-validation judges predictions by a beta-divergence: it does not go with another measure of fit, "
                + "an outlier term or abundances.", nameof(Fit));
        }

        if (Folds < 1)
            throw new ArgumentException("The number of folds must be greater than zero.", nameof(Folds));
        if (!(HeldOutFraction is > 0 and <= 0.5))
            throw new ArgumentException(
                $"The held-out fraction must be greater than 0 and at most 0.5, not {HeldOutFraction}.",
                nameof(HeldOutFraction));
        if (!Enum.IsDefined(Pattern))
            throw new ArgumentException($"There is no pattern {Pattern} of held-out entries.", nameof(Pattern));
        if (Folds * HeldOutFraction > 1 + 1e-9)
        {
            throw new ArgumentException(
                $"{Folds} folds that hold out {HeldOutFraction:0.###} of the entries each need more entries than there "
                + "are. Lower one of the two.", nameof(Folds));
        }
    }
}

namespace Nmf;

/// <summary>How automatic relevance determination is asked for the rank.</summary>
public sealed record RankRelevanceOptions : RankOptions
{
    /// <summary>Number of components to start from, at least 1: clearly more than the data can need. What does not pay
    /// for itself dies out.</summary>
    public required int StartingRank { get; init; }

    /// <summary>
    /// A number β with the prior and the dispersion that the data suggest, or an <see cref="AutomaticRelevance"/> that
    /// says them: dispersion 1 for β = 1 (whole numbers only: Poisson counts) and β = 0 (power spectra), where it is
    /// known, with the exponential prior for β = 1 and the half-normal for β = 0. Other data give no answer without:
    /// how many components are kept depends on the size of the noise.
    /// </summary>
    public NmfProblem Problem { get; init; } = BetaDivergence.KullbackLeibler;

    /// <summary>
    /// When a fit ends: 2000 iterations at most unless told otherwise, because components die slowly. It has converged
    /// when an iteration changes no relevance by more than <see cref="IterationOptions.Tolerance"/> times itself.
    /// </summary>
    public IterationOptions Iterations { get; init; } = new() { MaximumIterations = 2000, CheckInterval = 20 };

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; }

    /// <summary>A starting rank for data of which the ranks up to some largest one are of interest: half as many again,
    /// and at least five more.</summary>
    /// <param name="largestRank">The largest rank of interest.</param>
    internal static int StartingRankFor(int largestRank)
        => Math.Max(checked(largestRank + 5), (int)Math.Min(int.MaxValue, (largestRank * 3L) / 2));

    /// <summary>β of the problem.</summary>
    internal double Beta => Problem.Entry.BetaOrNull ?? double.NaN;

    private AutomaticRelevance? Relevance => Problem as AutomaticRelevance;

    private protected override int UsualStarts => 5;

    /// <inheritdoc/>
    internal override void Validate()
    {
        if (StartingRank < 1)
            throw new ArgumentException("The rank to start from must be greater than zero.", nameof(StartingRank));
        base.Validate();
        Option.Require(
            Option.Given(Problem).FindsRank || Problem == new BetaNmf(Beta), nameof(Problem),
            $"The rank is asked of a number beta or of an {nameof(AutomaticRelevance)}, not of {Problem}.");
        ToFit(Relevance ?? new AutomaticRelevance(Beta)).Validate();
    }

    /// <summary>What is asked when nothing is said: β with a dispersion that is known, or null.</summary>
    internal AutomaticRelevance? RelevanceFor(bool counts) => Relevance ?? Beta switch
    {
        BetaDivergence.ItakuraSaito => new AutomaticRelevance(Beta) { Prior = RelevancePrior.HalfNormal },
        BetaDivergence.KullbackLeibler when counts
            => new AutomaticRelevance(Beta) { Prior = RelevancePrior.Exponential },
        _ => null,
    };

    internal NmfOptions ToFit(AutomaticRelevance relevance) => new()
    {
        Rank = StartingRank,
        Initialization = NmfInitialization.Random,
        Iterations = Iterations,
        Seed = Seed,
        Problem = relevance,
    };
}

namespace Nmf;

/// <summary>Which kinds of noise to compare, and how.</summary>
public sealed record MeasureSurveyOptions : RankOptions
{
    /// <summary>The ranks to try with each measure, at least 1 each; the best one speaks for a noise, because other
    /// measures may want other ranks.</summary>
    public required IReadOnlyList<int> Ranks { get; init; }

    /// <summary>
    /// The kinds of noise, or null for those that data of this kind can have: for zeros and ones Bernoulli, Poisson and
    /// negative binomial noise; else Gaussian noise; for whole numbers Poisson and negative binomial noise; without
    /// zeros gamma noise and that of the divergences with β = -1, ½, 1 and 1½; with zeros among other numbers Tweedie
    /// noise of power 1.5. A dispersion that is given is kept.
    /// </summary>
    public IReadOnlyList<EntryNoiseModel>? Noises { get; init; }

    /// <summary>Number of folds, at least 2: the dispersion with which a fold is judged comes from the
    /// others.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Part of the entries that a fold holds out: see
    /// <see cref="RankCrossValidationOptions.HeldOutFraction"/>.</summary>
    public double HeldOutFraction { get; init; } = 0.1;

    /// <summary>What is held out.</summary>
    public HeldOutPattern Pattern { get; init; }

    /// <summary>How to fit: initialisation of the first start, iterations, tolerance, seed (also of what is held out).
    /// Its problem, solver, rank, starts and threads are not used.</summary>
    public NmfOptions Fit { get; init; } = new() { Rank = 1 };

    private protected override int UsualStarts => 2;

    /// <inheritdoc/>
    internal override void Validate()
    {
        Require(Ranks, Option.Given(Fit) with { Problem = BetaDivergence.Euclidean, Solver = NmfSolver.Auto });
        base.Validate();
        Option.Require(Folds >= 2, nameof(Folds), "The number of folds must be at least two.");
        new RankCrossValidationOptions
        {
            Ranks = Ranks, Folds = Folds, HeldOutFraction = HeldOutFraction, Pattern = Pattern,
        }.Validate();
        Option.Require(Noises is null or { Count: > 0 }, nameof(Noises), "There is no noise to try.");
        foreach (var noise in Noises ?? [])
            Option.Require(noise is not null, nameof(Noises), "A noise is missing.");
    }
}

using Nmf.Kernels;

namespace Nmf;

/// <content>What goes together and what does not.</content>
public sealed partial record NmfOptions
{
    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Rank > 0, nameof(Rank), "The rank must be greater than zero.");
        Require(double.IsFinite(Beta), nameof(Beta), "Beta must be a finite number.");
        Require(Enum.IsDefined(Solver), nameof(Solver), $"There is no solver {Solver}.");
        Require(
            Enum.IsDefined(Initialization), nameof(Initialization), $"There is no initialization {Initialization}.");
        Require(Enum.IsDefined(Scale), nameof(Scale), $"There is no scale convention {Scale}.");
        Require(
            Solver.RequiredBeta() is not { } beta || beta == Beta,
            nameof(Solver),
            $"The solver {Solver} minimises the divergence with beta = {Solver.RequiredBeta()} only, "
                + $"not that with beta = {Beta}.");
        AutomaticRelevance?.Validate();
        Require(
            AutomaticRelevance is null || Solver is NmfSolver.Auto or NmfSolver.MajorizationMinimization,
            nameof(Solver),
            $"Automatic relevance determination has updates of its own: leave the solver Auto instead of {Solver}.");
        ValidatePenalties();
        ValidateMeasure();
        ValidateAbundances();
        ValidateFixedComponents();
        Require(
            MaximumIterations >= 0, nameof(MaximumIterations),
            "The maximum number of iterations must not be negative.");
        Require(Tolerance >= 0, nameof(Tolerance), "The tolerance must not be negative.");
        Require(CheckInterval > 0, nameof(CheckInterval), "The check interval must be greater than zero.");
        Annealing?.Validate(this);
        Require(Starts > 0, nameof(Starts), "The number of starts must be greater than zero.");
        Require(Threads is null or > 0, nameof(Threads), "The number of threads must be greater than zero.");
        Require(
            InferenceTolerance > 0, nameof(InferenceTolerance), "The inference tolerance must be greater than zero.");
        Require(
            MaximumInferenceIterations > 0,
            nameof(MaximumInferenceIterations),
            "The maximum number of inference iterations must be greater than zero.");
    }

    private void ValidateAbundances()
    {
        Require(Enum.IsDefined(Abundances), nameof(Abundances), $"There is no abundance constraint {Abundances}.");
        Volume?.Validate();
        Require(
            Volume is null || Abundances != AbundanceConstraint.None, nameof(Volume),
            "A volume penalty needs abundances: "
            + "without a bound on the activations the dictionary would shrink to zero.");
        Require(
            Abundances != AbundanceConstraint.None || Initialization
                is not (NmfInitialization.SuccessiveNonnegativeProjection or NmfInitialization.VertexComponentAnalysis),
            nameof(Initialization), $"The start {Initialization} is made for abundances: choose SuccessiveProjection.");
        if (Abundances == AbundanceConstraint.None)
            return;
        Require(Measure is null, nameof(Abundances), $"Abundances go with a beta-divergence, not with {Measure}.");
        Require(Outliers is null, nameof(Abundances), "Abundances do not go with an outlier term.");
        Require(
            Penalties.Count == 0 && AutomaticRelevance is null, nameof(Abundances),
            "Abundances do not go with penalties or automatic relevance determination.");
        Require(Annealing is null, nameof(Abundances), "Abundances do not go with annealing.");
        Require(
            Solver is NmfSolver.Auto or NmfSolver.Hals or NmfSolver.MajorizationMinimization, nameof(Solver),
            $"The solver {Solver} does not know abundances: choose Auto, Hals or MajorizationMinimization.");
        Require(
            Initialization is not (NmfInitialization.Nndsvd or NmfInitialization.Nndsvda or NmfInitialization.Nndsvdar),
            nameof(Initialization),
            $"Abundances start from samples, not from {Initialization}: choose Auto, SuccessiveProjection or Random.");
    }

    private void ValidateMeasure()
    {
        Measure?.Validate();
        Outliers?.Validate(Beta);
        Require(
            Measure is null || Outliers is null, nameof(Outliers),
            $"The outlier term goes with a beta-divergence, not with {Measure}.");
        Require(
            Measure is null || Solver is NmfSolver.Auto or NmfSolver.MultiplicativeUpdate, nameof(Solver),
            $"The solver {Solver} minimises beta-divergences, not {Measure}: choose Auto or MultiplicativeUpdate.");
        Require(
            Outliers is null
            || Solver is NmfSolver.Auto or NmfSolver.MultiplicativeUpdate or NmfSolver.MajorizationMinimization,
            nameof(Solver),
            $"The solver {Solver} has no outlier term: choose Auto, MultiplicativeUpdate or MajorizationMinimization.");
        Require(
            (Measure?.IsScaleFree ?? true) || Initialization is NmfInitialization.Auto or NmfInitialization.Random,
            nameof(Initialization),
            $"The factors of {Measure} are bounded: a start by NNDSVD does not suit them. Choose Auto or Random.");
    }

    private void ValidatePenalties()
    {
        Require(
            (Measure is null && Outliers is null) || (AutomaticRelevance is null && Penalties is null or { Count: 0 }),
            nameof(Penalties),
            "Penalties and automatic relevance determination go with a beta-divergence, "
                + "not with another measure of fit or an outlier term.");
        Require(
            Penalties is not null && Penalties.All(penalty => penalty is not null), nameof(Penalties),
            "A penalty is null.");
        foreach (var penalty in Penalties!)
            penalty.Validate(Rank, Beta);
        if (Penalties.Count == 0)
            return;
        Require(
            AutomaticRelevance is null, nameof(Penalties),
            "Automatic relevance determination sets the penalties itself: it does not go with others.");
        Require(
            Solver is NmfSolver.Auto or NmfSolver.MajorizationMinimization,
            nameof(Solver),
            $"The solver {Solver} minimises the divergence without penalties: leave it Auto.");
        var ratios = Penalties.OfType<SmoothnessPenalty>().Count(
            p => p.Weight > 0 && p.Measure != SmoothnessMeasure.SquaredDifference);
        Require(ratios <= 1, nameof(Penalties), "There may be one Itakura-Saito smoothness penalty only.");
        Require(
            ratios == 0 || !Penalties.Any(
                p => p is L2Penalty || (p is SmoothnessPenalty { Measure: SmoothnessMeasure.SquaredDifference })),
            nameof(Penalties),
            "Itakura-Saito smoothness does not go with quadratic penalties (L2, squared differences).");
    }

    private static void Require(bool condition, string option, string message)
    {
        if (!condition)
            throw new ArgumentException(message, option);
    }
}

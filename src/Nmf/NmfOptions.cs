using Nmf.Kernels;

namespace Nmf;

/// <summary>Where the factors start.</summary>
public enum NmfInitialization
{
    /// <summary><see cref="Nndsvda"/> where the rank allows it and at least half of the entries are observed, else <see cref="Random"/>; always random for
    /// <see cref="NmfOptions.AutomaticRelevance"/>.</summary>
    Auto,

    /// <summary>Uniform random factors, scaled so that the mean of WH is the mean of the data; within a fifth of their mean for
    /// <see cref="NmfOptions.AutomaticRelevance"/>.</summary>
    Random,

    /// <summary>
    /// Nonnegative double singular value decomposition (Boutsidis and Gallopoulos 2008), with its exact zeros. Multiplicative updates cannot
    /// leave a zero: combine it with <see cref="NmfSolver.Hals"/>.
    /// </summary>
    Nndsvd,

    /// <summary>NNDSVD with zeros replaced by a constant of the size of a factor entry, 0.3 √(mean/K).</summary>
    Nndsvda,

    /// <summary>NNDSVD with zeros replaced by small random values, at most 0.01 √(mean/K).</summary>
    Nndsvdar,

    /// <summary>
    /// The samples that span the others, found by <see cref="Nmf.SuccessiveProjection"/>, each with a tenth of the mean sample added, so that no
    /// entry that the data need is zero; activations share out the sum of their sample evenly. Any rank; components beyond what the data
    /// span are random. Not for data with missing entries.
    /// </summary>
    SuccessiveProjection,

    /// <summary>Samples as they are, found by <see cref="EndmemberSearch.SuccessiveNonnegativeProjection"/>; for <see cref="NmfOptions.Abundances"/>.</summary>
    SuccessiveNonnegativeProjection,

    /// <summary>Samples as they are, found by <see cref="EndmemberSearch.VertexComponentAnalysis"/>; for <see cref="NmfOptions.Abundances"/>.</summary>
    VertexComponentAnalysis,
}

/// <summary>How the scale that W and H share is fixed once the fit has ended; WH is the same for all.</summary>
public enum ComponentScale
{
    /// <summary>Every dictionary column sums to one; an activation is the amount of data that its component accounts for.</summary>
    UnitSum,

    /// <summary>Every dictionary column has Euclidean norm one.</summary>
    UnitNorm,

    /// <summary>As the solver left them.</summary>
    None,
}

/// <summary>What to fit and how.</summary>
public sealed record NmfOptions
{
    /// <summary>Number of components K, greater than zero. It may exceed the number of features or samples, but then NNDSVD cannot start it.</summary>
    public required int Rank { get; init; }

    /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. For β ≤ 0 the data must be strictly positive.</summary>
    public double Beta { get; init; } = BetaDivergence.Euclidean;

    /// <summary>
    /// Another measure of fit than the β-divergence: <see cref="AlphaDivergence"/>, <see cref="BregmanDivergence"/> or <see cref="BernoulliLikelihood"/>. null, the
    /// ordinary case, for the β-divergence of <see cref="Beta"/>, which is not looked at otherwise.
    /// </summary>
    public MeasureOfFit? Measure { get; init; }

    /// <summary>An outlier term, V ≈ WH + R with sparse R ≥ 0, for 0 ≤ β ≤ 2, or null for none.</summary>
    public OutlierPenalty? Outliers { get; init; }

    /// <summary>
    /// Whether the activations of each sample are abundances that sum to one, or to at most one; β = 2 only. The fit alternates between their exact solution
    /// and sweeps over the dictionary, and starts from samples (<see cref="NmfInitialization.SuccessiveProjection"/>) unless told otherwise. W then has the scale of the data:
    /// <see cref="Scale"/> does not apply.
    /// </summary>
    public AbundanceConstraint Abundances { get; init; }

    /// <summary>A penalty on the volume of the dictionary, for abundances of which none is pure; or null for none.</summary>
    public VolumePenalty? Volume { get; init; }

    /// <summary>Solver.</summary>
    public NmfSolver Solver { get; init; }

    /// <summary>
    /// Whether and how the fit finds the rank itself, or null. <see cref="Rank"/> is then the number of components to start from; the model has those that
    /// are relevant. The solver must be <see cref="NmfSolver.Auto"/>, and the start that <see cref="NmfInitialization.Auto"/> stands for is random.
    /// </summary>
    public AutomaticRelevance? AutomaticRelevance { get; init; }

    /// <summary>
    /// What is added to the divergence: see <see cref="NmfPenalty"/>. The solver must then be <see cref="NmfSolver.Auto"/> or
    /// <see cref="NmfSolver.MajorizationMinimization"/>, which are the same.
    /// </summary>
    public IReadOnlyList<NmfPenalty> Penalties { get; init; } = [];

    /// <summary>Start of the factors. Given factors (<see cref="NmfStart{T}"/>) take precedence.</summary>
    public NmfInitialization Initialization { get; init; }

    /// <summary>Most iterations, at least 0. One iteration updates H once and W once.</summary>
    public int MaximumIterations { get; init; } = 200;

    /// <summary>
    /// The fit has converged when an iteration lowers the objective by less than this fraction of it, averaged over
    /// <see cref="CheckInterval"/> iterations. With <see cref="AutomaticRelevance"/> it has converged when an iteration changes no relevance by more
    /// than this fraction of it; 1e-6 is usual there. 0 runs all iterations.
    /// </summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Stages with other β before the fit, against bad local minima, or null for none.</summary>
    public BetaAnnealing? Annealing { get; init; }

    /// <summary>The objective is evaluated every so many iterations, at least 1.</summary>
    public int CheckInterval { get; init; } = 5;

    /// <summary>Number of starts, at least 1; the fit with the lowest objective is kept. All starts after the first are random.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of everything random. The same seed gives the same bits, whatever the number of threads.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Scale convention of the result.</summary>
    public ComponentScale Scale { get; init; }

    /// <summary>
    /// Tolerance of inference (<see cref="NmfModel{T}.Transform"/>): how far an activation may be from its optimum, relative to the
    /// largest activation of its row.
    /// </summary>
    public double InferenceTolerance { get; init; } = 1e-5;

    /// <summary>Most iterations of inference for one row.</summary>
    public int MaximumInferenceIterations { get; init; } = 1000;

    /// <summary>The solver that <see cref="NmfSolver.Auto"/> stands for whatever the data, or the one asked for; <see cref="EffectiveSolverFor"/> knows better.</summary>
    public NmfSolver EffectiveSolver => Solver != NmfSolver.Auto ? Solver : AutomaticRelevance is not null || Penalties.Count > 0 ? NmfSolver.MajorizationMinimization : Beta switch
    {
        _ when Abundances != AbundanceConstraint.None => NmfSolver.Hals,
        _ when Measure is not null || Outliers is not null => NmfSolver.MultiplicativeUpdate,
        BetaDivergence.Euclidean => NmfSolver.ExtrapolatedHals,
        >= 0 and < 2 => NmfSolver.ExtrapolatedMultiplicativeUpdate,
        _ => NmfSolver.MajorizationMinimization,
    };

    /// <summary>The solver for given data: <see cref="NmfSolver.Auto"/> takes one that knows weights where data have weights or missing entries,
    /// and for β = 1 <see cref="NmfSolver.SharedNewton"/> where they are dense and have none.</summary>
    /// <exception cref="ArgumentException">The solver asked for cannot leave entries out or weight them.</exception>
    public NmfSolver EffectiveSolverFor<T>(NmfData<T> data)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        if (AutomaticRelevance is not null || Penalties.Count > 0)
            return EffectiveSolver;
        Require(
            Abundances == AbundanceConstraint.None || !data.IsWeighted, nameof(Abundances),
            "Abundances need every entry, and all with the same weight, but the data have missing entries or weights.");
        if (!data.IsWeighted)
        {
            var dense = Solver == NmfSolver.Auto && Beta == BetaDivergence.KullbackLeibler && data.Dense is not null;
            return dense && EffectiveSolver == NmfSolver.ExtrapolatedMultiplicativeUpdate ? NmfSolver.SharedNewton : EffectiveSolver;
        }

        if (Solver == NmfSolver.Auto)
            return Beta is >= 0 and <= 2 ? NmfSolver.ExtrapolatedMultiplicativeUpdate : NmfSolver.MajorizationMinimization;
        Require(
            Solver.SupportsWeights(),
            nameof(Solver),
            $"The solver {Solver} needs every entry, and all with the same weight, but the data have "
            + (data.HasMissingEntries ? "missing entries" : "weights")
            + $". Choose {NmfSolver.Auto}, {NmfSolver.ExtrapolatedMultiplicativeUpdate}, {NmfSolver.MultiplicativeUpdate} or {NmfSolver.MajorizationMinimization}.");
        return Solver;
    }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Rank > 0, nameof(Rank), "The rank must be greater than zero.");
        Require(double.IsFinite(Beta), nameof(Beta), "Beta must be a finite number.");
        Require(Enum.IsDefined(Solver), nameof(Solver), $"There is no solver {Solver}.");
        Require(Enum.IsDefined(Initialization), nameof(Initialization), $"There is no initialization {Initialization}.");
        Require(Enum.IsDefined(Scale), nameof(Scale), $"There is no scale convention {Scale}.");
        Require(
            Solver.RequiredBeta() is not { } beta || beta == Beta,
            nameof(Solver),
            $"The solver {Solver} minimises the divergence with beta = {Solver.RequiredBeta()} only, not that with beta = {Beta}.");
        AutomaticRelevance?.Validate();
        Require(
            AutomaticRelevance is null || Solver is NmfSolver.Auto or NmfSolver.MajorizationMinimization,
            nameof(Solver),
            $"Automatic relevance determination has updates of its own: leave the solver Auto instead of {Solver}.");
        ValidatePenalties();
        ValidateMeasure();
        ValidateAbundances();
        Require(MaximumIterations >= 0, nameof(MaximumIterations), "The maximum number of iterations must not be negative.");
        Require(Tolerance >= 0, nameof(Tolerance), "The tolerance must not be negative.");
        Require(CheckInterval > 0, nameof(CheckInterval), "The check interval must be greater than zero.");
        Annealing?.Validate(this);
        Require(Starts > 0, nameof(Starts), "The number of starts must be greater than zero.");
        Require(Threads is null or > 0, nameof(Threads), "The number of threads must be greater than zero.");
        Require(InferenceTolerance > 0, nameof(InferenceTolerance), "The inference tolerance must be greater than zero.");
        Require(
            MaximumInferenceIterations > 0,
            nameof(MaximumInferenceIterations),
            "The maximum number of inference iterations must be greater than zero.");
    }

    /// <summary>The problem of one row that inference solves for a dictionary of this fit.</summary>
    internal RowSolverOptions ToRowSolverOptions()
        => new() { Beta = Beta, Measure = Measure, Outliers = Outliers, Abundances = Abundances, Tolerance = InferenceTolerance, MaximumIterations = MaximumInferenceIterations };

    /// <summary>The measure of fit of one entry.</summary>
    internal double Divergence(double datum, double model) => Measure?.Value(datum, model) ?? BetaDivergence.Value(datum, model, Beta);

    /// <summary>Whether a column of W may be multiplied and that of H divided by a number.</summary>
    internal bool IsScaleFree => (Measure?.IsScaleFree ?? true) && Abundances == AbundanceConstraint.None;

    /// <summary>The scale convention that applies: <see cref="ComponentScale.None"/> where activations are bounded, else <see cref="Scale"/>.</summary>
    public ComponentScale EffectiveScale => IsScaleFree ? Scale : ComponentScale.None;

    /// <summary>Whether inference finds the minimum whatever its start.</summary>
    internal bool IsInferenceConvex => Measure?.IsConvex ?? BetaDivergence.IsConvex(Beta);

    private void ValidateAbundances()
    {
        Require(Enum.IsDefined(Abundances), nameof(Abundances), $"There is no abundance constraint {Abundances}.");
        Volume?.Validate();
        Require(
            Volume is null || Abundances != AbundanceConstraint.None, nameof(Volume),
            "A volume penalty needs abundances: without a bound on the activations the dictionary would shrink to zero.");
        Require(
            Abundances != AbundanceConstraint.None
            || Initialization is not (NmfInitialization.SuccessiveNonnegativeProjection or NmfInitialization.VertexComponentAnalysis), nameof(Initialization),
            $"The start {Initialization} is made for abundances: choose SuccessiveProjection.");
        if (Abundances == AbundanceConstraint.None)
            return;
        Require(Beta == BetaDivergence.Euclidean, nameof(Abundances), $"Abundances go with beta = 2, not with beta = {Beta}.");
        Require(Measure is null, nameof(Abundances), $"Abundances go with beta = 2, not with {Measure}.");
        Require(Outliers is null, nameof(Abundances), "Abundances do not go with an outlier term.");
        Require(
            Penalties.Count == 0 && AutomaticRelevance is null, nameof(Abundances), "Abundances do not go with penalties or automatic relevance determination.");
        Require(Annealing is null, nameof(Abundances), "Abundances go with beta = 2, not with annealing.");
        Require(
            Solver is NmfSolver.Auto or NmfSolver.Hals, nameof(Solver), $"The solver {Solver} does not know abundances: choose Auto or Hals.");
        Require(
            Initialization is not (NmfInitialization.Nndsvd or NmfInitialization.Nndsvda or NmfInitialization.Nndsvdar), nameof(Initialization),
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
            Outliers is null || Solver is NmfSolver.Auto or NmfSolver.MultiplicativeUpdate or NmfSolver.MajorizationMinimization, nameof(Solver),
            $"The solver {Solver} has no outlier term: choose Auto, MultiplicativeUpdate or MajorizationMinimization.");
        Require(
            (Measure?.IsScaleFree ?? true) || Initialization is NmfInitialization.Auto or NmfInitialization.Random, nameof(Initialization),
            $"The factors of {Measure} are bounded: a start by NNDSVD does not suit them. Choose Auto or Random.");
    }

    private void ValidatePenalties()
    {
        Require(
            (Measure is null && Outliers is null) || (AutomaticRelevance is null && Penalties is null or { Count: 0 }),
            nameof(Penalties),
            "Penalties and automatic relevance determination go with a beta-divergence, not with another measure of fit or an outlier term.");
        Require(Penalties is not null && Penalties.All(penalty => penalty is not null), nameof(Penalties), "A penalty is null.");
        foreach (var penalty in Penalties!)
            penalty.Validate(Rank, Beta);
        if (Penalties.Count == 0)
            return;
        Require(
            AutomaticRelevance is null, nameof(Penalties), "Automatic relevance determination sets the penalties itself: it does not go with others.");
        Require(
            Solver is NmfSolver.Auto or NmfSolver.MajorizationMinimization,
            nameof(Solver),
            $"The solver {Solver} minimises the divergence without penalties: leave it Auto.");
        var ratios = Penalties.OfType<SmoothnessPenalty>().Count(p => p.Weight > 0 && p.Measure != SmoothnessMeasure.SquaredDifference);
        Require(ratios <= 1, nameof(Penalties), "There may be one Itakura-Saito smoothness penalty only.");
        Require(
            ratios == 0 || !Penalties.Any(p => p is L2Penalty || (p is SmoothnessPenalty { Measure: SmoothnessMeasure.SquaredDifference })),
            nameof(Penalties),
            "Itakura-Saito smoothness does not go with quadratic penalties (L2, squared differences).");
    }

    private static void Require(bool condition, string option, string message)
    {
        if (!condition)
            throw new ArgumentException(message, option);
    }
}

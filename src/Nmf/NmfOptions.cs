using Nmf.Kernels;

namespace Nmf;

/// <summary>What to fit and how.</summary>
public sealed partial record NmfOptions
{
    /// <summary>Number of components K, greater than zero. It may exceed the number of features or samples, but then
    /// NNDSVD cannot start it.</summary>
    public required int Rank { get; init; }

    /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. For β ≤ 0 the data must be
    /// strictly positive.</summary>
    public double Beta { get; init; } = BetaDivergence.Euclidean;

    /// <summary>
    /// Another measure of fit than the β-divergence: <see cref="AlphaDivergence"/>, <see cref="BregmanDivergence"/> or
    /// <see cref="BernoulliLikelihood"/>. null, the ordinary case, for the β-divergence of <see cref="Beta"/>, which is
    /// not looked at otherwise.
    /// </summary>
    public MeasureOfFit? Measure { get; init; }

    /// <summary>An outlier term, V ≈ WH + R with sparse R ≥ 0, for 0 ≤ β ≤ 2, or null for none.</summary>
    public OutlierPenalty? Outliers { get; init; }

    /// <summary>
    /// Whether the activations of each sample are abundances that sum to one, or to at most one. For β = 2 the fit
    /// alternates between their exact solution and sweeps over the dictionary; for other β, or with
    /// <see cref="NmfSolver.MajorizationMinimization"/>, it minimises majorisers on the simplex. It starts from samples
    /// (<see cref="NmfInitialization.SuccessiveProjection"/>) unless told otherwise. W then has the scale of the data:
    /// <see cref="Scale"/> does not apply.
    /// </summary>
    public AbundanceConstraint Abundances { get; init; }

    /// <summary>A penalty on the volume of the dictionary, for abundances of which none is pure; or
    /// null for none.</summary>
    public VolumePenalty? Volume { get; init; }

    /// <summary>Solver.</summary>
    public NmfSolver Solver { get; init; }

    /// <summary>
    /// Whether and how the fit finds the rank itself, or null. <see cref="Rank"/> is then the number of components to
    /// start from; the model has those that are relevant. The solver must be <see cref="NmfSolver.Auto"/>, and the
    /// start that <see cref="NmfInitialization.Auto"/> stands for is random.
    /// </summary>
    public AutomaticRelevance? AutomaticRelevance { get; init; }

    /// <summary>
    /// What is added to the divergence: see <see cref="NmfPenalty"/>. The solver must then be
    /// <see cref="NmfSolver.Auto"/> or <see cref="NmfSolver.MajorizationMinimization"/>, which are the same.
    /// </summary>
    public IReadOnlyList<NmfPenalty> Penalties { get; init; } = [];

    /// <summary>Start of the factors. Given factors (<see cref="NmfStart{T}"/>) take precedence.</summary>
    public NmfInitialization Initialization { get; init; }

    /// <summary>Most iterations, at least 0. One iteration updates H once and W once.</summary>
    public int MaximumIterations { get; init; } = 200;

    /// <summary>
    /// The fit has converged when an iteration lowers the objective by less than this fraction of it, averaged over
    /// <see cref="CheckInterval"/> iterations. With <see cref="AutomaticRelevance"/> it has converged when an iteration
    /// changes no relevance by more than this fraction of it; 1e-6 is usual there. 0 runs all iterations.
    /// </summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Stages with other β before the fit, against bad local minima, or null for none.</summary>
    public BetaAnnealing? Annealing { get; init; }

    /// <summary>The objective is evaluated every so many iterations, at least 1.</summary>
    public int CheckInterval { get; init; } = 5;

    /// <summary>Number of starts, at least 1; the fit with the lowest objective is kept. All starts after the
    /// first are random.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of everything random. The same seed gives the same bits, whatever the number of threads.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Scale convention of the result.</summary>
    public ComponentScale Scale { get; init; }

    /// <summary>
    /// Tolerance of inference (<see cref="NmfModel{T}.Transform"/>): how far an activation may be from its optimum,
    /// relative to the largest activation of its row.
    /// </summary>
    public double InferenceTolerance { get; init; } = 1e-5;

    /// <summary>Most iterations of inference for one row.</summary>
    public int MaximumInferenceIterations { get; init; } = 1000;

    /// <summary>The problem of one row that inference solves for a dictionary of this fit.</summary>
    internal RowSolverOptions ToRowSolverOptions()
        => new() { Beta = Beta, Measure = Measure, Outliers = Outliers, Abundances = Abundances,
            Tolerance = InferenceTolerance, MaximumIterations = MaximumInferenceIterations };

    /// <summary>The measure of fit of one entry.</summary>
    internal double Divergence(double datum, double model)
        => Measure?.Value(datum, model) ?? BetaDivergence.Value(datum, model, Beta);

    /// <summary>Whether a column of W may be multiplied and that of H divided by a number.</summary>
    internal bool IsScaleFree => (Measure?.IsScaleFree ?? true) && Abundances == AbundanceConstraint.None;

    /// <summary>The scale convention that applies: <see cref="ComponentScale.None"/> where activations are bounded,
    /// else <see cref="Scale"/>.</summary>
    public ComponentScale EffectiveScale => IsScaleFree ? Scale : ComponentScale.None;

    /// <summary>Whether inference finds the minimum whatever its start.</summary>
    internal bool IsInferenceConvex => Measure?.IsConvex ?? BetaDivergence.IsConvex(Beta);
}

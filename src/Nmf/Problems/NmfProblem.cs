using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What a fit minimises: a β-divergence (<see cref="BetaNmf"/>, the ordinary case), another measure of fit
/// (<see cref="MeasureNmf"/>), a divergence with an outlier term (<see cref="RobustNmf"/>), with activations that are
/// abundances (<see cref="AbundanceNmf"/>), or one that finds the rank (<see cref="AutomaticRelevance"/>). Each has the
/// options that belong to it alone, and says what goes with them.
/// </summary>
/// <remarks>Immutable; may be shared between threads. A number β and a <see cref="MeasureOfFit"/> are problems
/// by themselves.</remarks>
public abstract partial record NmfProblem
{
    private readonly ProblemTraits _traits;

    private protected NmfProblem(ProblemTraits traits = ProblemTraits.None) => _traits = traits;

    /// <summary>β where the problem has a β-divergence; null where another measure of fit takes its place.</summary>
    internal double? BetaOrNull => Entry.BetaOrNull;

    /// <summary>The measure of fit of one entry.</summary>
    public MeasureOfFit Entry => MeasureOfEntry;

    /// <summary>Whether columns of W may be multiplied, and those of H divided, by numbers once the
    /// fit has ended.</summary>
    internal bool IsScaleFree => Entry.IsScaleFree && !_traits.HasFlag(ProblemTraits.BoundsActivations);

    /// <summary>The measure of fit of one entry.</summary>
    internal abstract MeasureOfFit MeasureOfEntry { get; }

    /// <summary>The problem in words.</summary>
    internal abstract string InWords { get; }

    /// <summary>Whether inference finds the minimum whatever its start.</summary>
    internal virtual bool IsInferenceConvex => Entry.IsConvex;

    /// <summary>Whether a model may have the activations of the last iteration: where inference takes a few steps to
    /// their minimum, so that nothing is to be told of rows that it leaves unsolved.</summary>
    internal virtual bool MayKeepActivations => false;

    /// <summary>Number of components, the first ones, of which W is known; they keep their place
    /// and their scale.</summary>
    internal virtual int KnownCount => 0;

    /// <summary>Whether the objective has more than the measure of fit that inference for another orientation of the
    /// data would need.</summary>
    internal virtual bool HasPenalties => false;

    /// <summary>Whether the objective is the divergence and nothing else, over all nonnegative factors.</summary>
    internal virtual bool IsPlain => false;

    /// <summary>Whether the model has an outlier part.</summary>
    internal bool HasOutliers => _traits.HasFlag(ProblemTraits.HasOutliers);

    /// <summary>Whether the fit finds the rank itself.</summary>
    internal bool FindsRank => _traits.HasFlag(ProblemTraits.FindsRank);

    /// <summary>Whether entries may be missing, and entries and samples may have weights.</summary>
    internal bool AllowsWeights => !_traits.HasFlag(ProblemTraits.NeedsAllEntries);

    /// <summary>Whether a held-out entry is predicted by H Wᵀ alone and judged by the β-divergence.</summary>
    internal virtual bool PredictsEntries => false;

    /// <summary>Number of stages before the fit itself.</summary>
    internal virtual int Stages => 0;

    /// <summary>The β-divergence.</summary>
    /// <param name="beta">β.</param>
    public static implicit operator NmfProblem(double beta) => new BetaNmf(beta);

    /// <summary>The measure of fit.</summary>
    /// <param name="measure">The measure.</param>
    public static implicit operator NmfProblem(MeasureOfFit measure) => new MeasureNmf(measure);

    /// <summary>The problem in words, for messages.</summary>
    public sealed override string ToString() => InWords;

    /// <summary>A solver for single rows of data, for a dictionary that is given.</summary>
    /// <param name="dictionary">W, features x rank, nonnegative; copied.</param>
    /// <param name="inference">How far rows are solved.</param>
    /// <param name="penalty">What is added to the divergence of a row
    /// (<see cref="NmfModel{T}.Penalty"/>), or null.</param>
    /// <param name="missing">What NaN in a row means; <see cref="MissingValues.Error"/> leaves the
    /// check to the caller.</param>
    /// <param name="absent">What a feature means that a sparse row does not store.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the dictionary is empty.</exception>
    internal RowSolver<T> CreateRowSolver<T>(
        Matrix<T> dictionary,
        InferenceOptions inference,
        RowPenalty? penalty = null,
        MissingValues missing = MissingValues.Error,
        AbsentEntries absent = AbsentEntries.Zero)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(inference);
        return new RowSolver<T>(dictionary, RowProblem(inference) with
        {
            Penalty = penalty,
            NaNIsMissing = missing == MissingValues.NaN,
            AbsentIsMissing = absent == AbsentEntries.Missing,
        });
    }

    /// <summary>Checks the options of the problem, and that the fit goes with them.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal abstract void Validate(NmfOptions fit);

    /// <summary>The solver that <see cref="NmfSolver.Auto"/> stands for whatever the data, or the
    /// one asked for.</summary>
    internal abstract NmfSolver SolverFor(NmfSolver asked);

    /// <summary>The solver for given data.</summary>
    /// <exception cref="ArgumentException">The solver asked for cannot leave entries out or weight them.</exception>
    internal virtual NmfSolver SolverFor<T>(NmfSolver asked, NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => SolverFor(asked);

    /// <summary>Checks that zeros of the activations can be kept.</summary>
    /// <exception cref="ArgumentException">The problem has no place for them.</exception>
    internal virtual void RequireZerosStay()
    {
    }

    /// <summary>Checks that given factors can be improved on a sketch of the data, where nothing counts but the
    /// divergence.</summary>
    /// <param name="keepsZeros">Whether zeros of the activations are to stay.</param>
    /// <exception cref="ArgumentException">More than that counts.</exception>
    internal void RequireWarmUp(bool keepsZeros) => Option.Require(
        IsScaleFree && KnownCount == 0 && !FindsRank && !HasOutliers && !keepsZeros, "WarmsUp",
        $"A start warms up where a divergence of all nonnegative factors is minimised, not for {InWords}"
        + (KnownCount > 0 ? " with known components." : keepsZeros ? " with zeros that stay." : "."));

    /// <summary>Creates the solver for data that are allowed.</summary>
    internal abstract Solver<T> CreateSolver<T>(NmfData<T> data, NmfOptions fit, NmfStart<T> start, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Makes the factors of one start.</summary>
    internal virtual NmfStart<T> CreateStart<T>(
        NmfData<T> data, NmfOptions fit, int number, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => fit.Initialization == NmfInitialization.ShortRuns
            ? ShortRuns.Best(data, fit, number, team, cancellationToken)
            : Initializer.Create(
                data, fit.Rank, fit.Initialization, fit.Seed, number, team, 0, BetaOrNull, cancellationToken);

    /// <summary>The samples from which a dictionary is to be learnt, or null for all.</summary>
    internal virtual int[]? SamplesThatCount<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => null;

    /// <summary>The problem with what it leaves to the data decided, and the first start where deciding has found
    /// it.</summary>
    /// <param name="data">Data in the unit of the fit.</param>
    /// <param name="unit">That unit; the problem is in the user's.</param>
    /// <param name="fit">The fit.</param>
    /// <param name="isGiven">Whether the user gives the first start.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Stops the searches.</param>
    internal virtual (NmfProblem Problem, NmfStart<T>? Start) Settle<T>(
        NmfData<T> data, FitUnit unit, NmfOptions fit, bool isGiven, WorkTeam team,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => (this, null);

    /// <summary>What <see cref="Settle"/> has decided, in words.</summary>
    internal virtual string Decision => "";

    /// <summary>Gives columns of a fitted dictionary their lengths where the objective leaves them open.</summary>
    internal virtual void Balance<T>(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, WorkTeam team,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>Gives factors from elsewhere what the problem knows of them.</summary>
    internal virtual void Prepare<T>(NmfStart<T> start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>What may be multiplied by numbers, samples with H and features with W, without a change of the
    /// objective.</summary>
    internal virtual OwnUnits OwnUnits => OwnUnits.None;

    /// <summary>The exponent of the unit of W where the problem says which; else null.</summary>
    /// <param name="data">Exponent of the unit of the data.</param>
    /// <param name="hasStart">Whether factors to start from are given.</param>
    internal virtual double? DictionaryExponent(int data, bool hasStart) => null;

    /// <summary>The same problem of data and factors in another unit: what has a unit in the options is converted.
    /// </summary>
    internal virtual NmfProblem InUnit(FitUnit unit) => this;

    /// <summary>What the objective is in the unit of the data.</summary>
    /// <param name="objective">Objective of <see cref="InUnit"/>.</param>
    /// <param name="unit">Unit of the fit.</param>
    /// <param name="data">Size and mean of the data in the unit of the fit.</param>
    /// <param name="rank">Number of components.</param>
    internal virtual double ObjectiveOf(double objective, FitUnit unit, DataSize data, int rank)
        => DivergenceOf(objective, unit);

    /// <summary>What the measure of fit is in the unit of the data.</summary>
    internal double DivergenceOf(double divergence, FitUnit unit)
        => divergence * Math.Pow(2, unit.Data * (Entry.UnitPower ?? 0));

    /// <summary>What the model keeps of the solver, in the unit of the data.</summary>
    /// <param name="terms">Terms of <see cref="InUnit"/>.</param>
    /// <param name="unit">Unit of the fit.</param>
    /// <param name="factors">The factors in the unit of the data.</param>
    /// <param name="team">Threads to use.</param>
    internal virtual FittedTerms TermsOf<T>(FittedTerms terms, FitUnit unit, NmfStart<T> factors, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => terms;

    /// <summary>Writes components that are known into the dictionary of a fit that has ended, to the bit.</summary>
    internal virtual void CopyKnownTo<T>(Matrix<T> dictionary)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>The options of a stage before the fit itself.</summary>
    internal virtual NmfOptions StageOptions(NmfOptions fit, int stage) => fit;

    /// <summary>Checks what the measure of fit needs of the data.</summary>
    /// <exception cref="NmfDataException">
    /// A value is zero where the measure is infinite there, or above what it allows; or entries are missing or
    /// weighted, and the problem has no passes for that.
    /// </exception>
    internal virtual void RequireValid<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => data.RequireValidFor(Entry);

    /// <summary>The problem of one row that inference solves.</summary>
    internal virtual RowSolverOptions RowProblem(InferenceOptions inference) => new()
    {
        Beta = BetaOrNull ?? BetaDivergence.Euclidean,
        Measure = Entry.Kernel,
        Tolerance = inference.Tolerance,
        MaximumIterations = inference.MaximumIterations,
    };

    /// <summary>Solves the rows one by one into given activations, whatever these hold.</summary>
    internal virtual SolvedRows SolveRows<T>(
        Matrix<T> dictionary, NmfData<T> data, InferenceOptions inference, RowPenalty? penalty, Matrix<T> activations,
        WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(null, Inference.RunRows(
            dictionary, data, RowProblem(inference) with { Penalty = penalty }, activations, team, cancellationToken));

    /// <summary>The objective of the factors that a fit returns.</summary>
    /// <param name="data">Data.</param>
    /// <param name="w">Dictionary.</param>
    /// <param name="h">Activations.</param>
    /// <param name="norms">Sizes of the outlier parts where inference has found them, else null.</param>
    /// <param name="team">Threads to use.</param>
    internal virtual FinalObjective Evaluate<T>(
        NmfData<T> data, Matrix<T> w, Matrix<T> h, double[]? norms, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Entry.Evaluate(data, w, h, team);

    /// <summary>All options, as facts of a checkpoint: one that was forgotten would let a fit go
    /// on as another.</summary>
    internal virtual CheckpointFacts AddTo(CheckpointFacts facts)
        => facts.Add(nameof(NmfOptions.Problem), GetType().Name);

    private protected static void RequireBeta(double beta, NmfSolver solver)
    {
        Option.Require(double.IsFinite(beta), "Beta", "Beta must be a finite number.");
        Option.Require(
            solver.RequiredBeta() is not { } required || required == beta, nameof(NmfOptions.Solver),
            $"The solver {solver} minimises the divergence with beta = {solver.RequiredBeta()} only, "
            + $"not that with beta = {beta}.");
    }

    private protected static void RequireNoSampleSearch(NmfInitialization initialization) => Option.Require(
        initialization is not (NmfInitialization.SuccessiveNonnegativeProjection
            or NmfInitialization.VertexComponentAnalysis), nameof(NmfOptions.Initialization),
        $"The start {initialization} is made for abundances: choose SuccessiveProjection.");
}

/// <summary>What an objective in another unit depends on.</summary>
/// <param name="Samples">Number of samples.</param>
/// <param name="Features">Number of features.</param>
/// <param name="Mean">Mean of the data.</param>
internal readonly record struct DataSize(int Samples, int Features, double Mean);

/// <summary>What inference tells of rows beside their activations.</summary>
/// <param name="OutlierNorms">Sizes of their outlier parts, or null where there is none.</param>
/// <param name="Unsolved">Number of rows that did not reach the tolerance.</param>
internal readonly record struct SolvedRows(double[]? OutlierNorms, int Unsolved);

/// <summary>The objective of the factors that a fit returns.</summary>
/// <param name="Value">The objective.</param>
/// <param name="Prior">What of it is a prior.</param>
/// <param name="OutlierNorms">Sizes of the outlier parts, none without an outlier term.</param>
internal readonly record struct FinalObjective(double Value, double Prior, double[] OutlierNorms)
{
    /// <summary>The scale of components rounds WH, which may so reach a limit that the fit has kept below (that of a
    /// Bregman generator, which has no unit): the model is that of the last iteration all the same.</summary>
    public FinalObjective Finite(NmfProblem problem, FitReport report)
        => double.IsPositiveInfinity(Value) && problem.Entry.UnitPower is null
            ? this with { Value = report.Objective } : this;
}

/// <summary>What kinds of problems differ in.</summary>
[Flags]
internal enum ProblemTraits
{
    None = 0,

    /// <summary>Activations are bounded, so that components have no scale of their own.</summary>
    BoundsActivations = 1,

    /// <summary>The model has an outlier part.</summary>
    HasOutliers = 2,

    /// <summary>The fit finds the rank itself.</summary>
    FindsRank = 4,

    /// <summary>No entry may be missing, and all have the same weight.</summary>
    NeedsAllEntries = 8,
}

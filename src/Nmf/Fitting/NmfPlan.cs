using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The starts of a fit of one data set, and their stages of annealing.</summary>
/// <param name="data">Data in the unit of the fit.</param>
/// <param name="options">What to fit and how, as the user asked for it.</param>
/// <param name="unit">The unit of the fit.</param>
/// <param name="start">Factors that the user gave for the first start, in the unit of the fit, or null.</param>
/// <param name="first">Number of the first start.</param>
/// <param name="team">Threads to use.</param>
/// <param name="cancellationToken">Looked at while factors are made.</param>
internal sealed class NmfPlan<T>(
    NmfData<T> data, NmfOptions options, FitUnit unit, NmfStart<T>? start, int first, WorkTeam team,
    CancellationToken cancellationToken)
    : FitPlan<Solver<T>, (NmfStart<T> Factors, FittedTerms Terms)>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The first start where it was found when the problem was settled; its volume holds for all.</summary>
    public NmfStart<T>? Found { get; init; }

    /// <summary>Activations whose zeros stay, or null.</summary>
    public Matrix<T>? Mask { get; init; }

    /// <summary>Whether a given start is changed where that helps to learn what it does not have.</summary>
    public bool Lifts { get; init; } = true;

    /// <summary>Whether a given start is improved on a sketch of the data first.</summary>
    public bool WarmsUp { get; init; }

    public override int Starts => options.Starts;

    public override int Stages => options.Problem.Stages;

    public override IterationOptions Iterations(int stage) => OptionsOf(stage).Iterations;

    public override double Beta(int stage) => OptionsOf(stage).Problem.BetaOrNull ?? double.NaN;

    public override double Objective(int stage, double objective)
        => Asked(stage).Problem.ObjectiveOf(
            objective, unit, new DataSize(data.Samples, data.Features, data.Mean), options.Rank);

    public override Solver<T> Create(int number)
        => Solver<T>.Create(data, OptionsOf(0), Start(number).Masked(Mask), team);

    public override Solver<T> Continue(Solver<T> before, int stage)
    {
        var factors = before.Factors;
        BetaAnnealing.Raise(factors);
        return Solver<T>.Create(data, OptionsOf(stage), factors.Masked(Mask), team);
    }

    // A solver that is to load a state starts from whatever lies inside its domain.
    public override Solver<T> CreateEmpty(int stage) => Solver<T>.Create(
        data, OptionsOf(stage), new NmfStart<T>(
            Filled(data.Features, 1.0 / options.Rank), Filled(data.Samples, 0.5)).Masked(Mask), team);

    public override (NmfStart<T> Factors, FittedTerms Terms) Result(Solver<T> model) => (model.Factors, model.Terms());

    /// <summary>The objective of the start as it was given, in that of the fit.</summary>
    public double ObjectiveOfGiven()
        => Solver<T>.Create(data, OptionsOf(Stages), Start(0).Masked(Mask), team).Objective();

    private NmfOptions Asked(int stage) => stage < Stages ? options.Problem.StageOptions(options, stage) : options;

    private NmfOptions OptionsOf(int stage)
        => Asked(stage) is var asked && unit.IsIdentity ? asked : asked with { Problem = asked.Problem.InUnit(unit) };

    private NmfStart<T> Start(int number)
    {
        var problem = OptionsOf(Stages).Problem;
        var isGiven = start is not null && number == 0;
        var factors = isGiven
            ? new NmfStart<T>(start!.Dictionary.Clone(), start.Activations?.Clone())
            : first + number == 0 && Found is not null ? Found
            : problem.CreateStart(data, OptionsOf(Stages), first + number, team, cancellationToken);
        var keepsZeros = OptionsOf(0).Solver.KeepsZeros();

        // Without iterations the start is the result.
        var moves = Lifts && options.Iterations.MaximumIterations > 0;
        if (!isGiven)
        {
            if (moves && keepsZeros && options.Initialization == NmfInitialization.Nndsvd)
                StartFloor<T>.OfMade(data, problem.BetaOrNull).Lift(factors);
            return Found is null ? factors
                : new NmfStart<T>(factors.Dictionary, factors.Activations) { Volume = Found.Volume };
        }

        // Bounded activations, known zeros and a search for the rank make sense of components that are zero or alike.
        problem.Prepare(factors);
        if (moves && Mask is null && problem.IsScaleFree && !problem.FindsRank)
        {
            SpareComponents.Replace(
                factors, data, problem.KnownCount,
                problem.HasOutliers ? NmfInitialization.Random : NmfInitialization.Auto, options.Seed, team);
        }

        var floor = !moves ? null
            : problem.IsScaleFree && !(Mask is not null && keepsZeros) ? StartFloor<T>.OfGiven(data, keepsZeros)
            : keepsZeros ? StartFloor<T>.OfMade(data, problem.BetaOrNull) : null;
        floor?.Lift(factors);
        problem.Prepare(factors);
        if (factors.Activations is not null)
            return WarmedUp(factors);
        var activations = Inference.Run(
            factors.Dictionary, data, problem, options.Inference, null, team, cancellationToken);
        NmfStart<T>.RequireInferred(activations);
        floor?.LiftActivations(activations);
        return WarmedUp(new NmfStart<T>(factors.Dictionary, activations));

        NmfStart<T> WarmedUp(NmfStart<T> before)
        {
            if (WarmsUp && moves)
            {
                SketchStart.Improve(
                    data, before, problem.BetaOrNull ?? BetaDivergence.KullbackLeibler, options.Seed, team,
                    cancellationToken);
            }

            return before;
        }
    }

    private Matrix<T> Filled(int rows, double value)
    {
        var factor = new Matrix<T>(rows, options.Rank);
        for (var i = 0; i < rows; i++)
            factor.Row(i).Fill(T.CreateChecked(value));
        return factor;
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The starts of one fit in turn, each with its stages: what is running, and the best of what has ended. All of it can
/// be written at every check of the objective, and a run that reads it goes on with the same bits.
/// </summary>
internal sealed class FitRun<T>(
    NmfData<T> data, NmfOptions options, NmfStart<T>? start, WorkTeam team, IProgress<FitProgress>? progress,
    CancellationToken cancellationToken)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double[] _objectives = new double[options.Starts];
    private int _number;
    private int _stage;
    private NmfStart<T>? _factors;
    private Solver<T>? _solver;
    private List<ObjectivePoint> _history = [];
    private (NmfStart<T> Factors, FitReport Report, FittedTerms Terms)? _best;

    // The solver of the best start so far, where its state is to be saved: it knows more of its
    // factors than their values.
    private Solver<T>? _bestSolver;

    private int Stages => options.Annealing?.Stages ?? 0;

    private NmfOptions StageOptions => _stage < Stages ? options.Annealing!.StageOptions(_stage, options) : options;

    /// <summary>Runs what is left.</summary>
    /// <param name="checkpoint">Called between a check and the next iteration, or null.</param>
    /// <returns>The model of the start with the lowest objective.</returns>
    public NmfModel<T> Run(Action? checkpoint)
    {
        for (; _number < options.Starts; _number++)
            RunStart(checkpoint);
        var (factors, report, terms) = _best!.Value;
        // Endmembers that are known, from a library or picked from the samples, keep their order.
        var isGiven = start is not null && options.MaximumIterations == 0
            && options.EffectiveScale == ComponentScale.None;
        var model = NmfModel<T>.Create(
            data, options, factors, report.With(_objectives), terms, team, cancellationToken, keepsOrder: isGiven);
        _best = null;
        return model;
    }

    /// <summary>Writes where the run is; called from the callback of <see cref="Run"/>.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(_number);
        writer.Write(_stage);
        writer.WriteHistory(_history);
        writer.WriteNumbers<double>(_objectives);
        writer.Write(_best is not null);
        if (_best is { } best)
        {
            writer.WriteHistory(best.Report.History);
            writer.Write((int)best.Report.StopReason);
            _bestSolver!.Save(writer);
        }

        _solver!.Save(writer);
    }

    /// <summary>Goes to where <see cref="Save"/> was called.</summary>
    public void Load(BinaryReader reader)
    {
        _number = reader.ReadInt32();
        _stage = reader.ReadInt32();
        if (_number < 0 || _number >= options.Starts || _stage < 0 || _stage > Stages)
            throw new FormatException("The number of the start or of its stage is out of range.");
        _history = reader.ReadHistory();
        reader.ReadNumbers<double>(_objectives);
        if (reader.ReadBoolean())
        {
            var history = reader.ReadHistory();
            var report = new FitReport(history, history[^1].Iteration, (StopReason)reader.ReadInt32());
            var factors = AnyFactors();
            _best = (factors, report, FittedTerms.None);
            _bestSolver = Solver<T>.Create(data, options, factors, team);
            _bestSolver.Load(reader);
            _best = (factors, report, _bestSolver.Terms());
        }

        _factors = AnyFactors();
        _solver = Solver<T>.Create(data, StageOptions, _factors, team);
        _solver.Load(reader);
    }

    private void RunStart(Action? checkpoint)
    {
        _factors ??= _number == 0 && start is not null ? CopyOf(start) : RandomStart();
        FitReport report;
        for (; ; _stage++)
        {
            var stage = StageOptions;
            _solver ??= Solver<T>.Create(data, stage, _factors, team);
            report = FitLoop.Run(_solver, stage, Progress(stage), cancellationToken, _history, checkpoint);
            _history = [];
            if (_stage == Stages)
                break;
            _solver = null;
            BetaAnnealing.Raise(_factors);
        }

        _stage = 0;
        _objectives[_number] = report.Objective;
        if (_best is null || report.Objective < _best.Value.Report.Objective)
        {
            _best = (_factors, report, _solver!.Terms());
            _bestSolver = _solver;
        }

        (_solver, _factors) = (null, null);
        if (checkpoint is null || _number == options.Starts - 1)
            _bestSolver = null;
    }

    private Action<int, double>? Progress(NmfOptions stage) => progress is null ? null : (done, objective)
        => progress.Report(
            new FitProgress(_number, options.Starts, done, stage.MaximumIterations, objective) { Beta = stage.Beta });

    private NmfStart<T> RandomStart()
    {
        var random = Initializer.Create(data, options, _number, team, cancellationToken);
        if (options.HasFixedComponents)
            random.KeepColumns(start!.Dictionary, options.FixedComponents);
        return random;
    }

    private NmfStart<T> CopyOf(NmfStart<T> given)
    {
        var activations = given.Activations?.Clone() ?? Inference.Run(
            given.Dictionary, data, options, null, team, cancellationToken);
        return new NmfStart<T>(given.Dictionary.Clone(), activations);
    }

    // A solver that is to load a state starts from whatever lies inside its domain.
    private NmfStart<T> AnyFactors() => new(Filled(data.Features, 1.0 / options.Rank), Filled(data.Samples, 0.5));

    private Matrix<T> Filled(int rows, double value)
    {
        var factor = new Matrix<T>(rows, options.Rank);
        for (var i = 0; i < rows; i++)
            factor.Row(i).Fill(T.CreateChecked(value));
        return factor;
    }
}

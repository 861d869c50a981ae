using System.Diagnostics;

namespace Nmf;

/// <summary>
/// The starts of one fit in turn, each with its stages: what is running, and the best of what has ended. All of it can
/// be written at every check of the objective, and a run that reads it goes on with the same bits.
/// </summary>
/// <typeparam name="TModel">What is improved.</typeparam>
/// <typeparam name="TResult">What is kept of a model that has ended.</typeparam>
internal sealed class BestOfStarts<TModel, TResult>(
    FitPlan<TModel, TResult> plan, IProgress<FitProgress>? progress, CancellationToken cancellationToken)
    where TModel : class, IIterativeModel
{
    private readonly double[] _objectives = [.. Enumerable.Repeat(double.NaN, plan.Starts)];
    private readonly long _started = Stopwatch.GetTimestamp();
    private StopReason? _interruption;
    private int _start;
    private int _stage;
    private TModel? _model;
    private List<ObjectivePoint> _history = [];
    private (TResult Result, FitReport Report)? _best;

    // The model of the best start so far, where its state is to be saved: it knows more than its result.
    private TModel? _bestModel;

    /// <summary>Runs all starts, or what an interrupted run has left of them.</summary>
    /// <param name="checkpoint">Where to save the state and to find that of an interrupted run, or null;
    /// deleted when all starts have ended.</param>
    /// <param name="facts">What the state belongs to; asked for where there is a checkpoint.</param>
    /// <param name="finish">Makes what is returned of the start with the lowest objective and of how it went.</param>
    public TFitted Run<TFitted>(
        NmfCheckpoint? checkpoint, Func<CheckpointFacts> facts, Func<TResult, FitReport, TFitted> finish)
        => FitScope.Run(scope => Run(checkpoint, facts, finish, scope));

    private TFitted Run<TFitted>(
        NmfCheckpoint? checkpoint, Func<CheckpointFacts> facts, Func<TResult, FitReport, TFitted> finish,
        FitScope scope)
    {
        FitCheckpoint? saved = null;
        if (checkpoint is not null)
        {
            checkpoint.Validate();
            saved = new FitCheckpoint(checkpoint, facts(), Save, Load);
            saved.Resume();
        }

        for (; _start < plan.Starts && _interruption is null; _start++)
            RunStart(saved, scope);
        var (result, report) = _best!.Value;
        _best = null;
        report = report.With(objective => plan.Objective(plan.Stages, objective), _objectives, _interruption);
        var fitted = finish(result, report);
        scope.End(report);
        if (_interruption is null)
            saved?.Delete();
        return fitted;
    }

    private void RunStart(FitCheckpoint? checkpoint, FitScope scope)
    {
        _model ??= plan.Create(_start);
        FitReport report;
        for (; ; _model = plan.Continue(_model, ++_stage))
        {
            report = FitLoop.Run(
                _model, plan.Iterations(_stage), Progress(scope), cancellationToken, _history,
                checkpoint is null ? null : checkpoint.WriteWhenDue, _started);
            if (_interruption is null && report.StopReason > StopReason.MaximumIterations)
            {
                // The stages that are left make a model of what there is, without iterations.
                _interruption = report.StopReason;
                checkpoint?.Write();
            }

            _history = [];
            if (_stage == plan.Stages)
                break;
        }

        _stage = 0;
        _objectives[_start] = report.Objective;
        if (_best is null || report.Objective < _best.Value.Report.Objective)
        {
            _best = (plan.Result(_model), report);
            _bestModel = checkpoint is null ? null : _model;
        }

        _model = null;
    }

    private Action<int, double> Progress(FitScope scope)
    {
        scope.Begin(_history.Count > 0 ? _history[^1].Iteration : 0);
        var (stage, most, beta) = (_stage, plan.Iterations(_stage).MaximumIterations, plan.Beta(_stage));
        return (done, objective) =>
        {
            var inUnit = plan.Objective(stage, objective);
            scope.Check(done, inUnit);
            progress?.Report(new FitProgress(_start, plan.Starts, done, most, inUnit) { Beta = beta });
        };
    }

    private void Save(BinaryWriter writer)
    {
        writer.Write(_start);
        writer.Write(_stage);
        writer.WriteHistory(_history);
        writer.WriteNumbers<double>(_objectives);
        writer.Write(_best is not null);
        if (_best is { } best)
        {
            writer.WriteHistory(best.Report.History);
            writer.Write((int)best.Report.StopReason);
            _bestModel!.Save(writer);
        }

        _model!.Save(writer);
    }

    private void Load(BinaryReader reader)
    {
        _start = reader.ReadInt32();
        _stage = reader.ReadInt32();
        if (_start < 0 || _start >= plan.Starts || _stage < 0 || _stage > plan.Stages)
            throw new FormatException("The number of the start or of its stage is out of range.");
        _history = reader.ReadHistory();
        reader.ReadNumbers<double>(_objectives);
        if (reader.ReadBoolean())
        {
            var (history, reason) = (reader.ReadHistory(), (StopReason)reader.ReadInt32());
            if (history.Count == 0 || !Enum.IsDefined(reason))
                throw new FormatException("A start that has ended has no history, or no reason for its end.");
            var report = new FitReport(history, history[^1].Iteration, reason);
            _bestModel = plan.CreateEmpty(plan.Stages);
            _bestModel.Load(reader);
            _best = (plan.Result(_bestModel), report);
        }

        _model = plan.CreateEmpty(_stage);
        _model.Load(reader);
    }
}

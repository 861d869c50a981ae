using Nmf.Distributed.Messages;
using Nmf.Kernels;

namespace Nmf.Distributed.Grains;

// A fit of all samples at once: the coordinator and the one fit loop.
internal sealed partial class FitRun
{
    private void RunWhole(FitSpec spec, IShardNode root, long run)
    {
        var loaded = Load(root, new ShardLoad(run, spec.Source, spec.Address, Record.Since));
        var facts = ShardFacts.Of([.. loaded.Select(shard => shard.ToFacts(loaded[0]))]);
        var options = spec.ToOptions(NmfShards.OfSizes([.. loaded.Select(shard => shard.Samples)]));
        options.Validate();
        LoadedData.RequireZeros(options, facts, loaded);
        var given = spec.Start.Length == 0 ? null : new NmfStart<float>(ReadStart(spec));
        given?.RequireShape(facts.Samples, facts.Features, spec.Rank);
        var unit = ShardSpec.UnitOf(options, facts, given?.Dictionary);
        var shared = ShardSpec.Of(options, facts, unit);
        var first = 0;
        int[] firsts = [.. loaded.Select(shard => (first += shard.Samples) - shard.Samples)];
        var (w, history, state) = Begin(shared, given is null ? null : unit.Apply(given));
        using var team = new WorkTeam(_options.Threads ?? Environment.ProcessorCount);
        var coordinator = ShardCoordinator<float>.Create(
            shared, w, new RemoteShards(root, run, _options.MostMessageBytes), team);
        if (state is not null)
        {
            using var reader = new BinaryReader(state);
            coordinator.Load(reader);
        }

        Wait(root.Begin(new ShardBegin(
            run, spec, ShardFactsMessage.Of(facts, "", ""), firsts, Record.Slot, Record.Iteration, unit.Data,
            unit.Dictionary)));
        if (given is not null && state is null)
            coordinator.Start();
        var size = new DataSize(facts.Samples, facts.Features, facts.InUnit(unit.Data).Mean);
        double InData(double objective) => options.Problem.ObjectiveOf(objective, unit, size, options.Rank);
        var saved = System.Diagnostics.Stopwatch.StartNew();
        var report = FitLoop.Run(
            coordinator, options.Iterations, (iteration, objective) =>
            {
                Report(new FitProgressPoint(iteration, InData(objective)));
            },
            _stop.Token, history, () =>
            {
                if (saved.Elapsed < _options.CheckpointInterval)
                    return;
                Save(root, coordinator, history);
                saved.Restart();
            });
        report = report.With(InData, [InData(report.Objective)], null);
        var ended = ShardedEnd<float>.Run(coordinator, options, facts, unit, report.Iterations, team);
        Keep(spec, shared, loaded, ended, report);
    }

    // The state of the coordinator at the newest checkpoint, or at the start.
    private (Matrix<float> W, List<ObjectivePoint> History, MemoryStream? State) Begin(
        ShardSpec shared, NmfStart<float>? given)
    {
        var record = Record;
        var state = record.Slot < 0 ? null
            : Wait(_parts.Read(Slot(record.Slot), $"iteration {record.Iteration}"));
        if (state is null)
        {
            record.Slot = -1;
            return (given?.Dictionary ?? ShardCoordinator<float>.RandomDictionary(shared, 0), [], null);
        }

        return (new Matrix<float>(shared.Facts.Features, shared.Rank), [
            .. record.Iterations.Select((iteration, i) => new ObjectivePoint(
                iteration, record.Objectives[i], new TimeSpan(record.Ticks[i])))], state);
    }

    // Shards first, then the coordinator, then the record, which makes it the newest: whatever dies on the way, one of
    // two checkpoints is whole.
    private void Save(IShardNode root, ShardCoordinator<float> coordinator, List<ObjectivePoint> history)
    {
        var record = Record.Copy();
        var (slot, iteration) = (record.Slot == 0 ? 1 : 0, history[^1].Iteration);
        Wait(root.Save(new ShardSave(record.Run, slot, iteration)));
        Store(Slot(slot), $"iteration {iteration}", coordinator.Save);
        (record.Slot, record.Iteration) = (slot, iteration);
        record.Iterations = [.. history.Select(point => point.Iteration)];
        record.Objectives = [.. history.Select(point => point.Objective)];
        record.Ticks = [.. history.Select(point => point.Elapsed.Ticks)];
        Write(record);
        _failures = 0;
    }

    private void Keep(
        FitSpec spec, ShardSpec shared, ShardFactsMessage[] loaded, ShardedEnd<float> ended, FitReport report)
    {
        Store("model", ModelMark, writer => writer.WriteMatrix(ended.Dictionary));
        var record = Record.Copy();
        record.Result = new FitResult
        {
            Spec = spec,
            Sizes = [.. loaded.Select(shard => shard.Samples)],
            Features = ended.Dictionary.Rows,
            Components = ended.Dictionary.Columns,
            Objective = ended.Objective,
            ExplainedPart = ended.ExplainedPart,
            Contributions = ended.Contributions,
            Penalty = RowPenaltyMessage.Of(ended.Penalty),
            Unsolved = ended.Unsolved,
            Solver = shared.Options.Solver,
            Iterations = [.. report.History.Select(point => point.Iteration)],
            Objectives = [.. report.History.Select(point => point.Objective)],
            Ticks = [.. report.History.Select(point => point.Elapsed.Ticks)],
            StopReason = report.StopReason,
            Prior = ended.Relevance?.Parameters is { } prior ? [prior.Shape, prior.Scale, prior.Weight] : [],
            Relevances = [.. ended.Relevance?.Weights ?? []],
            SortedRelevances = [.. ended.Relevance?.SortedWeights ?? []],
        };
        (record.Iteration, record.Iterations, record.Objectives, record.Ticks) = (
            report.Iterations, [], [report.Objective], []);
        (record.State, record.Kind, record.Message) = (FitState.Completed, ShardFaultKind.Passing, "");
        Write(record);
    }
}

using Microsoft.Extensions.DependencyInjection;
using Nmf.Distributed.Messages;
using Nmf.Distributed.Storage;
using Nmf.Kernels;
using Orleans.Runtime;
using Orleans.Storage;

namespace Nmf.Distributed.Grains;

/// <summary>
/// What runs a fit, on a thread of its own: the coordinator and the one fit loop. Whatever goes wrong ends the loop,
/// and a new run of the fit goes on from the last checkpoint, coordinator and shards alike: their states at one
/// iteration, from which the same operations lead to the same bits.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "The token may be cancelled until the run is forgotten; it holds no handle.")]
internal sealed class FitRun
{
    public const string ModelMark = "dictionary of the model";

    private readonly string _fit;
    private readonly GrainState<FitRecord> _record;
    private readonly Func<GrainState<FitRecord>, Task> _write;
    private readonly StoredParts _parts;
    private readonly IServiceProvider _services;
    private readonly IGrainFactory _grains;
    private readonly ShardingOptions _options;
    private readonly object _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (int, double)? _progress;
    private bool _leaves;
    private int _failures;

    public FitRun(
        string fit, GrainState<FitRecord> record, Func<GrainState<FitRecord>, Task> write, StoredParts parts,
        IServiceProvider services, ShardingOptions options)
    {
        (_fit, _record, _write, _parts, _services, _options) = (fit, record, write, parts, services, options);
        _grains = services.GetRequiredService<IGrainFactory>();
        IsRunning = true;

        // Not in the context of the grain: its calls are those of a client inside of the silo.
        new Thread(Run) { IsBackground = true, Name = "NMF fit" }.UnsafeStart();
    }

    /// <summary>Iteration and objective in the unit of the data, or null before the first.</summary>
    public (int Iteration, double Objective)? Progress
    {
        get
        {
            lock (_gate)
                return _progress;
        }
    }

    /// <summary>Whether it ended because the record in the storage is not the one that it has.</summary>
    public volatile bool IsStale;

    /// <summary>Whether it goes on.</summary>
    public volatile bool IsRunning;

    /// <summary>Ends with the run.</summary>
    public Task Ended => _ended.Task;

    private FitRecord Record => _record.State!;

    public static string Slot(int slot) => $"dictionary{slot}";

    /// <summary>Cancels the fit; it waits for the iteration.</summary>
    public void Cancel() => _stop.Cancel();

    /// <summary>Ends the run, not the fit: somewhere else it goes on.</summary>
    public void Leave()
    {
        _leaves = true;
        _stop.Cancel();
    }

    private void Run()
    {
        try
        {
            while (!TryRun())
            {
            }
        }
        catch (Exception)
        {
            // Nothing may leave the thread: it would end the process. Whoever asks next makes the grain anew.
            IsStale = true;
        }
        finally
        {
            IsRunning = false;
            _ended.SetResult();
        }
    }

    // Whether there is nothing more to do.
    private bool TryRun()
    {
        try
        {
            RunOnce();
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return _leaves || End(FitState.Cancelled, ShardFaultKind.Passing, "");
        }
        catch (Exception e)
        {
            var cause = e is AggregateException { InnerException: { } inner } ? inner : e;
            if (cause is InconsistentStateException)
                IsStale = true;
            if (_leaves || IsStale || cause is ShardFaultException { Kind: ShardFaultKind.Superseded })
                return true;

            var kind = cause is ShardFaultException fault ? fault.Kind
                : cause is ArgumentException or NmfNumericalException or FormatException
                    ? ShardFaultKind.Lasting : ShardFaultKind.Passing;
            if (kind == ShardFaultKind.Lasting || ++_failures > _options.MostFailures)
                return End(FitState.Failed, kind, cause.Message);
            Record.Failures++;
            Record.Message = cause.Message;
            if (kind == ShardFaultKind.NoCheckpoint)
                Record.Slot = -1;
            Pause(_options.LongestDelay / Math.Max(1, 32 >> Math.Min(_failures - 1, 5)));
            return _leaves || (_stop.IsCancellationRequested && End(FitState.Cancelled, ShardFaultKind.Passing, ""));
        }
    }

    private void Pause(TimeSpan time)
    {
        try
        {
            Task.Delay(time, _stop.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // The caller looks at the token.
        }
    }

    private void RunOnce()
    {
        var record = Record.Copy();
        record.Run++;
        var spec = record.Spec!;
        if (record.Shards == 0)
            record.Shards = CountShards(spec);
        Write(record);
        var run = record.Run;
        var root = new NodeKey(_fit, record.Shards, 0, record.Shards).Grain(_grains);


        // Cancelled, nobody waits for what is still loading: it will be there for the next run.
        var load = new ShardLoad(run, spec.Source, spec.Address, record.Since);
        var loaded = Wait(root.Load(load).WaitAsync(_stop.Token));
        LoadedData.RequireFeatures(loaded);
        if (Record.Marks.Length > 0)
            LoadedData.RequireMarks(loaded, Record.Marks);
        else
        {
            record = Record.Copy();
            record.Marks = [.. loaded.Select(shard => shard.Mark)];
            Write(record);
        }

        var facts = ShardFacts.Of([.. loaded.Select(shard => shard.ToFacts())]);
        var options = spec.ToOptions(NmfShards.OfSizes([.. loaded.Select(shard => shard.Samples)]));
        options.Validate();
        LoadedData.RequireZeros(options, facts, loaded);
        var unit = ShardSpec.UnitOf<float>(options, facts, null);
        var shared = ShardSpec.Of(options, facts, unit);
        var first = 0;
        int[] firsts = [.. loaded.Select(shard => (first += shard.Samples) - shard.Samples)];
        var (w, history, state) = Begin(shared);
        using var team = new WorkTeam(_options.Threads ?? Environment.ProcessorCount);
        var coordinator = ShardCoordinator<float>.Create(
            shared, w, new RemoteShards(root, run, _options.MostMessageBytes), team);
        if (state is not null)
        {
            using var reader = new BinaryReader(state);
            coordinator.Load(reader);
        }

        Wait(root.Begin(new ShardBegin(
            run, spec, ShardFactsMessage.Of(facts, "", ""), firsts, Record.Slot, Record.Iteration)));
        var size = new DataSize(facts.Samples, facts.Features, facts.InUnit(unit.Data).Mean);
        double InData(double objective) => options.Problem.ObjectiveOf(objective, unit, size, options.Rank);
        var saved = System.Diagnostics.Stopwatch.StartNew();
        var report = FitLoop.Run(
            coordinator, options.Iterations, (iteration, objective) =>
            {
                lock (_gate)
                    _progress = (iteration, InData(objective));
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
    private (Matrix<float> W, List<ObjectivePoint> History, MemoryStream? State) Begin(ShardSpec shared)
    {
        var record = Record;
        var state = record.Slot < 0 ? null
            : Wait(_parts.Read(Slot(record.Slot), $"iteration {record.Iteration}"));
        if (state is null)
        {
            record.Slot = -1;
            return (ShardCoordinator<float>.RandomDictionary(shared, 0), [], null);
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
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        coordinator.Save(writer);
        writer.Flush();
        Wait(_parts.Write(Slot(slot), $"iteration {iteration}", bytes.GetBuffer().AsMemory(0, (int)bytes.Length)));
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
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.WriteMatrix(ended.Dictionary);
        writer.Flush();
        Wait(_parts.Write("model", ModelMark, bytes.GetBuffer().AsMemory(0, (int)bytes.Length)));
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

    private int CountShards(FitSpec spec)
    {
        var source = _services.GetKeyedService<IShardSource>(spec.Source)
            ?? throw new ShardFaultException(
                ShardFaultKind.Lasting, $"There is no source '{spec.Source}' on this silo: AddNmfShardSource.");
        int count;
        try
        {
            count = Wait(source.CountAsync(spec.Address, _stop.Token).AsTask());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // At the beginning that is rather an address that is wrong than a share that is away for a moment.
            throw new ShardFaultException(ShardFaultKind.Lasting, e.Message);
        }

        return count > 0 ? count : throw new ShardFaultException(
            ShardFaultKind.Lasting, $"The source '{spec.Source}' has no shard at {spec.Address}.");
    }

    private bool End(FitState state, ShardFaultKind kind, string message)
    {
        var record = Record.Copy();
        (record.State, record.Kind, record.Message) = (state, kind, message);
        for (var tries = 0; !IsStale; tries++)
        {
            try
            {
                Write(record);
                break;
            }
            catch (InconsistentStateException)
            {
                // Another run has the fit.
                IsStale = true;
            }
            catch (Exception e)
            {
                if (tries < 5)
                {
                    Thread.Sleep(_options.LongestDelay / 5);
                    continue;
                }

                // Whoever asks is told; a grain that is made anew finds the fit running, and comes to the same end.
                record.Message += $" (This could not be stored: {e.Message})";
                _record.State = record;
                break;
            }
        }

        return true;
    }

    // The record is what is stored: a write that fails leaves it as it was.
    private void Write(FitRecord record)
    {
        var state = new GrainState<FitRecord>(record, _record.ETag) { RecordExists = _record.RecordExists };
        Wait(_write(state));
        (_record.State, _record.ETag, _record.RecordExists) = (record, state.ETag, state.RecordExists);
    }

    private static TResult Wait<TResult>(Task<TResult> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}

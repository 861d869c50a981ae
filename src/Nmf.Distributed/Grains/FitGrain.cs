using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nmf.Distributed.Messages;
using Nmf.Distributed.Storage;
using Nmf.Kernels;
using Orleans.Runtime;
using Orleans.Storage;

namespace Nmf.Distributed.Grains;

/// <summary>A fit. The grain answers questions; the fit itself is a <see cref="FitRun"/> on a thread of its own,
/// because the one loop of all fits does not wait. Where the silo dies, the next question makes the grain elsewhere,
/// and it goes on from what is stored.</summary>
[GrainType(TypeName)]
[ShardPlacement]
internal sealed class FitGrain(
    IServiceProvider services, IGrainContext context, IOptions<ShardingOptions> options) : Grain, IFitGrain, IDisposable
{
    public const string TypeName = "nmf-fit";

    private const string RecordName = "fit";

    // Somebody may still take the rows of one while others ask for the next.
    private const int MostSnapshots = 3;

    private readonly IGrainStorage _storage = services.GetRequiredKeyedService<IGrainStorage>(
        options.Value.StorageName);

    private readonly GrainState<FitRecord> _record = new(new FitRecord());
    private StoredParts _parts = null!;
    private FitRun? _running;
    private IGrainTimer? _timer;
    private int _changes;
    private Matrix<float>? _dictionary;
    private readonly List<(FitResult Result, Matrix<float> Dictionary)> _snapshots = [];
    private (string Mark, Matrix<float> Dictionary)? _given;

    public void Dispose() => _running?.Leave();

    private FitRecord Record => _record.State ??= new FitRecord();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _parts = new StoredParts(_storage, context.GrainId, options.Value.MostStoredBytes);
        await _storage.ReadStateAsync(RecordName, context.GrainId, _record);

        // Its silo went while it ran: that it begins again is told as any other time.
        if (Record.State == FitState.Running)
            Record.Failures++;
        GoOn();
    }

    public Task Give(string mark, MatrixPart part)
    {
        var (rows, columns) = (part.Rows, part.Values.Columns);
        if (_given?.Mark != mark || _given.Value.Dictionary.Rows != rows || _given.Value.Dictionary.Columns != columns)
            _given = (mark, new Matrix<float>(rows, columns));
        part.CopyTo(_given.Value.Dictionary);
        return Task.CompletedTask;
    }

    public Task<bool> Start(FitSpec spec) => Changing(async () =>
    {
        if (Record.State is FitState.Running or FitState.Completed)
        {
            RequireSame(spec);
            return true;
        }

        if (_running is not null)
            await _running.Ended;
        if (Record.State == FitState.Cancelled)
            RequireSame(spec);

        // One that has failed goes on from its checkpoint, where it has one, or has all data loaded anew.
        var next = Record.State == FitState.Cancelled || (Record.Slot >= 0 && IsSame(spec)) ? Record.Copy()
            : new FitRecord { Spec = spec, Run = Record.Run, Since = Record.Run + 1 };
        if (spec.Start.Length > 0 && !await HasStart(spec.Start))
            return false;
        (next.State, next.Message, next.Failures) = (FitState.Running, "", 0);
        await Write(next);
        GoOn();
        return true;
    });

    public Task<FitStatusMessage> Status()
    {
        if (_changes == 0)
            GoOn();
        var record = Record;
        var point = (record.State == FitState.Unknown ? null : _running?.Progress) ?? new FitProgressPoint(
            record.Iteration, record.Objectives.Length > 0 ? record.Objectives[^1] : double.NaN, record.Pass,
            record.Samples);
        return Task.FromResult(new FitStatusMessage(
            record.State, point.Iteration, point.Objective, record.Failures, record.Message, record.Shards, record.Kind,
            point.Pass, point.Samples, record.Reloaded));
    }

    public Task Cancel() => Changing(async () =>
    {
        if (Record.State != FitState.Running)
            return true;
        if (_running is not null)
        {
            _running.Cancel();
            await _running.Ended;
        }

        if (Record.State != FitState.Running)
            return true;
        if (_running is { IsStale: true })
            throw Stale();
        var next = Record.Copy();
        next.State = FitState.Cancelled;
        await Write(next);
        return true;
    });

    public Task<FitResult> Result() => Task.FromResult(
        Record.Result ?? throw new ShardFaultException(
            ShardFaultKind.Passing, $"The fit has no model: it is {Record.State}."));

    public async Task<MatrixRows> Dictionary(int first, int count)
    {
        if (_dictionary is null)
        {
            var result = await Result();
            using var state = await _parts.Read("model", FitRun.ModelMark)
                ?? throw new ShardFaultException(ShardFaultKind.Passing, "The dictionary of the model is not there.");
            using var reader = new BinaryReader(state);
            var w = new Matrix<float>(result.Features, result.Components);
            reader.ReadFactor(w);
            _dictionary = w;
        }

        return new MatrixRows(_dictionary.RowsFrom(first, count));
    }

    public async Task<FitResult> Snapshot()
    {
        for (var tries = 0; ; tries++)
        {
            var record = Record;
            if (record is not { Spec: { Online: { } online } spec, Slot: >= 0 })
                throw new ShardFaultException(ShardFaultKind.Passing, "The fit has no checkpoint of a stream.");
            if (_snapshots.Find(each => each.Result.Iterations[^1] == record.Iteration).Result is { } known)
                return known;
            // Not by the parts that the run writes.
            var parts = new StoredParts(_storage, context.GrainId, options.Value.MostStoredBytes);
            using var state = await parts.Read(FitRun.Slot(record.Slot), $"iteration {record.Iteration}");
            if (state is null && tries < 3)
            {
                // The run has written another one meanwhile.
                continue;
            }

            using var reader = new BinaryReader(
                state ?? throw new ShardFaultException(ShardFaultKind.Passing, "The checkpoint is not there."));
            using var learner = new OnlineNmf<float>(online.ToOptions(spec) with { Threads = 1 });
            new StreamFitState().Load(reader);
            learner.LoadState(reader, record.Features);
            if (learner.Features is null)
            {
                throw new ShardFaultException(
                    ShardFaultKind.Passing, "Nothing has been learnt yet: there was nothing but zeros.");
            }

            var model = learner.ToModel();
            var result = FitResult.Of(spec, model);
            if (_snapshots.Count == MostSnapshots)
                _snapshots.RemoveAt(0);
            _snapshots.Add((result, model.Dictionary));
            return result;
        }
    }

    public Task<MatrixRows> SnapshotRows(int iteration, int first, int count)
        => _snapshots.Find(each => each.Result.Iterations[^1] == iteration).Dictionary is { } w
            ? Task.FromResult(new MatrixRows(w.RowsFrom(first, count)))
            : throw new ShardFaultException(ShardFaultKind.Passing, "The snapshot is no longer there.");

    public Task Forget() => Changing(async () =>
    {
        if (_running is not null)
        {
            _running.Cancel();
            await Stop();
            await _running.Ended;
        }

        if (Record.Shards > 0)
        {
            await Stop();
            await Root.Release();
        }

        foreach (var name in new[] { FitRun.Slot(0), FitRun.Slot(1), "model", FitRun.StartName })
            await _parts.Clear(name);
        await _storage.ClearStateAsync(RecordName, context.GrainId, _record);
        (_record.State, _running, _dictionary, _given) = (new FitRecord(), null, null, null);
        _snapshots.Clear();
        DeactivateOnIdle();
        return true;
    });

    private IShardNode Root => new NodeKey(this.GetPrimaryKeyString(), Record.Shards, 0, Record.Shards)
        .Grain(GrainFactory);

    // Shards do not go on with what they load, and the iteration does not wait for it.
    private async Task Stop()
    {
        if (Record.Shards > 0)
            await Root.Stop(Record.Run);
    }

    // Where the fit has to go on, and nothing does. As long as it runs, the grain stays.
    private void GoOn()
    {
        if (Record.State != FitState.Running)
            return;
        if (_running is { IsRunning: false, IsStale: true })
        {
            // Somebody else has written the record, or nobody knows: whoever asks next makes the grain anew of it.
            DeactivateOnIdle();
            return;
        }

        _timer ??= this.RegisterGrainTimer(
            Stay, new GrainTimerCreationOptions(options.Value.WatchInterval, options.Value.WatchInterval)
            {
                Interleave = true, KeepAlive = true,
            });
        if (_running is not { IsRunning: true })
        {
            _running = new FitRun(
                this.GetPrimaryKeyString(), _record, record => _storage.WriteStateAsync(
                    RecordName, context.GrainId, record),
                _parts, services, options.Value);
        }
    }

    private Task Stay(CancellationToken cancellationToken)
    {
        if (Record.State != FitState.Running)
        {
            _timer?.Dispose();
            _timer = null;
        }
        else if (_changes == 0)
            GoOn();
        return Task.CompletedTask;
    }

    // Who asks meanwhile how it goes does not make it go on.
    private async Task<bool> Changing(Func<Task<bool>> change)
    {
        _changes++;
        try
        {
            return await change();
        }
        finally
        {
            _changes--;
        }
    }

    // The record is what is stored: a write that fails leaves it as it was.
    private async Task Write(FitRecord record)
    {
        var state = new GrainState<FitRecord>(record, _record.ETag) { RecordExists = _record.RecordExists };
        try
        {
            await _storage.WriteStateAsync(RecordName, context.GrainId, state);
        }
        catch
        {
            // Nobody knows what is stored now.
            DeactivateOnIdle();
            throw;
        }

        (_record.State, _record.ETag, _record.RecordExists) = (record, state.ETag, state.RecordExists);
    }

    // Whether the dictionary to start from is stored; what was given is, if it is the whole of it.
    private async Task<bool> HasStart(string mark)
    {
        if (_given is not { } given || CheckpointFacts.MarkOf(given.Dictionary) != mark)
            return await _parts.Read(FitRun.StartName, mark) is not null;
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.WriteMatrix(given.Dictionary);
        writer.Flush();
        await _parts.Write(FitRun.StartName, mark, bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        _given = null;
        return true;
    }

    private ShardFaultException Stale()
    {
        DeactivateOnIdle();
        return new ShardFaultException(
            ShardFaultKind.Passing, $"The fit '{this.GetPrimaryKeyString()}' has gone elsewhere: ask once more.");
    }

    private bool IsSame(FitSpec spec)
    {
        var serializer = services.GetRequiredService<Orleans.Serialization.Serializer>();
        return serializer.SerializeToArray(spec).AsSpan().SequenceEqual(serializer.SerializeToArray(Record.Spec!));
    }

    private void RequireSame(FitSpec spec)
    {
        if (!IsSame(spec))
        {
            throw new ShardFaultException(
                ShardFaultKind.Lasting,
                $"The fit '{this.GetPrimaryKeyString()}' has other data or options, and is {Record.State}. "
                + "Take another name, or forget it first.");
        }
    }
}

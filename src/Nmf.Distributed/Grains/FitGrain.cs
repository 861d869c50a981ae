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
[KeepAlive]
internal sealed class FitGrain(
    IServiceProvider services, IGrainContext context, IOptions<ShardingOptions> options) : Grain, IFitGrain, IDisposable
{
    private const string RecordName = "fit";

    private readonly IGrainStorage _storage = services.GetRequiredKeyedService<IGrainStorage>(
        options.Value.StorageName);

    private readonly GrainState<FitRecord> _record = new(new FitRecord());
    private StoredParts _parts = null!;
    private FitRun? _running;
    private Matrix<float>? _dictionary;

    public void Dispose() => _running?.Leave();

    private FitRecord Record => _record.State ??= new FitRecord();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _parts = new StoredParts(_storage, context.GrainId, options.Value.MostStoredBytes);
        await _storage.ReadStateAsync(RecordName, context.GrainId, _record);
        GoOn();
    }

    public async Task Start(FitSpec spec)
    {
        if (Record.State is FitState.Running or FitState.Completed)
        {
            RequireSame(spec);
            return;
        }

        if (_running is not null)
            await _running.Ended;
        if (Record.State == FitState.Cancelled)
            RequireSame(spec);
        else
            _record.State = new FitRecord { Spec = spec, Run = Record.Run };
        (Record.State, Record.Message, Record.Failures) = (FitState.Running, "", 0);
        await _storage.WriteStateAsync(RecordName, context.GrainId, _record);
        GoOn();
    }

    public Task<FitStatusMessage> Status()
    {
        GoOn();
        var record = Record;
        var (iteration, objective) = _running?.Progress
            ?? (record.Iteration, record.Objectives.Length > 0 ? record.Objectives[^1] : double.NaN);
        return Task.FromResult(new FitStatusMessage(
            record.State, iteration, objective, record.Failures, record.Message, record.Shards, record.Kind));
    }

    public async Task Cancel()
    {
        if (Record.State != FitState.Running)
            return;
        if (_running is not null)
        {
            _running.Cancel();
            await _running.Ended;
        }

        if (Record.State != FitState.Running)
            return;
        Record.State = FitState.Cancelled;
        await _storage.WriteStateAsync(RecordName, context.GrainId, _record);
    }

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

    public async Task Forget()
    {
        if (_running is not null)
        {
            _running.Cancel();
            await _running.Ended;
        }

        if (Record.Shards > 0)
            await new NodeKey(this.GetPrimaryKeyString(), Record.Shards, 0, Record.Shards)
                .Grain(GrainFactory).Release();
        foreach (var name in new[] { FitRun.Slot(0), FitRun.Slot(1), "model" })
            await _parts.Clear(name);
        await _storage.ClearStateAsync(RecordName, context.GrainId, _record);
        (_record.State, _running, _dictionary) = (new FitRecord(), null, null);
        DeactivateOnIdle();
    }

    // Where the fit has to go on, and nothing does.
    private void GoOn()
    {
        if (Record.State == FitState.Running && _running is not { IsRunning: true })
        {
            _running = new FitRun(
                this.GetPrimaryKeyString(), _record, record => _storage.WriteStateAsync(
                    RecordName, context.GrainId, record),
                _parts, services, options.Value);
        }
    }

    private void RequireSame(FitSpec spec)
    {
        var serializer = services.GetRequiredService<Orleans.Serialization.Serializer>();
        if (!serializer.SerializeToArray(spec).AsSpan().SequenceEqual(serializer.SerializeToArray(Record.Spec!)))
        {
            throw new ShardFaultException(
                ShardFaultKind.Lasting,
                $"The fit '{this.GetPrimaryKeyString()}' has other data or options, and is {Record.State}. "
                + "Take another name, or forget it first.");
        }
    }
}

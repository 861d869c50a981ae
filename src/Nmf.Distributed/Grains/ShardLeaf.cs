using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nmf.Distributed.Messages;
using Nmf.Distributed.Storage;
using Nmf.Kernels;
using Orleans.Runtime;
using Orleans.Storage;

namespace Nmf.Distributed.Grains;

/// <summary>
/// A shard: its samples and their activations in the memory of its silo. It computes on the threads of the silo that
/// are for that, one request at a time, in the order of their numbers; whatever comes from another run than the newest
/// is refused. Where its silo dies it is made again elsewhere: it loads its samples, and takes its activations from the
/// checkpoint from which the whole fit goes on.
/// </summary>
[ShardPlacement]
internal sealed class ShardLeaf : Grain, IShardLeaf, IDisposable
{
    private readonly ShardThreads _threads;
    private readonly ShardingOptions _options;
    private readonly StoredParts _stored;
    private readonly WorkTeam _team = new(1);
    private readonly Dictionary<ShardTask, ShardSums<float>> _answers = [];
    private readonly Matrix<float>?[] _matrices = new Matrix<float>?[2];
    private readonly NodeKey _key;
    private LoadedShard? _data;
    private LoadedStream? _stream;
    private ShardLoad? _load;
    private ShardWorker<float>? _worker;
    private StreamPart<float>? _part;
    private CancellationTokenSource _reading = new();
    private ShardRequest<float>? _request;
    private ShardSums<float>? _sums;
    private long _run;
    private long _next;
    private int _held;
    private int _put;
    private DateTime _lastAsked = DateTime.UtcNow;

    public ShardLeaf(ShardThreads threads, IOptions<ShardingOptions> options, IGrainContext context)
    {
        (_threads, _options) = (threads, options.Value);
        _key = NodeKey.Parse(context.GrainId.Key.ToString()!);
        _stored = new StoredParts(
            context.ActivationServices.GetRequiredKeyedService<IGrainStorage>(_options.StorageName), context.GrainId,
            _options.MostStoredBytes);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(
            Watch, new GrainTimerCreationOptions(_options.WatchInterval, _options.WatchInterval) { Interleave = true });
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _reading.Cancel();
        _part?.Dispose();
        _team.Dispose();
    }

    public Task<ShardFactsMessage[]> Load(ShardLoad load) => Guarded(async () =>
    {
        RequireRun(load.Run, mayBegin: true);
        (_worker, _request) = (null, null);
        await Close();
        if (load.BatchSize > 0)
        {
            _data = null;
            if (_stream is null || _load! with { Run = load.Run } != load)
            {
                (_stream, _load) = (null, load);
                _stream = await LoadedStream.Open(ServiceProvider, load, _key, _threads);
            }

            return new[] { _stream.Facts };
        }

        if (_data is null || _load! with { Run = load.Run } != load)
        {
            (_data, _stream, _load) = (null, null, load);
            var source = ServiceProvider.GetKeyedService<IShardSource>(load.Source)
                ?? throw new ShardFaultException(
                    ShardFaultKind.Lasting, $"There is no source '{load.Source}' on this silo: AddNmfShardSource.");
            var loading = await _threads.Run(() => source.LoadAsync(load.Address, _key.From, CancellationToken.None));
            var data = await loading ?? throw new ArgumentException(
                $"The source '{load.Source}' has returned no samples, but null.");
            _data = await _threads.Run(() => new LoadedShard(data, Name()));
        }

        return new[] { ShardFactsMessage.Of(_data.Facts, _data.Name, _data.Mark) };
    });

    public Task Begin(ShardBegin begin) => Guarded(async () =>
    {
        RequireRun(begin.Run, mayBegin: false);
        _answers.Clear();
        (_next, _held, _put) = (0, -1, -1);
        if (begin.Fit.Online is { } online && _stream is { } stream)
        {
            await Close();
            _reading = new CancellationTokenSource();
            _part = stream.Begin(online.ToOptions(begin.Fit), _key.From, _team, _reading.Token);
            return true;
        }

        if (_data is null)
            throw new ShardFaultException(ShardFaultKind.Passing, "The data of a shard are no longer there.");
        var options = begin.Fit.ToOptions(NmfShards.Of(1));
        var facts = begin.Facts!.ToFacts();
        var unit = ShardSpec.UnitOf<float>(options, facts, null);
        var spec = ShardSpec.Of(options, facts, unit);
        var state = begin.Slot < 0 ? null : await _stored.Read(Slot(begin.Slot), Mark(begin.Iteration))
            ?? throw new ShardFaultException(
                ShardFaultKind.NoCheckpoint, $"The checkpoint of iteration {begin.Iteration} is not there.");
        _worker = await _threads.Run(() =>
        {
            _data.Enter(unit, options.Problem.Entry);
            var h = state is null
                ? ShardWorker<float>.RandomActivations(spec, 0, begin.Firsts[_key.From], _data.Facts.Samples)
                : new Matrix<float>(_data.Facts.Samples, spec.Rank);
            using var reader = state is null ? null : new BinaryReader(state);
            reader?.ReadFactor(h);
            var worker = ShardWorker<float>.Create(spec, _data, h, _team);
            if (reader is not null)
                worker.LoadState(reader);
            return worker;
        });
        return true;
    });

    public Task Put(ShardPut put) => Guarded(() =>
    {
        RequireRun(put.Run, mayBegin: false);
        var part = put.Part;
        if (_put != put.Version)
            Array.Clear(_matrices);
        _put = put.Version;
        part.CopyTo(_matrices[part.Matrix] ??= new Matrix<float>(part.Rows, part.Values.Columns));
        return Task.FromResult(true);
    });

    public Task<ShardAnswer> Ask(ShardAsk ask) => Guarded(async () =>
    {
        RequireRun(ask.Run, mayBegin: false);
        if (((IShardAnswers<float>?)_part ?? _worker) is not { } worker || ask.Number != _next)
            throw new ShardFaultException(ShardFaultKind.Passing, "The state of a shard is no longer there.");

        // Until it has been answered, the next one would find a state that is half way.
        _next = -1;
        Receive(ask);
        if (!_answers.TryGetValue(ask.Task, out var sums))
        {
            sums = new ShardSums<float>(ask.Count, [.. ask.Shapes.Chunk(2).Select(
                shape => new Matrix<float>(shape[0], shape[1]))]);
            _answers.Add(ask.Task, sums);
        }

        var request = _request!;
        await _threads.Run(() =>
        {
            worker.Answer(request, sums);
            return true;
        });
        if (ask.Task == ShardTask.End)
            await _stored.Write("model", ModelMark, Bytes(writer => writer.WriteMatrix(_worker!.H)));

        // While others compute, and W is updated.
        if (_part is { } part && ask.Task is ShardTask.Learn or ShardTask.Evaluate)
            _ = _threads.Run(() => part.ReadNext());
        (_sums, _next) = (sums, ask.Number + 1);
        return MatrixParts.Answer(sums, ask.MostBytes);
    });

    public Task<MatrixPart> Take(int matrix, int first, int count)
        => Task.FromResult(ShardBranch.Part(_sums, matrix, first, count));

    public Task Save(ShardSave save) => Guarded(async () =>
    {
        RequireRun(save.Run, mayBegin: false);
        var worker = _worker ?? throw new ShardFaultException(ShardFaultKind.Passing, "A shard has lost its state.");
        await _stored.Write(Slot(save.Slot), Mark(save.Iteration), Bytes(writer =>
        {
            writer.WriteMatrix(worker.H);
            worker.SaveState(writer);
        }));
        return true;
    });

    public async Task<MatrixRows> Activations(int first, int count)
        => new((await Model()).RowsFrom(first, count));

    public async Task Store(string sink, string address)
    {
        var target = ServiceProvider.GetKeyedService<IShardSink>(sink)
            ?? throw new ShardFaultException(
                ShardFaultKind.Lasting, $"There is no sink '{sink}' on this silo: AddNmfShardSink.");
        await target.StoreAsync(address, _key.From, await Model(), CancellationToken.None);
    }

    public Task Stop(long run)
    {
        if (run == _run)
            _reading.Cancel();
        return Task.CompletedTask;
    }

    public async Task Release()
    {
        foreach (var name in new[] { Slot(0), Slot(1), "model" })
            await _stored.Clear(name);
        (_data, _worker, _stream) = (null, null, null);
        DeactivateOnIdle();
    }

    private const string ModelMark = "activations of the model";

    // Ends what the part of an earlier run reads.
    private async Task Close()
    {
        _reading.Cancel();
        if (_part is not { } part)
            return;
        _part = null;
        await _threads.Run(() =>
        {
            part.Dispose();
            return true;
        });
    }

    private static string Slot(int slot) => $"activations{slot}";

    private static string Mark(int iteration) => $"iteration {iteration}";

    private static ReadOnlyMemory<byte> Bytes(Action<BinaryWriter> write)
    {
        var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, System.Text.Encoding.UTF8, leaveOpen: true))
            write(writer);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private async Task<Matrix<float>> Model()
    {
        if (_worker is not null && _answers.ContainsKey(ShardTask.End))
            return _worker.H;
        using var state = await _stored.Read("model", ModelMark)
            ?? throw new ShardFaultException(ShardFaultKind.Passing, "The fit has not ended.");
        var columns = (await GrainFactory.GetGrain<IFitGrain>(_key.Fit).Result()).Components;
        var h = new Matrix<float>((int)(state.Length / sizeof(float) / columns), columns);
        using var reader = new BinaryReader(state);
        reader.ReadFactor(h);
        return h;
    }

    private void Receive(ShardAsk ask)
    {
        foreach (var part in ask.Parts)
            _matrices[part.Matrix] = part.Values;
        var isHere = ask.Parts.Length > 0 || _put == ask.Version || _held == ask.Version;
        if (!isHere || _matrices[0] is null || (ask.HasPoint && _matrices[1] is null))
            throw new ShardFaultException(ShardFaultKind.Passing, "The dictionary has not come to a shard.");
        _held = ask.Version;
        _request ??= new ShardRequest<float> { W = _matrices[0]! };
        (_request.Task, _request.Version, _request.W) = (ask.Task, ask.Version, _matrices[0]!);
        _request.Point = ask.HasPoint ? _matrices[1] : null;
        (_request.Scale, _request.Momentum, _request.Numbers) = (ask.Scale, ask.Momentum, ask.Numbers);
        _request.Ending = ask.Ending?.ToEnding();
    }

    private void RequireRun(long run, bool mayBegin)
    {
        if (run < _run)
            throw new ShardFaultException(ShardFaultKind.Superseded, $"Run {_run} has taken the place of run {run}.");
        if (run > _run && !mayBegin)
            throw new ShardFaultException(ShardFaultKind.Passing, "A shard has lost its state.");
        (_run, _lastAsked) = (run, DateTime.UtcNow);
    }

    private async Task<TResult> Guarded<TResult>(Func<Task<TResult>> work)
    {
        try
        {
            return await work();
        }
        catch (ShardFaultException)
        {
            throw;
        }
        catch (Exception e)
        {
            throw new ShardFaultException(
                e is NmfDataException or FormatException or ArgumentException or NmfNumericalException
                    ? ShardFaultKind.Lasting : ShardFaultKind.Passing,
                $"{(_load?.BatchSize > 0 ? "Part" : "Shard")} {_key.From} ({_data?.Name ?? Name()}): {e.Message}");
        }
        finally
        {
            _lastAsked = DateTime.UtcNow;
        }
    }

    private string Name()
    {
        try
        {
            return _load is null ? "not loaded" : _load.BatchSize > 0
                ? LoadedStream.NameOf(ServiceProvider, _load, _key)
                : ServiceProvider.GetKeyedService<IShardSource>(_load.Source)?.NameOf(_load.Address, _key.From)
                    ?? _load.Address;
        }
        catch (Exception)
        {
            // It is for a message, whose reason matters more.
            return $"shard {_key.From} of {_load!.Address}";
        }
    }

    // Who asks for the state of a fit wakes it, where its silo has died.
    private async Task Watch(CancellationToken cancellationToken)
    {
        if ((_data is null && _stream is null) || _answers.ContainsKey(ShardTask.End)
            || DateTime.UtcNow - _lastAsked < _options.WatchInterval)
        {
            return;
        }

        var status = await GrainFactory.GetGrain<IFitGrain>(_key.Fit).Status();
        if (status.State == FitState.Running)
            DelayDeactivation(2 * _options.WatchInterval);
        else
            _lastAsked = DateTime.MaxValue; // until somebody asks again
    }
}

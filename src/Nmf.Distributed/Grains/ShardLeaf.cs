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
/// checkpoint from which the whole fit goes on. Samples for which the silo has no room are loaded for every request;
/// its worker is then made anew of what a checkpoint keeps, which is all that the next request depends on.
/// </summary>
[ShardPlacement]
internal sealed partial class ShardLeaf : Grain, IShardLeaf, IDisposable
{
    private readonly ShardThreads _threads;
    private readonly ShardMemory _memory;
    private readonly ShardingOptions _options;
    private readonly StoredParts _stored;
    private readonly WorkTeam _team = new(1);
    private readonly Dictionary<ShardTask, ShardSums<float>> _answers = [];
    private readonly Matrix<float>?[] _matrices = new Matrix<float>?[2];
    private readonly NodeKey _key;
    private ShardFactsMessage? _facts;
    private LoadedShard? _data;
    private LoadedStream? _stream;
    private bool _stays;
    private ShardLoad? _load;
    private (ShardSpec Spec, FitUnit Unit)? _fit;
    private ShardWorker<float>? _worker;
    private StreamPart<float>? _part;
    private readonly CancellationTokenSource _leaving = new();
    private readonly List<(string Mark, Task Work)> _storing = [];
    private CancellationTokenSource _reading = new();
    private (Matrix<float> H, ReadOnlyMemory<byte> State) _rest;
    private bool _hasEnded;
    private ShardRequest<float>? _request;
    private ShardSums<float>? _sums;
    private long _run;
    private long _stopped = -1;
    private long _next;
    private int _held;
    private int _put;
    private DateTime _lastAsked = DateTime.UtcNow;

    public ShardLeaf(
        ShardThreads threads, ShardMemory memory, IOptions<ShardingOptions> options, IGrainContext context)
    {
        (_threads, _memory, _options) = (threads, memory, options.Value);
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

    public Task<ShardFactsMessage[]> Load(ShardLoad load) => Guarded(async () =>
    {
        RequireRun(load.Run, mayBegin: true);
        (_worker, _fit, _request) = (null, null, null);
        await Close();
        if (load.BatchSize > 0)
        {
            Drop();
            if (_stream is null || _load! with { Run = load.Run } != load)
            {
                Leave();
                (_facts, _load) = (null, load);
                _stream = await LoadedStream.Open(ServiceProvider, load, _key, _reading.Token);
            }

            _facts = _stream.Facts.Here(stays: true, _options.Processor);
            return new[] { _facts };
        }

        if (load.MakesSparse && _facts is { Storage: not ShardStorage.Dense })
            _load = _load! with { MakesSparse = true };
        if (_facts is null || _load! with { Run = load.Run } != load)
        {
            Drop();
            Leave();
            (_facts, _load) = (null, load);
            using var guest = await _memory.Enter(_reading.Token);
            _data = await LoadedShard.Read(ServiceProvider, _threads, load, _key, _reading.Token);

            // Nobody would release it.
            _leaving.Token.ThrowIfCancellationRequested();
            _stays = _memory.TryKeep(_data.Bytes);
            _facts = _data.Message;
            if (!_stays)
                Drop();
        }

        _facts = _facts.Here(_stays, _options.Processor);
        return new[] { _facts };
    });

    public Task Begin(ShardBegin begin) => Guarded(async () =>
    {
        RequireRun(begin.Run, mayBegin: false);
        _answers.Clear();
        (_next, _held, _put) = (0, -1, -1);
        if (begin.Fit.Online is { } online && _stream is { } stream)
        {
            await Close();
            _part = stream.Begin(online.ToOptions(begin.Fit), _key.From, _team, _reading.Token);
            return true;
        }

        if (_facts is null)
            throw new ShardFaultException(ShardFaultKind.Passing, "The data of a shard are no longer there.");
        var options = begin.Fit.ToOptions(NmfShards.Of(1));
        var facts = begin.Facts!.ToFacts();
        var unit = new FitUnit(begin.DataExponent, begin.DictionaryExponent);
        var spec = ShardSpec.Of(options, facts, unit);
        using var state = begin.Slot < 0 ? null : await _stored.Read(Slot(begin.Slot), Mark(begin.Iteration))
            ?? throw new ShardFaultException(
                ShardFaultKind.NoCheckpoint, $"The checkpoint of iteration {begin.Iteration} is not there.");
        var samples = _facts.Samples;
        _rest = await _threads.Run(() =>
        {
            if (state is null)
            {
                return (ShardWorker<float>.RandomActivations(spec, 0, begin.Firsts[_key.From], samples),
                    ReadOnlyMemory<byte>.Empty);
            }

            var h = new Matrix<float>(samples, spec.Rank);
            using var reader = new BinaryReader(state);
            reader.ReadFactor(h);
            return (h, (ReadOnlyMemory<byte>)reader.ReadBytes((int)(state.Length - state.Position)));
        });
        (_worker, _fit, _hasEnded) = (null, (spec, unit), false);
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
        if ((_part is null && _fit is null) || ask.Number != _next)
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

        using var guest = _stays || _part is not null ? null : await _memory.Enter(_reading.Token);
        try
        {
            if (_part is { } waiting)
            {
                var asked = _request!;
                await _stream!.Run(() => waiting.Fetch(asked), _reading.Token);
            }

            var (worker, request) = ((IShardAnswers<float>?)_part ?? await Seat(), _request!);
            await _threads.Run(() =>
            {
                worker.Answer(request, sums);
                return true;
            });
            if (ask.Task == ShardTask.End)
            {
                await _stored.Write("model", ModelMark, Bytes(writer => writer.WriteMatrix(_worker!.H)));
                _hasEnded = true;
            }
        }
        finally
        {
            if (_part is null && (!_stays || _memory.IsTooMuch))
                Drop();
        }

        // While others compute, and W is updated.
        if (_part is { } part && ask.Task is ShardTask.Learn or ShardTask.Evaluate)
            _ = _stream!.Run(() => part.ReadNext(), CancellationToken.None);
        (_sums, _next) = (sums, ask.Number + 1);
        return MatrixParts.Answer(sums, ask.MostBytes);
    });

    public Task<MatrixPart> Take(int matrix, int first, int count)
        => Task.FromResult(ShardBranch.Part(_sums, matrix, first, count));

    public Task Save(ShardSave save) => Guarded(async () =>
    {
        RequireRun(save.Run, mayBegin: false);
        if (_fit is null)
            throw new ShardFaultException(ShardFaultKind.Passing, "A shard has lost its state.");
        var (worker, rest) = (_worker, _rest);
        await _stored.Write(Slot(save.Slot), Mark(save.Iteration), Bytes(writer =>
        {
            writer.WriteMatrix(worker?.H ?? rest.H);
            if (worker is null)
                writer.Write(rest.State.Span);
            else
                worker.SaveState(writer);
        }));
        return true;
    });

    public async Task<MatrixRows> Activations(int first, int count)
        => new((await Model()).RowsFrom(first, count));

    public async Task<bool> Store(string sink, string address, string mark)
    {
        // Several may ask at once, and whoever was not told that it is done asks again.
        var storing = _storing.Find(each => each.Mark == mark).Work;
        if (storing is null)
        {
            if (_storing.Count >= MostStored && _storing.FindIndex(each => each.Work.IsCompleted) is >= 0 and var old)
                _storing.RemoveAt(old);
            storing = StoreAll(sink, address);
            _storing.Add((mark, storing));
        }

        if (await Task.WhenAny(storing, Task.Delay(Patience)) != storing)
            return false;
        if (!storing.IsCompletedSuccessfully)
            _storing.RemoveAll(each => each.Mark == mark);
        await storing;
        return true;
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
        catch (Exception e) when (e is not ShardFaultException)
        {
            throw ShardFault.Of(
                e, $"{(_load?.BatchSize > 0 ? "Part" : "Shard")} {_key.From} ({_facts?.Name ?? Name()})");
        }
        finally
        {
            _lastAsked = DateTime.UtcNow;
        }
    }

    private string Name() => LoadedShard.NameOf(ServiceProvider, _load, _key);
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nmf.Distributed.Messages;
using Nmf.Kernels;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Nmf.Distributed.Grains;

/// <summary>The model of a transform, in memory: whoever transforms has it, and gives it again where it is lost.
/// </summary>
internal interface ITransformModel : IGrainWithStringKey
{
    /// <summary>Some rows of the dictionary; all of them make the model.</summary>
    Task Put(TransformSpec spec, MatrixPart part);

    /// <summary>Whether all of it is here.</summary>
    Task<bool> IsWhole();

    Task<TransformSpec> Spec();

    Task<MatrixRows> Rows(int first, int count);

    /// <summary>How many shards a source has: begins to count, or goes on waiting, for a few seconds.</summary>
    [ResponseTimeout(ClientCall.Timeout)]
    Task<TransformCount> Count(string source, string address, CancellationToken cancellationToken);

    Task Forget();
}

/// <summary>The same on each silo, which gets it once.</summary>
internal interface ITransformCopy : IGrainWithStringKey
{
    [ResponseTimeout("12:00:00")]
    Task<TransformModelMessage> Model();
}

/// <summary>A shard whose activations are inferred where it is loaded; placed as the shards of fits are.</summary>
internal interface ITransformShard : IGrainWithStringKey
{
    /// <summary>Begins, or goes on waiting, for a few seconds: what a client has asked for over a gateway that dies is
    /// lost without a word, so that no call may last.</summary>
    /// <returns>Number of its samples, or -1 where it is not done yet.</returns>
    [ResponseTimeout(ClientCall.Timeout)]
    Task<int> Transform(TransformRequest request, CancellationToken cancellationToken);

    /// <summary>Ends it, and waits for a few seconds until it has; whoever cancels between two calls has none to
    /// cancel.</summary>
    [AlwaysInterleave]
    Task Stop();
}

internal sealed class TransformModel(IOptions<ShardingOptions> options) : Grain, ITransformModel, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task<int>? _counting;
    private TransformSpec? _spec;
    private Matrix<float>? _dictionary;
    private int _rows;

    public void Dispose() => _stop.Cancel();

    public Task Put(TransformSpec spec, MatrixPart part)
    {
        if (part.First == 0)
            (_spec, _dictionary, _rows) = (spec, new Matrix<float>(spec.Features, spec.Components), 0);
        if (_dictionary is null || part.First != _rows)
            throw Lost();
        part.CopyTo(_dictionary);
        _rows += part.Values.Rows;
        return Task.CompletedTask;
    }

    public Task<bool> IsWhole() => Task.FromResult(_dictionary is not null && _rows == _dictionary.Rows);

    public Task<TransformSpec> Spec() => Task.FromResult(_spec ?? throw Lost());

    public Task<MatrixRows> Rows(int first, int count)
        => _dictionary is not null && _rows == _dictionary.Rows
            ? Task.FromResult(new MatrixRows(_dictionary.RowsFrom(first, count))) : throw Lost();

    public async Task<TransformCount> Count(string source, string address, CancellationToken cancellationToken)
    {
        using var stopping = cancellationToken.Register(_stop.Cancel);
        var counting = _counting ??= CountAll(source, address);
        if (await Task.WhenAny(counting, Task.Delay(TransformShard.Patience, cancellationToken)) != counting)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new TransformCount(-1, "");
        }

        _counting = null;
        return new TransformCount(await counting, options.Value.Processor);
    }

    public Task Forget()
    {
        (_spec, _dictionary) = (null, null);
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task<int> CountAll(string source, string address)
    {
        try
        {
            var counted = TransformShard.Source(ServiceProvider, source);
            using var readers = ServiceProvider.GetRequiredService<ShardReaders>().Rent(this.GetPrimaryKeyString());
            var shards = await readers.Call(
                () => counted.CountAsync(address, _stop.Token).AsTask(), _stop.Token);
            return shards > 0 ? shards : throw new ShardFaultException(
                ShardFaultKind.Lasting, $"The source '{source}' has no shard at {address}.");
        }
        catch (Exception e) when (e is not ShardFaultException && !_stop.IsCancellationRequested)
        {
            // No file at all is rather an address that is wrong than a share that is away for a moment.
            throw new ShardFaultException(
                e is FileNotFoundException or DirectoryNotFoundException ? ShardFaultKind.Lasting
                    : ShardFault.KindOf(e), e.Message);
        }
    }

    private static ShardFaultException Lost() => new(
        ShardFaultKind.Passing, "The model of a transform is no longer there.");
}

[StatelessWorker(1)]
[CollectionAgeLimit(Minutes = 10)]
internal sealed class TransformCopy(IOptions<ShardingOptions> options) : Grain, ITransformCopy
{
    private TransformModelMessage? _model;

    public async Task<TransformModelMessage> Model()
    {
        if (_model is not null)
            return _model;
        var holder = GrainFactory.GetGrain<ITransformModel>(this.GetPrimaryKeyString());
        var spec = await holder.Spec();
        var w = new Matrix<float>(spec.Features, spec.Components);
        var rows = MatrixParts.RowsOf(w, options.Value.MostMessageBytes);
        for (var first = 0; first < w.Rows; first += rows)
        {
            var part = (await holder.Rows(first, Math.Min(rows, w.Rows - first))).Values;
            for (var i = 0; i < part.Rows; i++)
                part.Row(i).CopyTo(w.Row(first + i));
        }

        return _model = new TransformModelMessage(spec, new MatrixRows(w));
    }
}

[ShardPlacement]
internal sealed class TransformShard(
    ShardThreads threads, IGrainContext context, IOptions<ShardingOptions> options)
    : Grain, ITransformShard, IDisposable
{
    /// <summary>How long a call waits.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly NodeKey _key = NodeKey.Parse(context.GrainId.Key.ToString()!);
    private readonly CancellationTokenSource _stop = new();
    private Task<int>? _running;

    public static IShardSource Source(IServiceProvider services, string name)
        => services.GetKeyedService<IShardSource>(name) ?? throw new ShardFaultException(
            ShardFaultKind.Lasting, $"There is no source '{name}' on this silo: AddNmfShardSource.");

    public void Dispose() => _stop.Cancel();

    public async Task Stop()
    {
        await _stop.CancelAsync();
        DeactivateOnIdle();

        // Behind whoever has stopped it nothing more comes into the sink, but of one that does not notice.
        if (_running is { } running)
            await Task.WhenAny(running, Task.Delay(2 * Patience));
    }

    public async Task<int> Transform(TransformRequest request, CancellationToken cancellationToken)
    {
        using var stopping = cancellationToken.Register(_stop.Cancel);
        var running = _running ??= Run(request, _stop.Token);
        if (await Task.WhenAny(running, Task.Delay(Patience, CancellationToken.None)) != running)
            return -1;
        _running = null;
        DeactivateOnIdle();
        return await running;
    }

    private async Task<int> Run(TransformRequest request, CancellationToken cancellationToken)
    {
        var (source, shard) = (Source(ServiceProvider, request.Source), _key.From);
        var sink = ShardFault.Sink(ServiceProvider, request.Sink);
        if (!options.Value.AllowMixedVectorWidths && request.Processor != options.Value.Processor)
        {
            throw new ShardFaultException(
                ShardFaultKind.Lasting,
                LoadedData.MixedProcessors(
                    Name(source, request.Address), options.Value.Processor, "the transform", request.Processor));
        }

        var model = await GrainFactory.GetGrain<ITransformCopy>(_key.Fit).Model();

        // As many shards of a transform are in memory as compute.
        using var readers = ServiceProvider.GetRequiredService<ShardReaders>().Rent(_key.Fit);
        await readers.Rooms.WaitAsync(cancellationToken);
        try
        {
            var data = await readers.Call(
                () => source.LoadAsync(request.Address, shard, cancellationToken).AsTask(), cancellationToken)
                ?? throw new ArgumentException($"The source '{request.Source}' has returned no samples, but null.");
            var h = await threads.Run(() => Infer(model, data, cancellationToken));
            await ShardFault.Store(
                request.Sink, readers, () => sink.StoreAsync(request.SinkAddress, shard, h, cancellationToken),
                cancellationToken);
            return data.Samples;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Also where something was cancelled that nobody here has cancelled: a call of the source took too long.
            throw ShardFault.Of(e, $"Shard {shard} ({Name(source, request.Address)})");
        }
        finally
        {
            readers.Rooms.Release();
        }
    }

    // What NmfModel.Transform does.
    private static Matrix<float> Infer(
        TransformModelMessage model, NmfData<float> data, CancellationToken cancellationToken)
    {
        var (spec, w) = (model.Spec, model.Dictionary.Values);
        if (data.Features != spec.Features)
        {
            throw new NmfDataException(
                $"The data have {data.Features} features, but the dictionary has {spec.Features}.");
        }

        NmfProblem problem = spec.Beta;
        problem.RequireValid(data);
        using var team = new WorkTeam(1);
        return Inference.Run(
            w, data, problem, new InferenceOptions
            {
                Tolerance = spec.Tolerance, MaximumIterations = spec.MaximumIterations,
            }, spec.Penalty?.ToPenalty(), team, cancellationToken);
    }

    private string Name(IShardSource source, string address)
    {
        try
        {
            return source.NameOf(address, _key.From);
        }
        catch (Exception)
        {
            // It is for a message, whose reason matters more.
            return $"shard {_key.From} of {address}";
        }
    }
}

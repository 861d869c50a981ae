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
internal sealed partial class FitRun
{
    public const string ModelMark = "dictionary of the model";
    public const string StartName = "start";

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
    private FitProgressPoint? _progress;
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

    /// <summary>How far it is, or null before the first look at the objective.</summary>
    public FitProgressPoint? Progress
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

            Rest();
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

    // Silos keep what a fit may go on with: the samples of one that has not ended. A stream is opened again.
    private void Rest()
    {
        var (record, isStream) = (Record, Record.Spec?.Online is not null);
        if (_leaves || IsStale || record.Shards == 0)
            return;
        if (record.State == FitState.Completed || (isStream && record.State != FitState.Running))
            _ = new NodeKey(_fit, record.Shards, 0, record.Shards).Grain(_grains).Rest(record.Run);
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

            var kind = ShardFault.KindOf(cause);
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
        if (record.Shards == 0 && spec.Online is null)
            record.Shards = CountShards(spec);
        else if (record.Shards == 0)
            (record.Shards, record.SourceShards) = CountParts(spec);
        Write(record);
        var run = record.Run;
        var root = new NodeKey(_fit, record.Shards, 0, record.Shards).Grain(_grains);
        if (spec.Online is null)
            RunWhole(spec, root, run);
        else
            RunStream(spec, root, run);
    }

    // Facts of all shards, which have to be those with which the fit began. Cancelled, nobody waits for what is still
    // loading: it will be there for the next run.
    private ShardFactsMessage[] Load(IShardNode root, ShardLoad load)
    {
        load = load with { MakesSparse = Record.MakesSparse };
        var loaded = Wait(root.Load(load).WaitAsync(_stop.Token));
        LoadedData.RequireFeatures(loaded);
        if (LoadedData.HaveToBeSparse(loaded))
        {
            var record = Record.Copy();
            record.MakesSparse = true;
            Write(record);
            loaded = Wait(root.Load(load with { MakesSparse = true }).WaitAsync(_stop.Token));
        }

        LoadedData.RequireStorable(loaded, Record.Spec!.Rank);
        if (!_options.AllowMixedVectorWidths)
            LoadedData.RequireOneProcessor(loaded, _options.Processor, Record.Processor);
        if (Record.Marks.Length > 0)
            LoadedData.RequireMarks(loaded, Record.Marks);
        else
        {
            var record = Record.Copy();
            record.Marks = [.. loaded.Select(shard => shard.Mark)];
            record.Processor = _options.Processor;
            Write(record);
        }

        Record.Reloaded = loaded.Count(shard => !shard.Stays);
        return loaded;
    }

    // The dictionary that was given to start from.
    private Matrix<float> ReadStart(FitSpec spec)
    {
        using var bytes = Wait(_parts.Read(StartName, spec.Start)) ?? throw new ShardFaultException(
            ShardFaultKind.Lasting, "The dictionary that the fit starts from is no longer in the storage.");
        using var reader = new BinaryReader(bytes);
        var w = new Matrix<float>((int)(bytes.Length / sizeof(float) / spec.Rank), spec.Rank);
        reader.ReadFactor(w);
        return w;
    }

    private void Report(FitProgressPoint point)
    {
        lock (_gate)
            _progress = point;
    }

    private int CountShards(FitSpec spec)
    {
        var source = _services.GetKeyedService<IShardSource>(spec.Source)
            ?? throw new ShardFaultException(
                ShardFaultKind.Lasting, $"There is no source '{spec.Source}' on this silo: AddNmfShardSource.");
        return Count(
            spec, async () => (await source.CountAsync(spec.Address, _stop.Token).ConfigureAwait(false), 0)).Count;
    }

    private (int Count, int Shards) CountParts(FitSpec spec)
        => Count(spec, () => LoadedStream.Count(_services, spec, _stop.Token));

    private (int Count, int Shards) Count(FitSpec spec, Func<Task<(int Count, int Shards)>> ask)
    {
        try
        {
            using var readers = _services.GetRequiredService<ShardReaders>().Rent($"count of {_fit}", 1);
            var counts = Wait(readers.Call(ask, _stop.Token));
            return counts.Count > 0 ? counts : throw new ShardFaultException(
                ShardFaultKind.Lasting, $"The source '{spec.Source}' has no shard at {spec.Address}.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // At the beginning that is rather an address that is wrong than a share that is away for a moment.
            throw new ShardFaultException(ShardFaultKind.Lasting, e.Message);
        }
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

    private void Store(string name, string mark, Action<BinaryWriter> write)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        write(writer);
        writer.Flush();
        Wait(_parts.Write(name, mark, bytes.GetBuffer().AsMemory(0, (int)bytes.Length)));
    }

    private static TResult Wait<TResult>(Task<TResult> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}

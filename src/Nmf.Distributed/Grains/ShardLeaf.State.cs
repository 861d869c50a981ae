using Microsoft.Extensions.DependencyInjection;
using Nmf.Distributed.Messages;
using Nmf.Kernels;

namespace Nmf.Distributed.Grains;

// What a shard keeps: in its storage, and of its worker while its samples are away.
internal sealed partial class ShardLeaf
{
    private const string ModelMark = "activations of the model";

    // How many of those who have had activations stored are remembered.
    private const int MostStored = 16;

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
        if (_hasEnded)
            return _worker?.H ?? _rest.H;
        using var state = await _stored.Read("model", ModelMark)
            ?? throw new ShardFaultException(ShardFaultKind.Passing, "The fit has not ended.");
        var columns = (await GrainFactory.GetGrain<IFitGrain>(_key.Fit).Result()).Components;
        var h = new Matrix<float>((int)(state.Length / sizeof(float) / columns), columns);
        using var reader = new BinaryReader(state);
        reader.ReadFactor(h);

        // Whoever takes them part by part does not have them read for every part.
        if (_fit is null)
            (_rest, _hasEnded) = ((h, default), true);
        return h;
    }

    private async Task StoreAll(string sink, string address)
    {
        var target = ShardFault.Sink(ServiceProvider, sink);
        try
        {
            var h = await Model();
            using var readers = ServiceProvider.GetRequiredService<ShardReaders>().Rent($"{_key.Fit}, {sink}");
            await ShardFault.Store(
                sink, readers, () => target.StoreAsync(address, _key.From, h, _leaving.Token), _leaving.Token);
        }
        catch (Exception e)
        {
            throw ShardFault.Of(e, $"Shard {_key.From}");
        }
    }

    // The worker, of what it was when its samples went.
    private async Task<ShardWorker<float>> Seat()
    {
        if (_worker is not null)
            return _worker;
        if (_data is null)
        {
            _data = await LoadedShard.Read(ServiceProvider, _threads, _load!, _key, _reading.Token);
            LoadedData.RequireMarks([_data.Message], [_facts!.Mark]);
        }

        var (data, (spec, unit), rest) = (_data, _fit!.Value, _rest);
        return _worker = await _threads.Run(() =>
        {
            data.Enter(unit, spec.Options.Problem.Entry);
            var worker = ShardWorker<float>.Create(spec, data, rest.H, _team);
            if (!rest.State.IsEmpty)
            {
                using var reader = new BinaryReader(new MemoryStream(rest.State.ToArray()));
                worker.LoadState(reader);
            }

            return worker;
        });
    }

    // Samples go; of the worker remains what its checkpoint would keep.
    private void Drop()
    {
        if (_worker is { } worker)
            _rest = (worker.H, Bytes(worker.SaveState));
        if (_stays)
            _memory.Release(_data!.Bytes);
        (_worker, _data, _stays) = (null, null, false);
    }
}

using Orleans.Runtime;
using Orleans.Storage;

namespace Nmf.Distributed.Storage;

/// <summary>A part of a state.</summary>
[GenerateSerializer]
internal sealed class StoredPart
{
    /// <summary>What the state belongs to; a state is read only if all its parts say the same.</summary>
    [Id(0)] public string Mark { get; set; } = "";

    /// <summary>Number of parts.</summary>
    [Id(1)] public int Parts { get; set; }

    [Id(2)] public byte[] Bytes { get; set; } = [];
}

/// <summary>States of a grain in its storage, in parts of a size that storages take.</summary>
internal sealed class StoredParts(IGrainStorage storage, GrainId owner, int mostBytes)
{
    private readonly Dictionary<string, GrainState<StoredPart>> _known = new(StringComparer.Ordinal);

    /// <summary>Writes a state in the place of another one.</summary>
    public async Task Write(string name, string mark, ReadOnlyMemory<byte> bytes)
    {
        var parts = Math.Max(1, (bytes.Length + mostBytes - 1) / mostBytes);
        for (var i = 0; i < parts; i++)
        {
            var part = bytes.Slice(i * mostBytes, Math.Min(mostBytes, bytes.Length - (i * mostBytes)));
            var state = await Known(PartName(name, i));
            state.State = new StoredPart { Mark = mark, Parts = parts, Bytes = part.ToArray() };
            try
            {
                await storage.WriteStateAsync(PartName(name, i), owner, state);
            }
            catch
            {
                // Nobody knows what is stored now: it is read before it is written again.
                _known.Remove(PartName(name, i));
                throw;
            }

            state.State = new StoredPart();
        }
    }

    /// <summary>A state, or null where it is not there, or not whole, or has another mark.</summary>
    public async Task<MemoryStream?> Read(string name, string mark)
    {
        var all = new MemoryStream();
        for (int i = 0, parts = 1; i < parts; i++)
        {
            var state = new GrainState<StoredPart>(new StoredPart());
            await storage.ReadStateAsync(PartName(name, i), owner, state);
            _known[PartName(name, i)] = state;
            if (!state.RecordExists || state.State?.Mark != mark || (i > 0 && state.State.Parts != parts))
                return null;
            parts = state.State.Parts;
            all.Write(state.State.Bytes);
            state.State = new StoredPart();
        }

        all.Position = 0;
        return all;
    }

    /// <summary>Removes a state.</summary>
    public async Task Clear(string name)
    {
        for (int i = 0, parts = 1; i < parts; i++)
        {
            var state = new GrainState<StoredPart>(new StoredPart());
            await storage.ReadStateAsync(PartName(name, i), owner, state);
            _known.Remove(PartName(name, i));
            if (!state.RecordExists)
                return;
            parts = state.State!.Parts;
            await storage.ClearStateAsync(PartName(name, i), owner, state);
        }
    }

    private static string PartName(string name, int part) => $"{name}-{part}";

    private async Task<GrainState<StoredPart>> Known(string name)
    {
        if (_known.TryGetValue(name, out var state))
            return state;
        state = new GrainState<StoredPart>(new StoredPart());
        await storage.ReadStateAsync(name, owner, state);
        return _known[name] = state;
    }
}

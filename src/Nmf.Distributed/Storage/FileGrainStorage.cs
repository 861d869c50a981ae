using System.Security.Cryptography;
using System.Text;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Nmf.Distributed.Storage;

/// <summary>Grain storage in a folder: a file for every record, with a number that grows with every write (its ETag),
/// then the state as Orleans serialises it.</summary>
internal sealed class FileGrainStorage(string folder, Serializer serializer) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (Read(PathOf(stateName, grainId)) is not { } bytes)
        {
            (grainState.RecordExists, grainState.ETag) = (false, null!);
            return Task.CompletedTask;
        }

        grainState.State = serializer.Deserialize<T>(bytes.AsSpan(sizeof(long)));
        (grainState.RecordExists, grainState.ETag) = (true, ETag(bytes));
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        using var gate = Lock(path);
        var stored = RequireSame(path, grainState);
        var next = (stored is null ? 0 : BitConverter.ToInt64(stored)) + 1;
        var file = $"{path}.{Guid.NewGuid():N}";
        using (var stream = File.Create(file))
        {
            stream.Write(BitConverter.GetBytes(next));
            serializer.Serialize(grainState.State, stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(file, path, overwrite: true);
        (grainState.RecordExists, grainState.ETag) = (true, $"{next}");
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        using var gate = Lock(path);
        RequireSame(path, grainState);
        File.Delete(path);
        (grainState.RecordExists, grainState.ETag) = (false, null!);
        return Task.CompletedTask;
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static string ETag(byte[] bytes) => $"{BitConverter.ToInt64(bytes)}";

    private static byte[]? RequireSame<T>(string path, IGrainState<T> grainState)
    {
        var stored = Read(path);
        var etag = stored is null ? null : ETag(stored);
        if ((grainState.ETag ?? "") != (etag ?? ""))
        {
            throw new InconsistentStateException(
                "Another activation has written the state.", etag ?? "none", grainState.ETag ?? "none");
        }

        return stored;
    }

    // One writer of a record at a time, of all processes.
    private static FileStream Lock(string path)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return new FileStream(
                    path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1,
                    FileOptions.DeleteOnClose);
            }
            catch (IOException) when (tries < 500)
            {
                Thread.Sleep(10);
            }
        }
    }

    private string PathOf(string stateName, GrainId grainId) => Path.Combine(
        folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{grainId}\n{stateName}")))[..32]);
}

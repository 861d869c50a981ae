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

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        using var gate = await Lock(path);
        var stored = RequireSame(path, grainState);
        var next = (stored is null ? 0 : BitConverter.ToInt64(stored)) + 1;
        var file = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (var stream = File.Create(file))
            {
                stream.Write(BitConverter.GetBytes(next));
                serializer.Serialize(grainState.State, stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(file, path, overwrite: true);
        }
        catch
        {
            // A full disk would stay full.
            File.Delete(file);
            throw;
        }

        (grainState.RecordExists, grainState.ETag) = (true, $"{next}");
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var path = PathOf(stateName, grainId);
        using var gate = await Lock(path);
        RequireSame(path, grainState);
        File.Delete(path);
        (grainState.RecordExists, grainState.ETag) = (false, null!);
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

    // One writer of a record at a time, of all processes. The file that is locked stays: if it were deleted, somebody
    // who had opened it before could lock it still, while the next one makes another. Records share 256 of them.
    private static async Task<FileStream> Lock(string path)
    {
        var file = Path.Combine(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)[..2]}.lock");
        for (var tries = 0; ; tries++)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (tries < 500)
            {
                await Task.Delay(10);
            }
        }
    }

    private string PathOf(string stateName, GrainId grainId) => Path.Combine(
        folder, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{grainId}\n{stateName}")))[..32]);
}

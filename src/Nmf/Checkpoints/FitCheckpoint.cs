using System.Diagnostics;

namespace Nmf;

/// <summary>The checkpoint of a running fit: when to write it, and what it belongs to.</summary>
/// <param name="checkpoint">Where, and how often.</param>
/// <param name="facts">What the state belongs to.</param>
/// <param name="save">Writes the state.</param>
/// <param name="load">Goes to a state that was read.</param>
internal sealed class FitCheckpoint(
    NmfCheckpoint checkpoint, CheckpointFacts facts, Action<BinaryWriter> save, Action<BinaryReader> load)
{
    private long _lastWrite = Stopwatch.GetTimestamp();

    /// <summary>Goes to where an interrupted fit has left off.</summary>
    /// <exception cref="IOException">No file can be written there: better known now than after hours.</exception>
    public void Resume()
    {
        CheckpointFile.RequireWritable(checkpoint.Path);
        CheckpointFile.TryRead(checkpoint.Path, facts, load);
    }

    public void WriteWhenDue()
    {
        if (Stopwatch.GetElapsedTime(_lastWrite) >= checkpoint.Interval)
            Write();
    }

    public void Write()
    {
        CheckpointFile.Write(checkpoint.Path, facts, save);
        _lastWrite = Stopwatch.GetTimestamp();
    }

    /// <summary>The fit has ended: there is nothing to go on with.</summary>
    public void Delete() => File.Delete(checkpoint.Path);
}

using System.Diagnostics;
using System.Numerics;

namespace Nmf;

/// <summary>The checkpoint of one fit to a stream: when to write it, and what.</summary>
internal sealed class StreamCheckpoint<T>(
    NmfCheckpoint checkpoint, CheckpointFacts facts, OnlineNmf<T> learner, StreamFitState state)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private long _lastWrite = Stopwatch.GetTimestamp();

    /// <summary>Goes to where an interrupted fit has left off.</summary>
    public void Resume(int features) => CheckpointFile.TryRead(checkpoint.Path, facts, reader =>
    {
        state.Load(reader);
        learner.LoadState(reader, features);
    });

    public void WriteWhenDue()
    {
        if (Stopwatch.GetElapsedTime(_lastWrite) >= checkpoint.Interval)
            Write();
    }

    public void Write()
    {
        CheckpointFile.Write(checkpoint.Path, facts, writer =>
        {
            state.Save(writer);
            learner.SaveState(writer);
        });
        _lastWrite = Stopwatch.GetTimestamp();
    }

    public void Delete() => File.Delete(checkpoint.Path);
}

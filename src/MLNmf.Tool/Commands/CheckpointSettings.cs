using System.CommandLine;
using Nmf;

namespace MLNmf.Tool.Commands;

/// <summary>Where a command that takes long leaves its state, and goes on from it.</summary>
internal sealed class CheckpointSettings
{
    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "A file in which the state of the fit is saved every few seconds",
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on from the file of --checkpoint: same data, same options",
    };

    public CheckpointSettings(Command command)
    {
        command.Options.Add(_checkpoint);
        command.Options.Add(_resume);
    }

    /// <summary>Checks what has to do with files, before anything long begins.</summary>
    /// <exception cref="UserErrorException">There is a checkpoint that nobody has asked for, or none.</exception>
    public void Check(ParseResult parsed)
    {
        var checkpoint = parsed.GetValue(_checkpoint);
        if (parsed.GetValue(_resume) && checkpoint is null)
            throw new UserErrorException("--resume goes on from the file of --checkpoint: name it.");
        if (checkpoint is null)
            return;
        Options.RequireWritable(checkpoint);
        if (File.Exists(checkpoint) && !parsed.GetValue(_resume))
            throw new UserErrorException(
                $"There is a file {checkpoint}. If it is the checkpoint of this fit, --resume goes on from it; else "
                + "delete it, or name another.");
        if (!File.Exists(checkpoint) && parsed.GetValue(_resume))
            throw new UserErrorException($"There is no checkpoint {checkpoint} to go on from.");
    }

    /// <summary>The checkpoint for the library, or null.</summary>
    public NmfCheckpoint? Of(ParseResult parsed) => parsed.GetValue(_checkpoint) is { } path
        ? new NmfCheckpoint(path) { Interval = TimeSpan.FromSeconds(1) }
        : null;

    /// <summary>Does the work; where it is cancelled and has left a checkpoint, that is told.</summary>
    public T Run<T>(ToolConsole console, ParseResult parsed, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException) when (parsed.GetValue(_checkpoint) is { } path && File.Exists(path))
        {
            console.Note($"The same command with --resume goes on from {path}.");
            throw;
        }
    }
}

using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tool.Commands;

/// <summary>How a factorisation is fitted, as the commands that fit one ask for it.</summary>
internal sealed class FitSettings
{
    private readonly Option<int> _iterations = new Option<int>("--iterations")
    {
        Description = "Most iterations",
        DefaultValueFactory = _ => 200,
    }.InRange(1, 1_000_000);

    private readonly Option<int> _starts = new Option<int>("--starts")
    {
        Description = "Number of starts, of which the best is kept",
        DefaultValueFactory = _ => 1,
    }.InRange(1, 10_000);

    private readonly Option<int> _seed = Options.Seed();
    private readonly Option<int?> _threads = Options.Threads();

    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "A file in which the state of the fit is saved every few seconds",
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on from the file of --checkpoint: same texts or matrix, same options",
    };

    public FitSettings(Command command)
    {
        foreach (var option in new Option[] { _iterations, _starts, _seed, _threads, _checkpoint, _resume })
            command.Options.Add(option);
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

    public int Seed(ParseResult parsed) => parsed.GetValue(_seed);

    public int? Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>Fits a column of a view.</summary>
    /// <param name="console">Where progress and warnings are shown.</param>
    /// <param name="parsed">The options.</param>
    /// <param name="ml">Context.</param>
    /// <param name="data">The rows.</param>
    /// <param name="title">What is done, for the reader.</param>
    /// <param name="options">Columns, rank and problem; the rest is set here.</param>
    /// <param name="cancellationToken">Stops the fit, and leaves the checkpoint.</param>
    public NmfTransformer Fit(
        ToolConsole console, ParseResult parsed, MLContext ml, IDataView data, string title,
        NmfEstimator.Options options, CancellationToken cancellationToken)
    {
        var checkpoint = parsed.GetValue(_checkpoint);
        options.Iterations = new() { MaximumIterations = parsed.GetValue(_iterations) };
        options.Starts = parsed.GetValue(_starts);
        options.Seed = parsed.GetValue(_seed);
        options.Threads = parsed.GetValue(_threads);
        options.CancellationToken = cancellationToken;
        options.Checkpoint = checkpoint is null
            ? null
            : new NmfCheckpoint(checkpoint) { Interval = TimeSpan.FromSeconds(1) };
        var warnings = new List<string>();
        void Listen(object? sender, LoggingEventArgs message)
        {
            if (message.Kind == ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        }

        ml.Log += Listen;
        try
        {
            var transformer = console.Run(title, "iterations", progress =>
            {
                options.Progress = progress.OfFit();
                return ml.Transforms.NonnegativeMatrixFactorization(options).Fit(data);
            });
            foreach (var warning in warnings)
                console.Note("Warning: " + warning);
            return transformer;
        }
        catch (OperationCanceledException) when (checkpoint is not null && File.Exists(checkpoint))
        {
            console.Note($"The same command with --resume goes on from {checkpoint}.");
            throw;
        }
        catch (ArgumentException e) when (e is not NmfDataException)
        {
            throw new UserErrorException(e.Message.Split(" (Parameter '")[0]);
        }
        finally
        {
            ml.Log -= Listen;
        }
    }
}

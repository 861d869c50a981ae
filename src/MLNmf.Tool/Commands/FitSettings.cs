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

    private readonly CheckpointSettings _checkpoints;

    public FitSettings(Command command)
    {
        foreach (var option in new Option[] { _iterations, _starts, _seed, _threads })
            command.Options.Add(option);
        _checkpoints = new CheckpointSettings(command);
    }

    /// <inheritdoc cref="CheckpointSettings.Check"/>
    public void Check(ParseResult parsed) => _checkpoints.Check(parsed);

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
        options.Iterations = new() { MaximumIterations = parsed.GetValue(_iterations) };
        options.Starts = parsed.GetValue(_starts);
        options.Seed = parsed.GetValue(_seed);
        options.Threads = parsed.GetValue(_threads);
        options.CancellationToken = cancellationToken;
        options.Checkpoint = _checkpoints.Of(parsed);
        var warnings = new List<string>();
        void Listen(object? sender, LoggingEventArgs message)
        {
            if (message.Kind == ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        }

        ml.Log += Listen;
        try
        {
            var transformer = _checkpoints.Run(console, parsed, () => console.Run(title, "iterations", progress =>
            {
                options.Progress = progress.OfFit();
                return ml.Transforms.NonnegativeMatrixFactorization(options).Fit(data);
            }));
            foreach (var warning in warnings)
                console.Note("Warning: " + warning);
            return transformer;
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

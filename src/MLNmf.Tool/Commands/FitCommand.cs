using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNmf.Tool.Input;
using MLNmf.Tool.Topics;
using Nmf;

namespace MLNmf.Tool.Commands;

/// <summary><c>mlnmf fit</c>: the parts of a nonnegative matrix.</summary>
internal static class FitCommand
{
    private const string Activations = "Activations";

    public static Command Create(ToolConsole console)
    {
        var input = new Argument<string>("matrix")
        {
            Description = "A matrix, samples x features: .npy, .npz (also sparse ones of SciPy), .mtx, .mtx.gz, "
                + ".parquet, CSV",
        };
        var rank = new Option<int>("--rank", "-k")
        {
            Description = "Number of components",
            DefaultValueFactory = _ => 10,
        }.InRange(1, 100_000);
        var beta = Beta();
        var output = new Option<string>("--output", "-o")
        {
            Description = "Where the model is saved, an ML.NET pipeline from Features to Activations",
            DefaultValueFactory = _ => "model.zip",
        };
        var activations = new Option<string?>("--activations")
        {
            Description = "Where the activations go, samples x components: .npy, .parquet, .csv, .tsv, .jsonl",
        };
        var components = new Option<string?>("--components")
        {
            Description = "Where the components go, components x features: .npy, .parquet, .csv, .tsv, .jsonl",
        };
        var features = new Option<int>("--words")
        {
            Description = "Number of features that are shown of each component",
            DefaultValueFactory = _ => 8,
        }.InRange(0, 1000);
        var json = Options.Json();
        var command = new Command("fit", "The parts of a nonnegative matrix: factorises it and saves the model")
        {
            input, rank, beta, output, activations, components, features, json,
        };
        HelpWithExamples.Set(
            command, "mlnmf fit v.npy --rank 5 --activations h.npy --components w.npy",
            "mlnmf fit counts.mtx.gz --rank 20 --beta kl", "mlnmf fit table.csv --id gene --ignore comment --missing");
        var matrix = MatrixOptions.AddAllTo(command);
        var fit = new FitSettings(command);
        command.SetAction((parsed, token) =>
        {
            var request = new Request(
                parsed.GetValue(input)!, parsed.GetValue(rank), BetaOf(parsed.GetValue(beta)!),
                parsed.GetValue(output)!, parsed.GetValue(activations), parsed.GetValue(components),
                parsed.GetValue(features), parsed.GetValue(json), matrix(parsed));
            Run(console, parsed, request, fit, token);
            return Task.FromResult(Cli.Success);
        });
        return command;
    }

    /// <summary>The option that says what is minimised.</summary>
    public static Option<string> Beta() => new("--beta")
    {
        Description = "What is minimised: euclidean (2), kl (1, for counts), is (0, for powers), or any number β",
        DefaultValueFactory = _ => "euclidean",
    };

    /// <exception cref="UserErrorException">It is neither a name nor a number.</exception>
    public static double BetaOf(string text) => text.ToLowerInvariant() switch
    {
        "euclidean" or "frobenius" => 2,
        "kl" or "kullback-leibler" => 1,
        "is" or "itakura-saito" => 0,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var beta)
            && double.IsFinite(beta) => beta,
        _ => throw new UserErrorException($"--beta must be euclidean, kl, is or a number, not \"{text}\"."),
    };

    private static void Run(
        ToolConsole console, ParseResult parsed, Request request, FitSettings settings, CancellationToken token)
    {
        Options.RequireWritable(request.Output, request.Input);
        foreach (var path in new[] { request.Activations, request.Components }.OfType<string>())
            ActivationTable.RequireFormat(Options.RequireWritable(path, request.Input, request.Output));
        settings.Check(parsed);
        var ml = new MLContext(settings.Seed(parsed));
        var file = MatrixFile.Read(ml, request.Input, request.Matrix, MatrixFile.Column, console.Note, token);
        console.Note($"{Texts.Count(file.Rows)} rows of {Texts.Count(file.Features)} features");
        var transformer = settings.Fit(
            console, parsed, ml, file.View, $"Fitting {request.Rank} components", new NmfEstimator.Options
            {
                OutputColumnName = Activations,
                InputColumnName = MatrixFile.Column,
                Rank = request.Rank,
                Problem = request.Beta,
                MissingValues = request.Matrix.HasMissing ? MissingValues.NaN : MissingValues.Error,
            }, token);
        ml.Model.Save(transformer, file.View.Schema, request.Output);
        var model = transformer.Model;
        if (request.Activations is { } activations)
            ActivationTable.Write(
                console, activations,
                [.. transformer.Transform(file.View).GetColumn<float[]>(Activations)], file.RowNames);
        if (request.Components is { } components)
            ComponentTable.Write(console, components, model);
        var summary = TopicSummary.Of(model, request.Features);
        if (request.Json)
        {
            console.WriteJson(new
            {
                request.Output, file.Rows, file.Features, request.Beta, model.Iterations,
                StopReason = model.StopReason.ToString(), model.Objective, model.ExplainedPart, Components = summary,
            });
            return;
        }

        foreach (var line in TopicSummary.Table(summary, "component"))
            console.Write(line);
        console.Note("");
        console.Note(
            $"{Texts.Percent(model.ExplainedPart)} of what a constant leaves is explained; "
            + $"{model.Iterations} iterations, {model.StopReason}. Saved {request.Output}.");
    }

    private sealed record Request(
        string Input, int Rank, double Beta, string Output, string? Activations, string? Components, int Features,
        bool Json, MatrixOptions Matrix);
}

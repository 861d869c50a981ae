using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLNmf.Tool.Input;
using MLNmf.Tool.Topics;

namespace MLNmf.Tool.Commands;

/// <summary><c>mlnmf inspect</c>: what is in a model.</summary>
internal static class InspectCommand
{
    private const int PointsShown = 12;

    public static Command Create(ToolConsole console)
    {
        var path = Options.Model();
        var words = new Option<int>("--words")
        {
            Description = "Number of features that are shown of each component",
            DefaultValueFactory = _ => 10,
        }.InRange(0, 100_000);
        var json = Options.Json();
        var command = new Command(
            "inspect", "What is in a model: steps, columns, options, components by name, record of the fit, checksum")
        {
            path, words, json,
        };
        HelpWithExamples.Set(
            command, "mlnmf inspect topics.zip", "mlnmf inspect topics.zip --words 100 --json > topics.json");
        command.SetAction(parsed =>
        {
            var report = ModelReport.Of(
                SavedModel.Load(new MLContext(), parsed.GetValue(path)!), parsed.GetValue(words));
            if (parsed.GetValue(json))
                console.WriteJson(report);
            else
                Write(console, report);
        });
        return command;
    }

    private static void Write(ToolConsole console, ModelReport report)
    {
        var rows = new List<string[]>
        {
            new[] { "file", $"{report.File}, {Texts.Count(report.Bytes)} bytes" },
            new[] { "SHA-256", report.Sha256 },
            new[] { "takes", string.Join(", ", report.Input.Select(c => $"{c.Name} ({c.Type})")) },
            new[] { "steps", string.Join(" > ", report.Steps) },
        };
        if (report.Factorisation is { } factorisation)
        {
            rows.Add(["gives", $"{factorisation.OutputColumn}, of {factorisation.InputColumn}"]);
            rows.Add(["format", factorisation.FormatVersion is { } version
                ? $"version {version} of a factorisation" : "not known"]);
        }

        if (report.Model is { } model)
        {
            rows.Add(["components", $"{model.Rank}, of {Texts.Count(model.Features)} features"]);
            rows.Add(["minimises", model.Problem]);
            rows.Add(["solver", model.Solver]);
            rows.Add(["scale", model.Scale]);
            rows.Add(["fitted to", $"{Texts.Count(model.TrainingRows)} rows"]);
            rows.Add(["ended", $"after {model.Iterations} iterations: {model.StopReason}"]);
            rows.Add(["objective", model.Objective.ToString("G8", CultureInfo.InvariantCulture)]);
            rows.Add(["explained", $"{Texts.Percent(model.ExplainedPart)} of what a constant leaves"]);
        }

        foreach (var line in Texts.Table(rows))
            console.Write(line);
        if (report.Model is not { } found)
            return;
        console.Write();
        foreach (var line in TopicSummary.Table(found.Components, "component"))
            console.Write(line);
        if (found.History.Count <= 1)
            return;
        console.Write();
        // The first points tell most; of the others a few.
        var shown = Enumerable.Range(0, PointsShown)
            .Select(i => (int)Math.Round((double)i / (PointsShown - 1) * (found.History.Count - 1))).Distinct();
        foreach (var line in Texts.Table(
            [["", "iteration", "objective", "seconds"],
                .. shown.Select(i => found.History[i]).Select(point => new[]
                {
                    "", $"{point.Iteration}", point.Objective.ToString("G8", CultureInfo.InvariantCulture),
                    point.Seconds.ToString("0.000", CultureInfo.InvariantCulture),
                })]))
        {
            console.Write(line);
        }
    }
}

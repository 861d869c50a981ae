using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLNmf.Tool.Input;
using Nmf;

namespace MLNmf.Tool.Commands;

/// <summary><c>mlnmf survey</c>: how many components, and which measure of fit, a matrix asks for.</summary>
internal static class SurveyCommand
{
    public static Command Create(ToolConsole console)
    {
        var input = new Argument<string>("matrix") { Description = "A matrix, as mlnmf fit reads it" };
        var ranks = new Option<string>("--ranks")
        {
            Description = "Ranks to try, such as 2-10 or 2,4,8,16",
            DefaultValueFactory = _ => "2-8",
        };
        var measure = new Option<bool>("--measure")
        {
            Description = "Compare measures of fit by what they predict of held-out entries, not ranks alone",
        };
        var beta = FitCommand.Beta();
        var starts = new Option<int>("--starts")
        {
            Description = "Number of fits of each rank",
            DefaultValueFactory = _ => 5,
        }.InRange(2, 1000);
        var folds = new Option<int>("--folds")
        {
            Description = "Parts of the entries, each held out in turn",
            DefaultValueFactory = _ => 3,
        }.InRange(2, 100);
        var html = new Option<string?>("--html") { Description = "Where a page with charts goes" };
        var seed = Options.Seed();
        var json = Options.Json();
        var command = new Command("survey", "How many components a matrix asks for, and which measure of fit")
        {
            input, ranks, measure, beta, starts, folds, html, seed, json,
        };
        HelpWithExamples.Set(
            command, "mlnmf survey v.npy --ranks 2-10 --html ranks.html", "mlnmf survey counts.mtx --measure");
        var matrix = MatrixOptions.AddAllTo(command);
        command.SetAction((parsed, token) =>
        {
            var tried = RanksOf(parsed.GetValue(ranks)!);
            var problem = FitCommand.BetaOf(parsed.GetValue(beta)!);
            if (parsed.GetValue(html) is { } page)
                Options.RequireWritable(page, parsed.GetValue(input));
            var ml = new MLContext(parsed.GetValue(seed));
            var fit = new NmfOptions { Rank = 1, Problem = problem, Seed = parsed.GetValue(seed) };
            var options = matrix(parsed);
            var file = MatrixFile.Read(ml, parsed.GetValue(input)!, options, MatrixFile.Column, console.Note, token);
            try
            {
                if (parsed.GetValue(measure))
                    Measures(
                        console, ml, file, tried, parsed.GetValue(folds), parsed.GetValue(seed),
                        options.HasMissing, parsed.GetValue(json), token);
                else
                    Ranks(
                        console, ml, file, new NmfRankOptions
                        {
                            ColumnName = MatrixFile.Column,
                            CancellationToken = token,
                            MissingValues = options.HasMissing ? MissingValues.NaN : MissingValues.Error,
                            Survey = new()
                            {
                                Ranks = tried,
                                Starts = parsed.GetValue(starts),
                                Fit = fit,
                            },
                            CrossValidation = new()
                            {
                                Ranks = tried,
                                Folds = parsed.GetValue(folds),
                                Fit = fit,
                            },
                        }, parsed.GetValue(html), parsed.GetValue(json));
            }
            catch (ArgumentException e) when (e is not NmfDataException)
            {
                throw new UserErrorException(e.Message.Split(" (Parameter '")[0]);
            }

            return Task.FromResult(Cli.Success);
        });
        return command;
    }

    private static void Ranks(
        ToolConsole console, MLContext ml, MatrixFile file, NmfRankOptions options, string? html, bool isJson)
    {
        var report = console.Run("Surveying ranks", "fits", progress =>
        {
            options.Progress = progress.OfSurvey();
            return ml.Model.SurveyNmfRank(file.View, options);
        });
        if (isJson)
            console.WriteJson(SurveyJson.Of(report));
        else
            console.Write(report.ToText());
        if (html is null)
            return;
        File.WriteAllText(html, report.ToHtml());
        console.Note($"Wrote {html}.");
    }

    private static void Measures(
        ToolConsole console, MLContext ml, MatrixFile file, IReadOnlyList<int> ranks, int folds, int seed,
        bool hasMissing, bool isJson, CancellationToken token)
    {
        var result = console.Run("Comparing measures", "fits", progress => ml.Model.SurveyNmfMeasure(
            file.View, new NmfMeasureOptions
            {
                ColumnName = MatrixFile.Column,
                CancellationToken = token,
                Progress = progress.OfSurvey(),
                MissingValues = hasMissing ? MissingValues.NaN : MissingValues.Error,
                Survey = new() { Ranks = ranks, Folds = folds, Fit = new() { Rank = 1, Seed = seed } },
            }));
        if (isJson)
            console.WriteJson(SurveyJson.Of(result));
        else
            console.Write(result.ToText());
    }

    /// <exception cref="UserErrorException">These are no ranks.</exception>
    private static int[] RanksOf(string text)
    {
        var ranks = new SortedSet<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !Parse(ends[0], out var first) || !Parse(ends[^1], out var last) || last < first
                || last - first > 1000)
            {
                throw new UserErrorException($"--ranks are such as 2-10 or 2,4,8, not \"{text}\".");
            }

            ranks.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return ranks.Count > 0 ? [.. ranks] : throw new UserErrorException("--ranks names no rank.");
    }

    private static bool Parse(string text, out int rank)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out rank) && rank >= 1;
}

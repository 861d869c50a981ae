using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNmf.Tool.Input;
using MLNmf.Tool.Topics;
using Nmf;

namespace MLNmf.Tool.Commands;

/// <summary><c>mlnmf topics</c>: topics of texts.</summary>
internal static class TopicsCommand
{
    public static Command Create(ToolConsole console)
    {
        var input = new Argument<string>("texts")
        {
            Description = "A CSV, TSV, JSON lines, Parquet or text file (a text per line), or a folder of text files",
        };
        var topics = new Option<int>("--topics", "-k")
        {
            Description = "Number of topics",
            DefaultValueFactory = _ => 20,
        }.InRange(1, 10_000);
        var output = new Option<string>("--output", "-o")
        {
            Description = "Where the model is saved, an ML.NET pipeline from Text to Topics",
            DefaultValueFactory = _ => "topics.zip",
        };
        var explorer = new Option<string?>("--explorer")
        {
            Description = "Where the page goes on which the topics can be explored [default: as the model, with .html]",
        };
        var noExplorer = new Option<bool>("--no-explorer") { Description = "Write no page" };
        var names = new Option<bool>("--name-topics")
        {
            Description = "Store the label of each topic, a phrase of its texts, as its name in the model",
        };
        var words = new Option<int>("--words")
        {
            Description = "Number of words that are shown of each topic",
            DefaultValueFactory = _ => 10,
        }.InRange(1, 1000);
        var json = Options.Json();
        var command = new Command(
            "topics", "Topics of texts: counts their words and factorises the counts (Kullback-Leibler)")
        {
            input, topics, output, explorer, noExplorer, names, words, json,
        };
        HelpWithExamples.Set(
            command, "mlnmf topics texts.csv --topics 20",
            "mlnmf topics reviews.tsv --column body --language German --ngrams 2 -o reviews.zip",
            "mlnmf topics news.csv --topics 30 --date published --class section --name-topics",
            "mlnmf topics letters/ --topics 10 --json > topics.json",
            "mlnmf topics large.csv --topics 100 --checkpoint fit.ckpt    (Ctrl+C; again with --resume)");
        var texts = TextOptions.AddTo(command);
        var vocabulary = VocabularyOptions.AddTo(command);
        var fit = new FitSettings(command);
        command.SetAction((parsed, token) =>
        {
            Run(
                console, parsed, new Request(
                    parsed.GetValue(input)!, parsed.GetValue(topics), parsed.GetValue(output)!,
                    parsed.GetValue(noExplorer)
                        ? null
                        : parsed.GetValue(explorer) ?? Path.ChangeExtension(parsed.GetValue(output)!, ".html"),
                    parsed.GetValue(names), parsed.GetValue(words), parsed.GetValue(json), texts(parsed),
                    vocabulary(parsed)),
                fit, token);
            return Task.FromResult(Cli.Success);
        });
        return command;
    }

    private static void Run(
        ToolConsole console, ParseResult parsed, Request request, FitSettings settings, CancellationToken token)
    {
        var started = Stopwatch.GetTimestamp();
        Options.RequireWritable(request.Output, request.Input);
        if (request.Explorer is not null)
            Options.RequireWritable(request.Explorer, request.Input, request.Output);
        settings.Check(parsed);
        var all = TextFile.Read(request.Input, request.Texts, token, console.Note);
        List<TextItem> items = [.. all.Where(item => !string.IsNullOrWhiteSpace(item.Text))];
        if (items.Count == 0)
            throw new UserErrorException($"{request.Input} has no texts: {Texts.Count(all.Count)} rows, all empty.");
        var without = all.Count - items.Count;
        console.Note(
            $"{Texts.Count(items.Count)} texts"
            + (without > 0 ? $"; {Texts.Count(without)} rows without text were left out" : ""));

        var ml = new MLContext(settings.Seed(parsed));
        var counts = WordCounts.Of(ml, items, request.Vocabulary, token);
        console.Note($"{Texts.Count(counts.Words)} words that are neither rare nor everywhere");
        var transformer = settings.Fit(
            console, parsed, ml, counts.Counts, $"Learning {request.Topics} topics", new NmfEstimator.Options
            {
                OutputColumnName = nameof(TopicsRow.Topics),
                InputColumnName = WordCounts.Column,
                Rank = request.Topics,
                Problem = BetaDivergence.KullbackLeibler,
                NormalizeOutput = true,
            }, token);
        var labels = LabelledTopics.Find(ml, transformer, counts.Counts, items, request.Vocabulary, token);
        if (request.NamesTopics)
            transformer = LabelledTopics.Named(transformer, labels);
        var schema = ml.Data.LoadFromEnumerable(Array.Empty<TextRow>()).Schema;
        var pipeline = counts.Transformer.Append(transformer);
        ml.Model.Save(pipeline, schema, request.Output);
        if (request.Explorer is not null)
            ExplorerPage.Save(
                ml, pipeline, request.Explorer, items, labels, $"Topics of {Path.GetFileName(request.Input)}", token);

        var model = transformer.Model;
        var topics = TopicSummary.Of(model, request.Words, labels);
        if (request.Json)
        {
            console.WriteJson(new
            {
                request.Output,
                request.Explorer,
                Texts = items.Count,
                RowsWithoutText = without,
                counts.Words,
                model.Iterations,
                StopReason = model.StopReason.ToString(),
                model.Objective,
                model.ExplainedPart,
                Seconds = Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 3),
                Topics = topics,
            });
            return;
        }

        foreach (var line in TopicSummary.Table(topics))
            console.Write(line);
        console.Note("");
        console.Note(
            $"Saved {request.Output}{(request.Explorer is null ? "" : $" and {request.Explorer}")} after "
            + $"{Progress.Duration(Stopwatch.GetElapsedTime(started))}. What next:");
        if (request.Explorer is not null)
            console.Note($"  open {request.Explorer} in a browser");
        console.Note($"  mlnmf explain {request.Output} \"any sentence\"");
        console.Note($"  mlnmf transform {request.Output} {request.Input} -o shares.csv");
    }

    private sealed record Request(
        string Input, int Topics, string Output, string? Explorer, bool NamesTopics, int Words, bool Json,
        TextOptions Texts, VocabularyOptions Vocabulary);
}

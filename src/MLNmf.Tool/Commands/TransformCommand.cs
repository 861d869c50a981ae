using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNmf.Tool.Input;

namespace MLNmf.Tool.Commands;

/// <summary><c>mlnmf transform</c>: activations of rows for a model.</summary>
internal static class TransformCommand
{
    public static Command Create(ToolConsole console)
    {
        var path = Options.Model();
        var input = new Argument<string>("input")
        {
            Description = "Texts or a matrix, as mlnmf topics and mlnmf fit read them, in the order of the rows",
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Where the activations go: .csv, .tsv, .jsonl, .npy or .parquet [default: CSV to the output]",
        };
        var json = Options.Json();
        var command = new Command(
            "transform", "Activations of rows for a model: of texts the shares of the topics, a row for every text")
        {
            path, input, output, json,
        };
        HelpWithExamples.Set(
            command, "mlnmf transform topics.zip new.csv -o shares.csv", "mlnmf transform parts.zip v.npy -o h.npy");
        var texts = TextOptions.AddTo(command);
        var matrix = MatrixOptions.AddTo(command);
        command.SetAction((parsed, token) =>
        {
            var text = texts(parsed);
            Run(
                console, parsed.GetValue(path)!, parsed.GetValue(input)!, parsed.GetValue(output),
                parsed.GetValue(json), text, matrix(parsed, text), token);
            return Task.FromResult(Cli.Success);
        });
        return command;
    }

    private static void Run(
        ToolConsole console, string path, string input, string? output, bool isJson, TextOptions texts,
        MatrixOptions matrix, CancellationToken token)
    {
        if (output is not null)
            ActivationTable.RequireFormat(Options.RequireWritable(output, input, path));
        var ml = new MLContext();
        var model = SavedModel.Load(ml, path);
        var step = model.RequireFactorisation();
        IDataView view;
        IReadOnlyList<string>? names;
        int count;
        if (model.TextColumn is not null)
        {
            var items = TextFile.Read(input, texts, token);
            view = TextInput.View(ml, model, items.Select(item => item.Text));
            (names, count) = ([.. items.Select(item => item.Name)], items.Count);
        }
        else if (model.VectorColumn is { } column)
        {
            var file = MatrixFile.Read(ml, input, matrix, column.Name, console.Note, token);
            if (((VectorDataViewType)column.Type).Size is var size && size != file.Features)
                throw new UserErrorException(
                    $"{input} has {file.Features} columns, but {path} takes {size} ({column.Name}).");
            (view, names, count) = (file.View, file.RowNames, file.Rows);
        }
        else
        {
            throw new UserErrorException(
                $"{path} takes neither one column of texts nor one vector of known size; it takes "
                + $"{string.Join(", ", model.InputSchema?.Select(c => $"{c.Name} ({c.Type})") ?? [])}.");
        }

        var rows = console.Run($"Transforming {Texts.Count(count)} rows", "rows", progress =>
        {
            var result = new List<float[]>(count);
            foreach (var row in model.Transformer.Transform(view).GetColumn<float[]>(step.OutputColumnName))
            {
                token.ThrowIfCancellationRequested();
                result.Add(row);
                progress.Report(new Step(result.Count, count));
            }

            return result;
        });
        var unknown = rows.Count(row => row.All(value => value == 0));
        if (unknown > 0)
            console.Note(
                $"{Texts.Count(unknown)} rows have zero activations: "
                + (model.TextColumn is null ? "they are zero." : "the model knows none of their words."));
        if (output is not null || !isJson)
            ActivationTable.Write(console, output, rows, names, step.Model.ComponentNames);
        if (isJson)
            console.WriteJson(new
            {
                Model = path,
                Input = input,
                Output = output,
                Rows = rows.Count,
                Components = step.Model.Rank,
                ComponentNames = step.Model.ComponentNames,
                ZeroRows = unknown,
                Activations = output is null
                    ? rows.Select((values, i) => new { Name = names?[i] ?? Texts.Number(i + 1), Values = values })
                    : null,
            });
        if (output is not null)
            console.Note($"Wrote {output}: {Texts.Count(rows.Count)} rows, {step.Model.Rank} components.");
    }
}

using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLNmf.Tool.Input;
using Nmf.Formats;
using Nmf.Kernels;

namespace MLNmf.Tool.Commands;

/// <summary><c>mlnmf convert</c>: models for other programs, and components of other programs as models.</summary>
internal static class ConvertCommand
{
    public static Command Create(ToolConsole console)
    {
        var input = new Argument<string>("model")
        {
            Description = "A model (.zip), its JSON (.json), components x features of another program (.npy), or "
                + "topic, word, weight of MALLET (.txt, .tsv)",
        };
        var output = new Argument<string>("output")
        {
            Description = "The new file; its ending says what it is: .onnx, .json, .csv, .tsv, .jsonl, .npy, .parquet, "
                + "or .zip",
        };
        var beta = FitCommand.Beta();
        var names = new Option<string?>("--names")
        {
            Description = "Names of the features of an .npy file: one on every line, or a dictionary of gensim",
        };
        var json = Options.Json();
        var command = new Command(
            "convert", "A model for other programs (ONNX, JSON, CSV, NPY), or components of other programs as a model")
        {
            input, output, beta, names, json,
        };
        HelpWithExamples.Set(
            command, "mlnmf convert model.zip model.onnx", "mlnmf convert topics.zip components.csv",
            "mlnmf convert components.npy model.zip --beta kl    (components_ of scikit-learn)",
            "mlnmf convert lda.expElogbeta.npy model.zip --beta kl --names dictionary.txt    (gensim)",
            "mlnmf convert weights.txt model.zip --beta kl    (MALLET)");
        command.SetAction(parsed =>
        {
            var (from, to) = (parsed.GetValue(input)!, Options.RequireWritable(
                parsed.GetValue(output)!, parsed.GetValue(input)));
            var ml = new MLContext(seed: 1);
            var step = Read(ml, from, FitCommand.BetaOf(parsed.GetValue(beta)!), parsed.GetValue(names));
            Write(console, ml, step, to);
            if (parsed.GetValue(json))
                console.WriteJson(new
                {
                    Input = from,
                    Output = to,
                    Components = step.Model.Rank,
                    Features = step.Model.FeatureCount,
                    Bytes = new FileInfo(to).Length,
                });
            console.Note(
                $"Wrote {to}: {step.Model.Rank} components of {Texts.Count(step.Model.FeatureCount)} features.");
        });
        return command;
    }

    private static NmfTransformer Read(MLContext ml, string path, double beta, string? names)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"There is no file {path}.");
        try
        {
            return Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".npy" => Imported(NpyFile.ReadMatrix<float>(path), null),
                ".txt" or ".tsv" => Mallet(),
                ".json" => Transformer(ml, NmfModelParameters.FromJson(File.ReadAllText(path), ml)),
                _ => SavedModel.Load(ml, path).RequireFactorisation(),
            };
        }
        catch (Exception e) when (e is ArgumentException or FormatException and not MatrixFormatException
            or InvalidOperationException)
        {
            throw new UserErrorException($"{path}: {e.Message.Split(" (Parameter '")[0]}");
        }

        NmfTransformer Mallet()
        {
            var (components, words) = TopicWords.ReadMallet(path);
            return Imported(components, words);
        }

        NmfTransformer Imported(Matrix<float> components, string[]? words) => Transformer(
            ml, NmfModelParameters.FromComponents(
                components, beta, names is null ? words : TopicWords.ReadNames(names, components.Columns)));
    }

    private static NmfTransformer Transformer(MLContext ml, NmfModelParameters model)
        => model.ToTransformer(ml, "Activations", MatrixFile.Column);

    private static void Write(ToolConsole console, MLContext ml, NmfTransformer step, string path)
    {
        // Nothing is read of it: the columns and their names are what is asked for.
        var rows = MatrixFile.Empty(ml, step.InputColumnName, step.Model);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".json":
                try
                {
                    File.WriteAllText(path, step.Model.ToJson());
                }
                catch (InvalidOperationException e)
                {
                    throw new UserErrorException(e.Message);
                }

                break;
            case ".zip":
                ml.Model.Save(step, rows.Schema, path);
                break;
            case ".onnx":
                try
                {
                    using var stream = File.Create(path);
                    ml.Model.ConvertToOnnx(step, rows, stream);
                }
                catch (Exception e) when (e is InvalidOperationException or NotSupportedException)
                {
                    File.Delete(path);
                    throw new UserErrorException($"The model cannot be converted to ONNX: {e.Message}");
                }

                console.Note(
                    $"The graph takes the column {step.InputColumnName} ({step.Model.FeatureCount} numbers; what comes "
                    + $"before is not in it) and gives {step.OutputColumnName}.output.");
                break;
            default:
                ActivationTable.RequireFormat(path);
                ComponentTable.Write(console, path, step.Model);
                break;
        }
    }
}

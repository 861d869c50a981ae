using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Hyperspectral;

namespace MLNmf.Tool.Commands;

/// <summary><c>mlnmf unmix</c>: the materials of a hyperspectral picture and their maps.</summary>
internal static class UnmixCommand
{
    private const string Spectrum = "Spectrum";
    private const string Abundances = "Abundances";

    public static Command Create(ToolConsole console)
    {
        var input = new Argument<string>("scene") { Description = "The header of an ENVI picture (.hdr)" };
        var materials = new Option<int>("--materials", "-k")
        {
            Description = "Number of materials",
            DefaultValueFactory = _ => 4,
        }.InRange(1, 1000);
        var output = new Option<string>("--output", "-o")
        {
            Description = "Where the maps go, an ENVI picture with a band for each material",
            DefaultValueFactory = _ => "maps.hdr",
        };
        var spectra = new Option<string?>("--spectra")
        {
            Description = "Where the spectra go, materials x bands: .csv, .tsv, .jsonl, .npy, .parquet",
        };
        var model = new Option<string?>("--model") { Description = "Where the model is saved (.zip)" };
        var json = Options.Json();
        var command = new Command("unmix", "The materials of a hyperspectral picture, and a map of each")
        {
            input, materials, output, spectra, model, json,
        };
        HelpWithExamples.Set(command, "mlnmf unmix scene.hdr --materials 5 -o maps.hdr --spectra spectra.csv");
        var fit = new FitSettings(command);
        command.SetAction((parsed, token) =>
        {
            var (path, maps) = (parsed.GetValue(input)!, parsed.GetValue(output)!);
            if (!File.Exists(path))
                throw new UserErrorException($"There is no file {path}.");
            foreach (var written in new[] { maps, parsed.GetValue(spectra), parsed.GetValue(model) }.OfType<string>())
                Options.RequireWritable(written, path);
            if (parsed.GetValue(spectra) is { } table)
                ActivationTable.RequireFormat(table);
            fit.Check(parsed);
            var ml = new MLContext(fit.Seed(parsed));
            try
            {
                var pixels = ml.Data.LoadFromEnvi(path, new EnviReadOptions { DropBadBands = true });
                var transformer = fit.Fit(
                    console, parsed, ml, pixels, $"Unmixing {parsed.GetValue(materials)} materials",
                    new NmfEstimator.Options
                    {
                        OutputColumnName = Abundances,
                        InputColumnName = Spectrum,
                        Rank = parsed.GetValue(materials),
                        Problem = new AbundanceNmf(),
                    }, token);
                ml.Data.SaveAsEnvi(transformer.Transform(pixels), maps, Abundances, EnviHeader.Read(path));
                if (parsed.GetValue(spectra) is { } target)
                    ComponentTable.Write(console, target, transformer.Model);
                if (parsed.GetValue(model) is { } saved)
                    ml.Model.Save(transformer, pixels.Schema, saved);
                Show(console, parsed.GetValue(json), transformer.Model, new
                {
                    Input = path,
                    Output = maps,
                    Spectra = parsed.GetValue(spectra),
                    Model = parsed.GetValue(model),
                });

                console.Note($"Wrote {maps}: a map of the abundance of each material.");
            }
            catch (EnviFormatException e)
            {
                throw new UserErrorException(e.Message);
            }

            return Task.FromResult(Cli.Success);
        });
        return command;
    }

    private static void Show(ToolConsole console, bool isJson, NmfModelParameters found, object files)
    {
        if (isJson)
        {
            console.WriteJson(new
            {
                Files = files,
                Pixels = found.TrainingRows,
                Bands = found.FeatureCount,
                found.Iterations,
                StopReason = found.StopReason.ToString(),
                found.Objective,
                found.ExplainedPart,
                Materials = found.Contributions.Select((share, k) => new { Number = k + 1, Share = share }),
            });
            return;
        }

        foreach (var line in Texts.Table(
            [["material", "share"], .. found.Contributions.Select(
                (share, k) => new[] { $"{k + 1}", Texts.Percent(share) })]))
        {
            console.Write(line);
        }
    }
}

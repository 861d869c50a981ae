using System.CommandLine;
using Nmf.Audio;

namespace MLNmf.Tool.Commands;

/// <summary><c>mlnmf enhance</c>: a known source out of noise.</summary>
internal static class EnhanceCommand
{
    public static Command Create(ToolConsole console)
    {
        var input = new Argument<string>("recording") { Description = "A recording with noise (.wav)" };
        var clean = new Option<string[]>("--clean")
        {
            Description = "Recordings of the source without noise (.wav), from which it is learnt",
            AllowMultipleArgumentsPerToken = true,
        };
        var model = new Option<string?>("--source-model")
        {
            Description = "A source that was learnt; with --clean, where what is learnt is saved",
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "Where the source goes (.wav)",
            DefaultValueFactory = _ => "enhanced.wav",
        };
        var noise = new Option<string?>("--noise") { Description = "Where what is left goes (.wav)" };
        var seed = Options.Seed();
        var threads = Options.Threads();
        var json = Options.Json();
        var command = new Command("enhance", "A source, such as a voice, out of noise that nobody has heard before")
        {
            input, clean, model, output, noise, seed, threads, json,
        };
        HelpWithExamples.Set(
            command, "mlnmf enhance noisy.wav --clean voice1.wav voice2.wav --source-model voice.nmf -o voice.wav",
            "mlnmf enhance noisy.wav --source-model voice.nmf");
        command.SetAction((parsed, token) =>
        {
            var (learnt, target) = (parsed.GetValue(model), parsed.GetValue(output)!);
            var sources = parsed.GetValue(clean) ?? [];
            if (sources.Length == 0 && learnt is null)
                throw new UserErrorException(
                    "What the source sounds like is not known: name recordings of it with --clean, or a "
                    + "--source-model.");
            foreach (var path in new[] { target, parsed.GetValue(noise), sources.Length > 0 ? learnt : null }
                .OfType<string>())
            {
                Options.RequireWritable(path, [parsed.GetValue(input), .. sources]);
            }

            Sound.Run(() =>
            {
                var recording = Sound.Read(parsed.GetValue(input)!);
                var source = sources.Length > 0
                    ? console.Run("Learning the source", "iterations", progress => SourceModel.Learn(
                        [.. sources.Select(Sound.Read)],
                        new SourceModelOptions { Seed = parsed.GetValue(seed), Threads = parsed.GetValue(threads) },
                        progress.OfFit(), token))
                    : SourceModel.Load(learnt!);
                if (sources.Length > 0 && learnt is not null)
                    source.Save(learnt);
                var result = console.Run("Enhancing", "iterations", progress => source.Enhance(
                    recording,
                    new EnhancementOptions { Seed = parsed.GetValue(seed), Threads = parsed.GetValue(threads) },
                    progress.OfFit(), token));
                result.Source.Write(target);
                if (parsed.GetValue(noise) is { } left)
                    result.Residual.Write(left);
                if (parsed.GetValue(json))
                    console.WriteJson(new
                    {
                        Input = parsed.GetValue(input),
                        Output = target,
                        Noise = parsed.GetValue(noise),
                        SourceModel = learnt,
                        Seconds = (double)recording.Samples / recording.SampleRate,
                        SourceEnergy = Sound.Energy(result.Source),
                        NoiseEnergy = Sound.Energy(result.Residual),
                    });
                console.Note($"Wrote {target}.");
            });
            return Task.FromResult(Cli.Success);
        });
        return command;
    }
}

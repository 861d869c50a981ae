using System.CommandLine;
using System.Globalization;
using Nmf;
using Nmf.Audio;

namespace MLNmf.Tool.Commands;

/// <summary><c>mlnmf separate</c>: the sources of a recording.</summary>
internal static class SeparateCommand
{
    private const double FrameOfPanned = 0.064;
    private const double FrameOfRoom = 0.128;

    public static Command Create(ToolConsole console)
    {
        var input = new Argument<string>("recording") { Description = "A recording (.wav), in mono or stereo" };
        var sources = new Option<int>("--sources", "-k")
        {
            Description = "Number of sources: of a stereo recording the voices, of a mono one the components",
            DefaultValueFactory = _ => 2,
        }.InRange(2, 200);
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Folder of the sounds [default: the name of the recording, with -sources]",
        };
        var room = new Option<bool>("--room")
        {
            Description = "The stereo recording was made in a room, not by panning",
        };
        var activity = new Option<string?>("--activity")
        {
            Description = "A CSV file source,from,to (seconds) of when each source of a stereo recording is heard",
        };
        var iterations = new Option<int>("--iterations")
        {
            Description = "Most iterations",
            DefaultValueFactory = _ => 200,
        }.InRange(1, 100_000);
        var seed = Options.Seed();
        var threads = Options.Threads();
        var json = Options.Json();
        var command = new Command("separate", "The sources of a recording, each as a sound; together they are it")
        {
            input, sources, output, room, activity, iterations, seed, threads, json,
        };
        var checkpoints = new CheckpointSettings(command);
        HelpWithExamples.Set(
            command, "mlnmf separate song.wav --sources 3", "mlnmf separate piano.wav --sources 8 -o notes",
            "mlnmf separate meeting.wav --sources 2 --room --activity who.csv");
        command.SetAction((parsed, token) =>
        {
            var path = parsed.GetValue(input)!;
            var folder = parsed.GetValue(output) ?? Path.GetFileNameWithoutExtension(path) + "-sources";
            checkpoints.Check(parsed);
            for (var source = 1; source <= parsed.GetValue(sources); source++)
                Options.RequireWritable(Path.Combine(folder, $"source{source}.wav"), path);
            Sound.Run(() =>
            {
                var recording = Sound.Read(path);
                var settings = new Settings(
                    parsed.GetValue(sources), parsed.GetValue(iterations), parsed.GetValue(seed),
                    parsed.GetValue(threads), checkpoints.Of(parsed));
                var sounds = checkpoints.Run(console, parsed, () => console.Run(
                    $"Separating {settings.Sources} sources", "iterations", progress => recording.Channels.Count == 1
                        ? Components(recording, settings, progress, token)
                        : Voices(
                            recording, settings, parsed.GetValue(room), parsed.GetValue(activity), progress, token)));
                Write(console, path, folder, sounds, parsed.GetValue(json));
            });
            return Task.FromResult(Cli.Success);
        });
        return command;
    }

    // Powers under the Itakura-Saito divergence; each component by the Wiener filter.
    private static AudioClip[] Components(
        AudioClip recording, Settings settings, IProgress<Step> progress, CancellationToken token)
    {
        var spectrogram = new Stft(new StftOptions { FrameLength = FrameOf(recording, FrameOfPanned) })
            .Analyze(recording.Channels[0], token);
        var power = spectrogram.Power();
        var model = NmfFactorizer.Fit(
            SpectralScaling.For(power).ToData(power),
            new NmfOptions
            {
                Rank = settings.Sources,
                Problem = BetaDivergence.ItakuraSaito,
                Seed = settings.Seed,
                Threads = settings.Threads,
                Iterations = new() { MaximumIterations = settings.Iterations },
            }, checkpoint: settings.Checkpoint, progress: progress.OfFit(), cancellationToken: token);
        var filter = new WienerFilter(model.Dictionary);
        return [.. Enumerable.Range(0, settings.Sources).Select(k => new AudioClip(
            recording.SampleRate, filter.Signal(spectrogram, model.Activations, [k], token)))];
    }

    private static AudioClip[] Voices(
        AudioClip recording, Settings settings, bool isRoom, string? activity, IProgress<Step> progress,
        CancellationToken token)
    {
        var mixture = new Stft(
            new StftOptions { FrameLength = FrameOf(recording, isRoom ? FrameOfRoom : FrameOfPanned) })
            .Analyze(recording, token);
        var model = MultichannelNmf.Fit(
            mixture,
            new MultichannelOptions
            {
                Sources = settings.Sources,
                Mixing = isRoom ? MixingKind.Convolutive : MixingKind.Instantaneous,
                Iterations = new() { MaximumIterations = settings.Iterations },
                Seed = settings.Seed,
                Threads = settings.Threads,
                Activity = activity is null ? null : ActivityTable.Read(activity),
            }, checkpoint: settings.Checkpoint, progress: progress.OfFit(), cancellationToken: token);
        return [.. Enumerable.Range(0, model.Sources).Select(
            j => model.SourceImage(mixture, model.Activations, j, cancellationToken: token).ToClip(token))];
    }

    // A power of two near that many seconds.
    private static int FrameOf(AudioClip recording, double seconds) => Math.Max(
        16, 1 << (int)Math.Round(Math.Log2(seconds * recording.SampleRate)));

    // All by one factor where one would be clipped, so that what adds up still does.
    private static void Write(
        ToolConsole console, string recording, string folder, AudioClip[] sounds, bool isJson)
    {
        var peak = Math.Max(1, sounds.Max(sound => sound.Channels.Max(channel => channel.Max(Math.Abs))));
        var energies = Array.ConvertAll(sounds, Sound.Energy);
        var total = energies.Sum();
        var files = new List<string>();
        for (var j = 0; j < sounds.Length; j++)
        {
            var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"source{j + 1}.wav"));
            (peak > 1
                ? new AudioClip(
                    sounds[j].SampleRate,
                    [.. sounds[j].Channels.Select(channel => Array.ConvertAll(channel, x => x / peak))])
                : sounds[j]).Write(file);
            files.Add(file);
        }

        if (isJson)
            console.WriteJson(new
            {
                Input = recording,
                Output = folder,
                DividedBy = peak,
                Sources = files.Select(
                    (file, j) => new { Number = j + 1, EnergyShare = energies[j] / total, File = file }),
            });
        else
            foreach (var line in Texts.Table(
                [["source", "energy", "file"], .. files.Select(
                    (file, j) => new[] { $"{j + 1}", Texts.Percent(energies[j] / total), file })]))
            {
                console.Write(line);
            }

        if (peak > 1)
            console.Note(string.Create(
                CultureInfo.InvariantCulture, $"All sounds were divided by {peak:0.##}: one of them was too loud."));
    }

    private sealed record Settings(
        int Sources, int Iterations, int Seed, int? Threads, NmfCheckpoint? Checkpoint);
}

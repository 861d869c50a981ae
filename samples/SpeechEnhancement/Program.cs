using System.Diagnostics;
using Nmf.Audio;
using SpeechEnhancement.Evaluation;
using SpeechEnhancement.Report;
using SpeechEnhancement.Sound;

namespace SpeechEnhancement;

/// <summary>Learns how speech sounds, takes helicopters out of the speech of somebody else, and compares
/// ways to do so.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => ConsoleProgram.Run(() =>
    {
        if (CommandLine.Parse(arguments) is not { } options)
            return;
        if (options.Validation)
            Validate(options);
        else if (options.WavFile is { } path)
            Enhance(path, options);
        else
            Run(options);
    });

    private static void Run(CommandLine options)
    {
        var start = Stopwatch.GetTimestamp();
        var folder = options.Synthetic ? null : RecordedSounds.Find();
        var sounds = folder is null ? SyntheticSounds.Create() : RecordedSounds.Test(folder, options.Full);
        var output = ConsoleProgram.OutputFolder(options.OutputFolder);
        Console.WriteLine(sounds.Title);
        Console.WriteLine(
            $"{sounds.Test.Count} pieces of speech in {sounds.Noises.Count} pieces of helicopters, "
            + $"{sounds.Training.Count} recordings of others to learn from");
        var methods = MethodSet.Learn(sounds.Training, new Settings(options.Seed));
        Console.WriteLine($"Learnt in {Format.Seconds(methods.LearningTime)}");
        var outcomes = Study.Run(methods.All, sounds);
        Console.WriteLine();
        Tables.Summary(outcomes).Print();

        var example = Study.Mixtures(sounds, Study.Ratios[0])[0];
        var report = Path.Combine(output, "enhancement.html");
        EnhancementReport.Page(
            sounds, outcomes, example, Write(example, methods.All, output), Stopwatch.GetElapsedTime(start))
            .Save(report);
        Console.WriteLine();
        Console.WriteLine($"Sounds and report: {report} ({Format.Seconds(Stopwatch.GetElapsedTime(start))})");
    }

    /// <summary>A recording whose speech nobody knows alone: there is nothing to score, but to listen to.</summary>
    private static void Enhance(string path, CommandLine options)
    {
        var start = Stopwatch.GetTimestamp();
        var recording = SoundSet.Read(path);
        var folder = options.Synthetic ? null : RecordedSounds.Find();
        var training = (folder is null ? SyntheticSounds.Create() : RecordedSounds.Test(folder, full: false)).Training;
        var output = ConsoleProgram.OutputFolder(options.OutputFolder);
        Console.WriteLine(FormattableString.Invariant(
            $"{Path.GetFileName(path)}: {recording.Duration.TotalSeconds:F1} s, as one channel at ")
            + $"{recording.SampleRate} Hz");
        if (folder is null)
            Console.WriteLine("Without recordings of speech to learn from the models know synthesised voices alone.");
        var methods = MethodSet.Learn(training, new Settings(options.Seed));
        var signals = WriteAll([.. methods.All.Select(method => (method.Name, Signal(method)))], output);
        var report = Path.Combine(output, "enhancement.html");
        EnhancementReport.Page(Path.GetFileName(path), signals, Stopwatch.GetElapsedTime(start)).Save(report);
        Console.WriteLine($"Sounds and report: {report} ({Format.Seconds(Stopwatch.GetElapsedTime(start))})");

        float[] Signal(Method method)
        {
            try
            {
                return method.Enhance(recording);
            }
            catch (AudioDataException e)
            {
                throw new UserErrorException($"{path}: {e.Message}");
            }
        }
    }

    private static void Validate(CommandLine options)
    {
        var folder = RecordedSounds.Find() ?? throw new UserErrorException(
            "--validation needs the recordings of ../shared/data/audio.");
        var all = new List<Outcome>();
        foreach (var sounds in RecordedSounds.Validation(folder))
        {
            var methods = MethodSet.Learn(sounds.Training, new Settings(options.Seed));
            var outcomes = Study.Run(methods.All, sounds);
            all.AddRange(outcomes);
            Console.WriteLine(sounds.Title);
            Tables.Summary(outcomes).Print("  ");
            Console.WriteLine();
        }

        Console.WriteLine("All together");
        Tables.Summary(
            all.GroupBy(o => (o.Decibels, o.Method)).OrderBy(group => group.Key.Decibels).Select(group => new Outcome(
                group.Key.Method, group.Key.Decibels, [.. group.SelectMany(o => o.Scores)],
                [.. group.SelectMany(o => o.Improvements)]))).Print("  ");
    }

    /// <summary>The speech of a mixture and what every method makes of it.</summary>
    private static List<(string Name, float[] Samples, string File)> Write(
        Mixture mixture, IReadOnlyList<Method> methods, string output)
        => WriteAll(
            [("clean speech", mixture.Speech), .. methods.Select(
                method => (method.Name, method.Enhance(mixture.Noisy)))], output);

    /// <summary>Sounds as files of one loudness scale.</summary>
    private static List<(string Name, float[] Samples, string File)> WriteAll(
        IReadOnlyList<(string Name, float[] Samples)> sounds, string output)
    {
        var peak = Math.Max(sounds.Max(sound => sound.Samples.Max(Math.Abs)), float.Epsilon);
        return [.. sounds.Select(sound =>
        {
            var file = (sound.Name == "clean speech" ? "clean" : sound.Name.Replace(' ', '-')) + ".wav";
            new AudioClip(SoundSet.SampleRate, Array.ConvertAll(sound.Samples, x => 0.9f * x / peak))
                .Write(Path.Combine(output, file));
            return (sound.Name, sound.Samples, file);
        })];
    }
}

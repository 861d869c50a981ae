using System.Diagnostics;
using Nmf.Audio;
using StereoSeparation.Analysis;
using StereoSeparation.Report;
using StereoSeparation.Sound;

namespace StereoSeparation;

/// <summary>Takes recordings of several channels apart into their sources, and writes these as sounds.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => ConsoleProgram.Run(() =>
    {
        var options = CommandLine.Parse(arguments);
        if (options.Help)
            Console.WriteLine(CommandLine.Usage);
        else
            Run(options);
    });

    private static void Run(CommandLine options)
    {
        var start = Stopwatch.GetTimestamp();
        var scenes = Scenes.Get(options);
        var folder = ConsoleProgram.OutputFolder(options.OutputFolder);
        var separations = new List<Separation>();
        foreach (var scene in scenes)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"{scene.Title}: {scene.Recording.Duration.TotalSeconds:F1} s of {scene.Recording.Channels.Count} ")
                + $"channels at {scene.Recording.SampleRate} Hz");
            Write(scene.Recording, StereoReport.FileOf(scene));
            ActivityTable?[] tables = scene.Voices.Count > 0 ? [null, Marks.Of(scene.Voices)] : [options.Activity];
            foreach (var activity in tables)
                separations.Add(Separate(scene, activity));
        }

        var report = Path.Combine(folder, "stereo.html");
        StereoReport.Page(separations, options.MethodName, Stopwatch.GetElapsedTime(start)).Save(report);
        Console.WriteLine();
        Console.WriteLine(
            $"Sounds, models and report: {report} ({Format.Seconds(Stopwatch.GetElapsedTime(start))})");

        Separation Separate(Scene scene, ActivityTable? activity)
        {
            var file = Path.Combine(folder, $"{scene.Name}{(activity is null ? "" : "-guided")}.nmf");
            var separation = Separation.Run(scene, options, activity, file);
            var gain = separation.Gain is { } gained
                ? FormattableString.Invariant($"{gained:+0.0;-0.0} dB of SDR, ") : "";
            Console.WriteLine(
                $"  {Tables.Knowledge(separation)}: {gain}{separation.Report.Iterations} iterations "
                + $"({Format.Seconds(separation.Elapsed)})");
            Tables.Sources(separation, StereoReport.Places(separation)).Print("    ");
            foreach (var source in separation.Sources)
            {
                Write(source.Image, StereoReport.FileOf(separation, source));
                if (source.Truth is { } voice)
                    Write(voice.Image, StereoReport.TruthFileOf(separation, source));
            }

            return separation;
        }

        // Softer rather than clipped.
        void Write(AudioClip clip, string file)
        {
            var peak = clip.Channels.Max(channel => channel.Max(Math.Abs));
            (peak <= 1 ? clip : new AudioClip(
                clip.SampleRate, [.. clip.Channels.Select(channel => Array.ConvertAll(channel, x => x / peak))]))
                .Write(Path.Combine(folder, file));
        }
    }
}

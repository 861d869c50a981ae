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
        if (CommandLine.Parse(arguments) is { } options)
            Run(options);
    });

    private static void Run(CommandLine options)
    {
        var start = Stopwatch.GetTimestamp();
        var scenes = Scenes.Get(options);
        var folder = ConsoleProgram.OutputFolder(options.OutputFolder);
        var separations = new List<Separation>();
        var sounds = new List<(AudioClip Clip, string File)>();
        foreach (var scene in scenes)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"{scene.Title}: {scene.Recording.Duration.TotalSeconds:F1} s of {scene.Recording.Channels.Count} ")
                + $"channels at {scene.Recording.SampleRate} Hz");
            sounds.Add((scene.Recording, StereoReport.FileOf(scene)));
            ActivityTable?[] tables = scene.Voices.Count > 0 ? [null, Marks.Of(scene.Voices)] : [options.Activity];
            foreach (var activity in tables)
                separations.Add(Separate(scene, activity));

            // All of a scene by one factor, so that what adds up still does, and softer rather than clipped. Files of
            // an earlier run of the scene would be taken for sounds of this one.
            foreach (var old in Directory.EnumerateFiles(folder, $"{scene.Name}*.wav"))
                File.Delete(old);
            var peak = sounds.Max(sound => sound.Clip.Channels.Max(channel => channel.Max(Math.Abs)));
            foreach (var (clip, file) in sounds)
                Write(clip, Math.Max(1, peak), file);
            sounds.Clear();
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
                sounds.Add((source.Image, StereoReport.FileOf(separation, source)));
                if (source.Truth is { } voice)
                    sounds.Add((voice.Image, StereoReport.TruthFileOf(separation, source)));
            }

            return separation;
        }

        void Write(AudioClip clip, float peak, string file)
            => (peak <= 1 ? clip : new AudioClip(
                clip.SampleRate, [.. clip.Channels.Select(channel => Array.ConvertAll(channel, x => x / peak))]))
                .Write(Path.Combine(folder, file));
    }
}

using System.Diagnostics;
using Nmf.Audio;
using Restoration.Analysis;
using Restoration.Report;
using Restoration.Sound;

namespace Restoration;

/// <summary>Takes a mono recording into components, groups them, drops the noise, and mixes the
/// groups to stereo.</summary>
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
        var recording = Recordings.Get(options);
        var folder = ConsoleProgram.OutputFolder(options.OutputFolder);
        var seconds = recording.Samples.Length / (double)recording.SampleRate;
        Console.WriteLine(
            FormattableString.Invariant($"{recording.Title}: {seconds:F1} s at {recording.SampleRate} Hz"));

        var decomposition = Decomposition.Create(recording, options);
        Console.WriteLine(
            $"Itakura-Saito NMF of {decomposition.Mixture.Frames} frames x {decomposition.Mixture.Bins} frequencies "
            + $"into {options.Components} components, best of {options.Starts} starts");
        var components = Component.Describe(decomposition);
        var groups = options.Groups ?? GroupGuess.Guess(components, options.Parts);
        if (groups.Count == 0)
            throw new UserErrorException(
                "Every component looks like noise, so there is nothing to guess. Name your groups with --groups.");
        var places = options.Places ?? StereoMix.EvenPlaces(groups.Count);
        if (places.Count != groups.Count)
            throw new UserErrorException(
                $"There are {places.Count} places, but only {groups.Count} groups could be guessed.");
        var restored = Restored.Create(decomposition, recording, groups, places);

        Console.WriteLine();
        Console.WriteLine(options.Groups is null ? "Groups (guessed; --groups takes yours):" : "Groups:");
        var table = RestorationReport.PartTable(restored);
        table.Print("  ");
        Console.WriteLine();
        Console.WriteLine(
            "Both channels together, with what was dropped, are the recording to "
            + $"{Format.Scientific(restored.GreatestError)} of its peak.");

        Write("original.wav", recording.Samples);
        Write("stereo.wav", restored.Left, restored.Right);
        for (var g = 0; g < restored.Parts.Count; g++)
            Write(RestorationReport.FileOf(g), restored.Parts[g].Signal);
        foreach (var component in components)
            Write(RestorationReport.FileOf(component), decomposition.Signal(component.Index));

        var path = Path.Combine(folder, "restoration.html");
        RestorationReport.Write(
            path, recording, decomposition, components, restored, options, Stopwatch.GetElapsedTime(start));
        Console.WriteLine($"Sounds and report: {path} ({Format.Seconds(Stopwatch.GetElapsedTime(start))})");

        // A part that is panned is louder in its channel than the recording was: rather softer than clipped.
        void Write(string file, params float[][] channels)
        {
            var peak = channels.Max(channel => channel.Max(Math.Abs));
            float[][] fitting =
                peak <= 1 ? channels : [.. channels.Select(channel => Array.ConvertAll(channel, x => x / peak))];
            new AudioClip(recording.SampleRate, fitting).Write(Path.Combine(folder, file));
        }
    }
}

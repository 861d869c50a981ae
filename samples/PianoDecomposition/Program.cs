using System.Diagnostics;
using Nmf.Audio;
using PianoDecomposition.Analysis;
using PianoDecomposition.Report;
using PianoDecomposition.Sound;

namespace PianoDecomposition;

/// <summary>Decomposes a piece into components, says which is which note, writes them as sounds, and compares
/// methods and starts.</summary>
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
        var piece = Pieces.Get(options.Recording, options.WavFile);
        var output = ConsoleProgram.OutputFolder(options.OutputFolder);
        Console.WriteLine(FormattableString.Invariant(
            $"{piece.Title}: {piece.Samples.Length / (double)piece.SampleRate:F2} s at {piece.SampleRate} Hz"));

        // As the published decompositions: a sine bell of 1024 samples, half overlapping.
        var stft = new Stft(new StftOptions { FrameLength = 1024, HopLength = 512, Window = StftWindow.Sine });
        var spectrogram = Analyze(stft, piece);
        Console.WriteLine(
            $"Spectrogram: {spectrogram.Frames} frames x {spectrogram.Bins} frequencies, "
            + $"{options.Components} components");

        var studies = new List<Study>();
        foreach (var method in new[] { Method.ItakuraSaito, Method.KullbackLeibler, Method.Annealed })
        {
            var study = Study.Run(method, piece, spectrogram, options);
            studies.Add(study);
            Console.WriteLine();
            Console.WriteLine($"{method.Name}, {study.Trials.Count} starts ({Format.Seconds(study.Elapsed)})");
            Tables.Starts(study, piece).Print("  ");
        }

        Console.WriteLine();
        Tables.Summary(studies, piece).Print();
        var decompositions = studies.Take(2)
            .Select(study => Decomposition.Create(study, piece, spectrogram, output)).ToArray();
        foreach (var decomposition in decompositions)
        {
            Console.WriteLine();
            Console.WriteLine(
                FormattableString.Invariant($"{decomposition.Study.Method.Name}, ")
                + FormattableString.Invariant($"seed {decomposition.Study.Best.Seed}: the sounds add up to the piece ")
                + $"to {Format.Scientific(decomposition.GreatestError)} of its peak");
            Tables.Components(decomposition).Print("  ");
        }

        var report = Path.Combine(output, "piano.html");
        PianoReport.Page(piece, spectrogram, studies, decompositions, options, Stopwatch.GetElapsedTime(start))
            .Save(report);
        Console.WriteLine();
        Console.WriteLine(FormattableString.Invariant(
            $"Sounds and report: {report} ({Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s)"));
    }

    private static Spectrogram Analyze(Stft stft, Piece piece)
    {
        try
        {
            return stft.Analyze(piece.Samples);
        }
        catch (AudioDataException e)
        {
            throw new UserErrorException($"{piece.Title}: {e.Message}");
        }
    }
}

using System.Diagnostics;
using Nmf.Audio;
using PianoDecomposition.Analysis;
using PianoDecomposition.Report;
using PianoDecomposition.Sound;

namespace PianoDecomposition;

/// <summary>Decomposes a piece into components, says which is which note, writes them as sounds, and compares methods and starts.</summary>
internal static class Program
{
    private const int Success = 0;
    private const int UserError = 2;

    private static int Main(string[] arguments)
    {
        // Signs such as ♯, where the console can show them.
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        try
        {
            var options = CommandLine.Parse(arguments);
            if (options.Help)
                Console.WriteLine(CommandLine.Usage);
            else
                Run(options);
            return Success;
        }
        catch (UserErrorException e)
        {
            Console.Error.WriteLine(e.Message);
            return UserError;
        }
    }

    private static void Run(CommandLine options)
    {
        var start = Stopwatch.GetTimestamp();
        var piece = Pieces.Get(options.Recording, options.WavFile);
        var output = OutputFolder(options.OutputFolder);
        Console.WriteLine(FormattableString.Invariant($"{piece.Title}: {piece.Samples.Length / (double)piece.SampleRate:F2} s at {piece.SampleRate} Hz"));

        // As the published decompositions: a sine bell of 1024 samples, half overlapping.
        var stft = new Stft(new StftOptions { FrameLength = 1024, HopLength = 512, Window = StftWindow.Sine });
        using var spectrogram = Analyze(stft, piece);
        Console.WriteLine($"Spectrogram: {spectrogram.Frames} frames x {spectrogram.Bins} frequencies, {options.Components} components");

        var studies = new List<Study>();
        try
        {
            foreach (var method in new[] { Method.ItakuraSaito, Method.KullbackLeibler, Method.Annealed })
            {
                var study = Study.Run(method, piece, spectrogram, options);
                studies.Add(study);
                Console.WriteLine();
                Tables.Starts(study, piece);
            }

            Console.WriteLine();
            Tables.Summary(studies, piece);
            var decompositions = studies.Take(2).Select(study => Decomposition.Create(study, piece, spectrogram, output)).ToArray();
            foreach (var decomposition in decompositions)
            {
                Console.WriteLine();
                Tables.Components(decomposition);
            }

            var report = Path.Combine(output, "piano.html");
            HtmlReport.Write(report, piece, spectrogram, studies, decompositions, options, Stopwatch.GetElapsedTime(start));
            Console.WriteLine();
            Console.WriteLine(FormattableString.Invariant($"Sounds and report: {report} ({Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s)"));
        }
        finally
        {
            studies.ForEach(study => study.Dispose());
        }
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

    private static string OutputFolder(string folder)
    {
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserErrorException($"Cannot write to the folder {folder}: {e.Message}");
        }
    }
}

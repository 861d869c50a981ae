using System.Runtime.InteropServices;
using Nmf.Kernels;

namespace OnlineTopics;

/// <summary>The same fit to a stream twice: once without interruption, once killed in the middle
/// and begun again.</summary>
/// <param name="Whole">Time of the fit that nobody disturbed.</param>
/// <param name="KilledAt">The last line of progress before the other one was killed.</param>
/// <param name="WentOnAt">The first line of progress after it was begun again.</param>
/// <param name="Rest">How long it took from there.</param>
/// <param name="SameBits">Whether the dictionaries have the same bits.</param>
/// <param name="Dictionary">The dictionary, words x topics.</param>
internal sealed record StreamedFits(
    TimeSpan Whole, string KilledAt, string WentOnAt, TimeSpan Rest, bool SameBits, Matrix<float> Dictionary)
{
    public const int Passes = 5;

    // Some batches into a pass; where a pass has no more batches, at the beginning of the next.
    private const string KillInPass = "Pass 3,";
    private const string OrInPass = "Pass 4,";
    private const int KillAfterBatches = 4;

    public static StreamedFits Run(TextStream texts, CommandLine options, string folder)
    {
        var (whole, resumed) = (Path.Combine(folder, "whole"), Path.Combine(folder, "resumed"));
        var fit = new FitProcess(
            FitProcess.Stream, texts.File, 1, options.Topics, options.BatchSize, Passes, options.Seed,
            Dictionary: whole);
        var uninterrupted = fit.Run();

        var interrupted = fit with { Checkpoint = Path.Combine(folder, "fit.checkpoint"), Dictionary = resumed };
        var lines = new List<string>();
        var killed = interrupted.RunUntil(line =>
        {
            lines.Add(line);
            return line.StartsWith(OrInPass, StringComparison.Ordinal)
                || lines.Count(earlier => earlier.StartsWith(KillInPass, StringComparison.Ordinal)) == KillAfterBatches;
        });
        if (killed is not null)
            throw new InvalidOperationException("The fit ended before it could be killed.");
        var (killedAt, after) = (lines[^1], lines.Count);
        var rest = interrupted.RunUntil(line =>
        {
            lines.Add(line);
            return false;
        })!.Value;
        var bytes = File.ReadAllBytes(whole);
        return new StreamedFits(
            uninterrupted.Elapsed, killedAt, lines[after], rest.Elapsed,
            bytes.AsSpan().SequenceEqual(File.ReadAllBytes(resumed)), Read(bytes, texts.Words, options.Topics));
    }

    public Table Table() => new Table("fit", "progress", ">time")
        .Add("without interruption", $"{Passes} passes", Format.Seconds(Whole))
        .Add("killed after", KilledAt, "")
        .Add("begun again, first", WentOnAt, Format.Seconds(Rest));

    private static Matrix<float> Read(byte[] bytes, int words, int topics)
    {
        var values = MemoryMarshal.Cast<byte, float>(bytes);
        var dictionary = new Matrix<float>(words, topics);
        for (var k = 0; k < topics; k++)
        {
            for (var f = 0; f < words; f++)
                dictionary[f, k] = values[(k * words) + f];
        }

        return dictionary;
    }
}

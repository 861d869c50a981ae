using System.Globalization;
using PianoDecomposition.Analysis;
using PianoDecomposition.Sound;

namespace PianoDecomposition.Report;

/// <summary>What the console and the report say in tables.</summary>
internal static class Tables
{
    private static readonly int[] SummaryWidths = [6, 9, 6, 7, 10, 13, 17];

    /// <summary>One line per start of a method.</summary>
    public static void Starts(Study study, Piece piece)
    {
        Console.WriteLine(Text($"{study.Method.Name}, {study.Trials.Count} starts ({study.Elapsed.TotalSeconds:F1} s)"));
        Console.WriteLine("  seed  divergence/entry  notes  hammer  release  " + (piece.Tracks.Count > 0 ? "SI-SDR  " : "") + "components");
        foreach (var trial in study.Trials)
        {
            Console.WriteLine(Text(
                $"  {trial.Seed,4}  {trial.Objective,16:F4}  {Notes(trial, piece),5}  {trial.Count(ComponentKind.Hammer),6}  {trial.Count(ComponentKind.Release),7}  ")
                + (trial.Quality is { } quality ? Text($"{quality,6:F1}  ") : "") + Labels(trial));
        }
    }

    /// <summary>One line per method.</summary>
    public static void Summary(IReadOnlyList<Study> studies, Piece piece)
    {
        foreach (var row in SummaryRows(studies, piece))
            Console.WriteLine($"{row[0],-36}  {string.Join("  ", row.Skip(1).Select((cell, c) => cell.PadLeft(SummaryWidths[c])))}");
    }

    /// <summary>How often the parts separate, the header first.</summary>
    public static IEnumerable<string[]> SummaryRows(IReadOnlyList<Study> studies, Piece piece)
    {
        yield return ["method", "starts", piece.Notes.Count > 0 ? "all notes" : "pitches", "hammer", "release", "everything", "median SI-SDR", "lowest divergence"];
        foreach (var study in studies)
        {
            var trials = study.Trials;
            yield return
            [
                study.Method.Name, Text($"{trials.Count}"),
                piece.Notes.Count > 0 ? Text($"{trials.Count(All)}") : Text($"{trials.Average(t => t.Components.Where(c => c.Kind == ComponentKind.Note).Select(c => c.Pitch.Note).Distinct().Count()):F1}"),
                Text($"{trials.Count(t => t.Count(ComponentKind.Hammer) > 0)}"), Text($"{trials.Count(t => t.Count(ComponentKind.Release) > 0)}"),
                piece.Notes.Count > 0 ? Text($"{trials.Count(t => All(t) && t.Count(ComponentKind.Hammer) > 0 && t.Count(ComponentKind.Release) > 0)}") : "–",
                trials[0].Quality is null ? "–" : Text($"{Median(trials.Select(t => t.Quality!.Value)):F1} dB"), Text($"{study.Best.Objective:F4}"),
            ];
        }

        bool All(Trial trial) => trial.Found(piece.Notes) == piece.Notes.Count;
    }

    /// <summary>One line per component of the best start.</summary>
    public static void Components(Decomposition decomposition)
    {
        Console.WriteLine(Text($"{decomposition.Study.Method.Name}, seed {decomposition.Study.Best.Seed}: the sounds add up to the piece to {decomposition.GreatestError:E1} of its peak"));
        Console.WriteLine("  loudness  what      pitch  harmonicity  file");
        foreach (var part in decomposition.Parts)
        {
            Console.WriteLine(Text(
                $"  {part.Deviation,8:F5}  {part.Component.Label,-8}  {PitchText(part.Component),5}  {part.Component.Pitch.Harmonicity,11:F2}  {part.File}"));
        }
    }

    public static string PitchText(Component component) => component.Kind == ComponentKind.Note ? Text($"{component.Pitch.Midi:F1}") : "–";

    public static string Labels(Trial trial)
        => string.Join(" ", trial.Components.OrderBy(c => c.Kind).ThenBy(c => c.Pitch.Midi).Select(c => c.Label));

    public static string Notes(Trial trial, Piece piece)
        => piece.Notes.Count > 0 ? Text($"{trial.Found(piece.Notes)}/{piece.Notes.Count}") : Text($"{trial.Count(ComponentKind.Note)}");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
    }
}

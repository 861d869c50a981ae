using System.Globalization;
using PianoDecomposition.Analysis;
using PianoDecomposition.Sound;

namespace PianoDecomposition.Report;

/// <summary>What the console and the report say in tables.</summary>
internal static class Tables
{
    /// <summary>One row per start of a method.</summary>
    public static Table Starts(Study study, Piece piece)
    {
        var table = new Table(
            ">seed", ">divergence per entry", ">notes", ">hammer", ">release", ">SI-SDR", "components");
        foreach (var trial in study.Trials)
        {
            table.Add(
                $"{trial.Seed}", Format.Figure(trial.Objective, 4), Notes(trial, piece),
                $"{trial.Count(ComponentKind.Hammer)}", $"{trial.Count(ComponentKind.Release)}",
                trial.Quality is { } quality ? Text($"{quality:F1} dB") : "–", Labels(trial));
        }

        return table;
    }

    /// <summary>How often the parts separate, one row per method.</summary>
    public static Table Summary(IReadOnlyList<Study> studies, Piece piece)
    {
        var table = new Table(
            "method", ">starts", piece.Notes.Count > 0 ? ">all notes" : ">pitches", ">hammer", ">release",
            ">everything", ">median SI-SDR", ">lowest divergence");
        foreach (var study in studies)
        {
            var trials = study.Trials;
            table.Add(
                study.Method.Name, $"{trials.Count}",
                piece.Notes.Count > 0 ? $"{trials.Count(All)}" : Format.Figure(trials.Average(Pitches), 1),
                $"{trials.Count(HasHammer)}", $"{trials.Count(HasRelease)}",
                piece.Notes.Count > 0 ? $"{trials.Count(t => All(t) && HasHammer(t) && HasRelease(t))}" : "–",
                trials[0].Quality is null ? "–" : Text($"{Median(trials.Select(t => t.Quality!.Value)):F1} dB"),
                Format.Figure(study.Best.Objective, 4));
        }

        return table;

        bool All(Trial trial) => trial.Found(piece.Notes) == piece.Notes.Count;

        static bool HasHammer(Trial trial) => trial.Count(ComponentKind.Hammer) > 0;

        static bool HasRelease(Trial trial) => trial.Count(ComponentKind.Release) > 0;

        static int Pitches(Trial trial)
            => trial.Components.Where(c => c.Kind == ComponentKind.Note).Select(c => c.Pitch.Note).Distinct().Count();
    }

    /// <summary>One row per component of the best start.</summary>
    public static Table Components(Decomposition decomposition)
    {
        var table = new Table(">loudness", "what", ">pitch", ">harmonicity", ">at beginnings", ">at ends", "file");
        foreach (var part in decomposition.Parts)
            table.Add(
                Format.Figure(part.Deviation, 5), part.Component.Label, PitchText(part.Component),
                Format.Figure(part.Component.Pitch.Harmonicity, 2), Format.Percent(part.Component.AtBeginnings),
                Format.Percent(part.Component.AtEnds), part.File);
        return table;
    }

    public static string PitchText(Component component)
        => component.Kind == ComponentKind.Note ? Text($"{component.Pitch.Midi:F1}") : "–";

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Labels(Trial trial)
        => string.Join(" ", trial.Components.OrderBy(c => c.Kind).ThenBy(c => c.Pitch.Midi).Select(c => c.Label));

    private static string Notes(Trial trial, Piece piece)
        => piece.Notes.Count > 0
            ? Text($"{trial.Found(piece.Notes)}/{piece.Notes.Count}")
            : Text($"{trial.Count(ComponentKind.Note)}");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
    }
}

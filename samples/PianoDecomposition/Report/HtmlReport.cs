using System.Net;
using Nmf.Audio;
using PianoDecomposition.Analysis;
using PianoDecomposition.Sound;

namespace PianoDecomposition.Report;

/// <summary>Writes everything as one HTML file with its figures inside; the sounds lie beside it.</summary>
internal static class HtmlReport
{
    private const string Blue = "#2a6fb0";
    private const string Orange = "#c2571a";

    private const string Css = """
        :root { color: #1c2733; background: #f4f6f8; font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
        body { max-width: 1180px; margin: 0 auto; padding: 24px; }
        header p, footer, .note { color: #5a6875; }
        h1 { margin: 0; font-size: 28px; }
        h2 { margin: 0 0 12px; font-size: 19px; }
        section { background: #fff; border: 1px solid #dde3e8; border-radius: 8px; padding: 20px; margin: 18px 0; overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; color: #5a6875; border-bottom: 2px solid #dde3e8; white-space: nowrap; }
        th, td { padding: 5px 12px 5px 0; vertical-align: middle; }
        td { border-bottom: 1px solid #edf0f3; }
        .number { text-align: right; }
        .what { font-weight: 600; }
        svg { display: block; } svg text { font-size: 12px; fill: #5a6875; }
        audio { height: 30px; width: 150px; }
        @media print { :root { background: #fff; } section { break-inside: avoid; border: 0; padding: 0; } audio { display: none; } }
        """;

    /// <summary>Writes the file, over an older one.</summary>
    public static void Write(
        string path, Piece piece, Spectrogram spectrogram, IReadOnlyList<Study> studies, IReadOnlyList<Decomposition> decompositions, CommandLine options, TimeSpan elapsed)
    {
        var binWidth = spectrogram.Stft.Frequency(1, piece.SampleRate);
        File.WriteAllText(path, $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{Encode(piece.Title)}} in {{options.Components}} components</title>
            <style>
            {{Css}}
            </style>
            </head>
            <body>
            <header>
            <h1>{{Encode(piece.Title)}} in {{options.Components}} components</h1>
            <p>{{Tables.Text($"{piece.Samples.Length / (double)piece.SampleRate:F2} s at {piece.SampleRate} Hz, {spectrogram.Frames} frames x {spectrogram.Bins} frequencies")}}.
            {{Score(piece)}}</p>
            </header>
            <section>
            <h2>Power spectrogram</h2>
            {{Svg.Spectrogram(spectrogram, piece)}}
            </section>
            {{string.Concat(decompositions.Select((d, i) => DecompositionSection(d, binWidth, i == 0 ? Blue : Orange)))}}
            <section>
            <h2>How often do the parts separate?</h2>
            {{SummaryTable(studies, piece)}}
            <p class="note">{{SummaryNote(piece)}}</p>
            </section>
            {{string.Concat(studies.Select(study => StartsSection(study, piece)))}}
            <footer>
            <p>Random starts with seeds 1 to {{options.Seeds}}, at most {{options.Iterations}} iterations each. The whole run took {{Tables.Text($"{elapsed.TotalSeconds:F0} s")}} on {{Environment.ProcessorCount}} processors.</p>
            </footer>
            </body>
            </html>

            """);
    }

    private static string Score(Piece piece) => piece.Notes.Count == 0 ? "" : "Notes "
        + string.Join(", ", piece.Notes.Select(Note.Name)) + ": all together, then every pair.";

    private static string DecompositionSection(Decomposition decomposition, double binWidth, string color)
    {
        return $"""
            <section>
            <h2>{Encode(decomposition.Study.Method.Name)}</h2>
            <table>
            <thead><tr><th>What</th><th>Pitch</th><th>Harmonicity</th><th>Loudness</th><th>Dictionary, 0 to 5 kHz, 60 dB</th><th>Activation (root), whole piece</th><th>Sound</th></tr></thead>
            <tbody>
            {string.Concat(decomposition.Parts.Select(part => PartRow(part, binWidth, color)))}
            </tbody>
            </table>
            <p class="note">The start with the lowest divergence, seed {decomposition.Study.Best.Seed}. Loudness is the standard deviation of the sound. All sounds together are the piece, to
            {Tables.Text($"{decomposition.GreatestError:E1}")} of its peak. Each activation is drawn relative to its own greatest value.</p>
            </section>

            """;
    }

    private static string PartRow(Part part, double binWidth, string color)
    {
        var component = part.Component;
        var greatest = Math.Max(component.Activation.Max(), double.Epsilon);
        return $"""
            <tr><td class="what">{Encode(component.Label)}</td><td class="number">{Tables.PitchText(component)}</td><td class="number">{Tables.Text($"{component.Pitch.Harmonicity:F2}")}</td>
            <td class="number">{Tables.Text($"{part.Deviation:F5}")}</td><td>{Svg.Curve(Svg.InDecibels(component.Amplitude, binWidth), 230, 44, "dictionary column", color)}</td>
            <td>{Svg.Curve([.. component.Activation.Select(a => Math.Sqrt(a / greatest))], 310, 44, "activation", color)}</td>
            <td><audio controls preload="none" src="{Uri.EscapeDataString(part.File)}"></audio></td></tr>

            """;
    }

    private static string SummaryTable(IReadOnlyList<Study> studies, Piece piece)
    {
        var rows = Tables.SummaryRows(studies, piece).ToArray();
        return $"""
            <table>
            <thead><tr>{string.Concat(rows[0].Select(cell => $"<th>{Encode(cell)}</th>"))}</tr></thead>
            <tbody>{string.Concat(rows.Skip(1).Select(row => $"<tr>{string.Concat(row.Select((cell, c) => $"<td{(c > 0 ? " class=\"number\"" : "")}>{Encode(cell)}</td>"))}</tr>"))}</tbody>
            </table>
            """;
    }

    private static string SummaryNote(Piece piece)
        => "A component is a note when a harmonic comb explains its spectrum, and hammer or release when at least half of it lies around the beginnings or the ends of notes. "
        + (piece.Notes.Count > 0 ? "Everything: all notes, a hammer and a release, each in components of its own. " : "Pitches: how many different ones, on average. ")
        + (piece.Tracks.Count > 0 ? "SI-SDR compares the sound of each note with the track that was synthesised. " : "")
        + "Divergences are per entry of the spectrogram and comparable between the two Itakura-Saito rows only.";

    private static string StartsSection(Study study, Piece piece) => $"""
        <section>
        <h2>{Encode(study.Method.Name)}: every start</h2>
        <table>
        <thead><tr><th>Seed</th><th>Divergence per entry</th><th>Notes</th><th>Hammer</th><th>Release</th>{(piece.Tracks.Count > 0 ? "<th>SI-SDR</th>" : "")}<th>Components</th></tr></thead>
        <tbody>
        {string.Concat(study.Trials.Select(trial => StartRow(trial, piece)))}
        </tbody>
        </table>
        </section>

        """;

    private static string StartRow(Trial trial, Piece piece) => $"""
        <tr><td class="number">{trial.Seed}</td><td class="number">{Tables.Text($"{trial.Objective:F4}")}</td><td class="number">{Tables.Notes(trial, piece)}</td><td class="number">{trial.Count(ComponentKind.Hammer)}</td>
        <td class="number">{trial.Count(ComponentKind.Release)}</td>{(trial.Quality is { } quality ? Tables.Text($"<td class=\"number\">{quality:F1} dB</td>") : "")}<td>{Encode(Tables.Labels(trial))}</td></tr>

        """;

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}

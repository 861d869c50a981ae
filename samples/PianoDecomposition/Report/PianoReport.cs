using Nmf.Audio;
using PianoDecomposition.Analysis;
using PianoDecomposition.Sound;

namespace PianoDecomposition.Report;

/// <summary>Everything as one page with its figures inside; the sounds lie beside it.</summary>
internal static class PianoReport
{
    private const double GreatestFrequency = 5000;
    private const string Blue = "#2a6fb0";
    private const string Orange = "#c2571a";
    private const string Style = """
        .parts td { vertical-align: middle; }
        .what { font-weight: 600; }
        .parts th, .parts td { padding-right: 12px; } .parts th { white-space: normal; }
        .number { white-space: nowrap; } audio { width: 130px; min-width: 110px; }
        """;

    /// <summary>The page.</summary>
    public static HtmlPage Page(
        Piece piece, Spectrogram spectrogram, IReadOnlyList<Study> studies, IReadOnlyList<Decomposition> decompositions,
        CommandLine options, TimeSpan elapsed)
    {
        var binWidth = spectrogram.Stft.Frequency(1, piece.SampleRate);
        var seconds = piece.Samples.Length / (double)piece.SampleRate;
        var page = new HtmlPage($"{piece.Title} in {options.Components} components", Tables.Text(
            $"{seconds:F2} s at {piece.SampleRate} Hz, {spectrogram.Frames} frames x {spectrogram.Bins} frequencies. ")
            + Score(piece))
        {
            Style = Style,
            Footer = $"Random starts with seeds 1 to {options.Seeds}, at most {options.Iterations} iterations each. "
                + $"The whole run took {Format.Seconds(elapsed)} on {Environment.ProcessorCount} processors.",
        };
        var power = spectrogram.Power();
        var bins = Math.Min(spectrogram.Bins, (int)(GreatestFrequency / binWidth));
        page.Section(
            "Power spectrogram",
            SoundFigures.Spectrogram((n, f) => power[n, f], spectrogram.Frames, bins, seconds, bins * binWidth));

        foreach (var (i, decomposition) in decompositions.Index())
            AddComponents(page, decomposition, binWidth, i == 0 ? Blue : Orange);
        page.Section(
            "How often do the parts separate?", Tables.Summary(studies, piece).ToHtml(), Html.Note(SummaryNote(piece)));
        foreach (var study in studies)
            page.Section($"{study.Method.Name}: every start", Tables.Starts(study, piece).ToHtml());
        return page;
    }

    private static string Score(Piece piece) => piece.Notes.Count == 0
        ? ""
        : $"Notes {string.Join(", ", piece.Notes.Select(Note.Name))}: all together, then every pair.";

    private static void AddComponents(HtmlPage page, Decomposition decomposition, double binWidth, string color)
        => page.Section(
            decomposition.Study.Method.Name,
            $"""
            <table class="parts">
            <thead><tr><th>What</th><th>Pitch</th><th>Harmonicity</th><th>Begins</th>
            <th>Ends</th><th>Loudness</th>
            <th>Spectrum, 0 to 5 kHz, 60 dB</th><th>Activation over time (root)</th><th>Sound</th></tr></thead>
            <tbody>
            {string.Concat(decomposition.Parts.Select(part => Row(part, binWidth, color)))}
            </tbody>
            </table>
            """,
            Html.Note(
                $"The start with the lowest divergence, seed {decomposition.Study.Best.Seed}. "
                + "Loudness is the standard deviation of the sound; where notes begin and end lie these parts of the "
                + "activation. All sounds together are the piece, "
                + $"to {Format.Scientific(decomposition.GreatestError)} of its peak. "
                + "Pitch is a number of MIDI (60 is middle C), harmonicity the part of the spectrum that a comb of "
                + "harmonics explains. Each activation is drawn relative to its own greatest value. Look for notes "
                + "that fall and decay, and for hammers, which only begin."));

    private static string Row(Part part, double binWidth, string color)
    {
        var component = part.Component;
        var greatest = Math.Max(component.Activation.Max(), double.Epsilon);
        var shown = component.Amplitude.AsSpan(
            0, Math.Min(component.Amplitude.Length, (int)(GreatestFrequency / binWidth)));
        double[] activation = [.. component.Activation.Select(a => Math.Sqrt(a / greatest))];
        return $"""
            <tr><td class="what">{Html.Text(component.Label)}</td><td class="number">{Tables.PitchText(component)}</td>
            <td class="number">{Tables.Text($"{component.Pitch.Harmonicity:F2}")}</td>
            <td class="number">{Format.Percent(component.AtBeginnings)}</td>
            <td class="number">{Format.Percent(component.AtEnds)}</td>
            <td class="number">{Tables.Text($"{part.Deviation:F5}")}</td>
            <td>{SoundFigures.Curve(SoundFigures.InDecibels(shown), 150, 44, "dictionary column", color)}</td>
            <td>{SoundFigures.Curve(activation, 180, 44, "activation", color)}</td>
            <td>{Html.Audio(part.File)}</td></tr>

            """;
    }

    private static string SummaryNote(Piece piece)
        => "A component is a note when a harmonic comb explains its spectrum, and hammer or release when at least half "
            + "of it lies around the beginnings or the ends of notes. " + (piece.Notes.Count > 0
                ? "Everything: all notes, a hammer and a release, each in components of its own. "
                : "Pitches: how many different ones, on average. ") + (piece.Tracks.Count > 0
                    ? "SI-SDR compares the sound of each note with the track that was synthesised. "
                    : "")
            + "Divergences are per entry of the spectrogram and comparable between the two Itakura-Saito rows only.";
}

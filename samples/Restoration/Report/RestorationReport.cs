using Restoration.Analysis;
using Restoration.Sound;

namespace Restoration.Report;

/// <summary>Writes everything as one HTML file with its figures inside; the sounds lie beside it.</summary>
internal static class RestorationReport
{
    private const double GreatestFrequency = 8000;

    private static readonly string[] Colors = [
        "#2a6fb0", "#c2571a", "#3c8d5a", "#8a5aa8", "#b8860b", "#c2413a", "#1b9aaa", "#7a4b2a"];
    private const string Grey = "#9aa5b1";

    public static string FileOf(int part) => $"group-{part + 1}.wav";

    public static string FileOf(Component component) => $"component-{component.Index + 1:00}.wav";

    /// <summary>The groups, and their scores where sources are known.</summary>
    public static Table PartTable(Restored restored)
    {
        var isScored = restored.Parts.Any(part => part.Score is not null);
        string[] header = ["part", "components", ">place",
            .. isScored ? new[] { ">SDR of the recording", ">SDR", ">SIR", ">SAR" } : []];
        var table = new Table(header);
        foreach (var part in restored.Parts)
        {
            string[] cells = [part.Name, string.Join(", ", part.Components.Select(k => k + 1)),
                part.Place is { } place ? place.ToString("+0.0;-0.0;0.0") : "dropped"];
            table.Add(part.Score is { } score && part.Before is { } before
                ? [.. cells, Decibels(before.SourceToDistortion), Decibels(score.SourceToDistortion),
                    Decibels(score.SourceToInterference), Decibels(score.SourceToArtifacts)]
                : cells);
        }

        return table;
    }

    /// <summary>Writes the file, over an older one.</summary>
    public static void Write(
        string path, Recording recording, Decomposition decomposition, IReadOnlyList<Component> components,
        Restored restored, CommandLine options, TimeSpan elapsed)
    {
        var stft = decomposition.Mixture.Stft;
        var bins = Math.Min(stft.Bins, (int)(GreatestFrequency / stft.Frequency(1, recording.SampleRate)));
        var power = decomposition.Mixture.Power();
        var reference = SoundFigures.GreatestPower((n, f) => power[n, f], power.Rows, bins);
        var seconds = recording.Samples.Length / (double)recording.SampleRate;
        var guessed = options.Groups is null;
        var length = FormattableString.Invariant($"{seconds:F1} s");
        var page = new HtmlPage(
            $"{recording.Title}, in stereo",
            $"{length} of mono at {recording.SampleRate} Hz, "
            + $"taken apart into {components.Count} components by nonnegative matrix factorisation of its power "
            + $"spectrogram with the Itakura-Saito divergence ({power.Rows} frames x {stft.Bins} frequencies), "
            + "grouped, and put together again in stereo without its noise.")
        {
            Style = """
                td svg { display: block; } td { vertical-align: middle; } audio { width: 150px; min-width: 110px; }
                select { white-space: nowrap; min-width: 5.6em; } .components td { padding-right: 14px; }
                """,
            Footer = $"Best of {options.Starts} random starts, at most {options.Iterations} iterations each. "
                + $"The whole run took {Format.Seconds(elapsed)} on {Environment.ProcessorCount} processors.",
        };

        page.Section(
            "Listen",
            $"<table><tr><td>the recording, mono</td><td>{Html.Audio("original.wav")}</td></tr><tr><td>restored, "
                + $"stereo</td><td>{Html.Audio("stereo.wav")}</td></tr></table>",
            Html.Note(
                "The mean of both channels, with what was dropped, is the recording: to "
                + $"{Format.Scientific(restored.GreatestError)} of its peak. "
                + "Each group has the gains 1 - place and 1 + place on the left and on the right."));
        page.Section(
            guessed ? "Groups, as the program guesses them" : "Your groups",
            PartTable(restored).ToHtml(),
            Html.Note(
                (guessed
                    ? "A guess: components with flat spectra are taken for noise, "
                        + "the others are merged by their partials and by when they sound. "
                        + "Listen to the components below and name your own groups with --groups. "
                    : "") + (restored.Parts.Any(part => part.Score is not null)
                        ? "The sources are known here: SDR, SIR and SAR (BSS Eval, filters of 512 taps, "
                            + "dB) say how close each part is to the source it is named after, "
                            + "and the first column how close the recording itself was."
                        : "")));
        page.Section("The recording", SoundFigures.Spectrogram(
            (n, f) => power[n, f], power.Rows, bins, seconds, stft.Frequency(bins, recording.SampleRate), reference));
        for (var g = 0; g < restored.Parts.Count; g++)
        {
            var part = restored.Parts[g];
            var spectrogram = stft.Analyze(part.Signal);
            var ofPart = spectrogram.Power();
            page.Section(
                part.Name + (part.Place is null ? " (dropped)" : ""), Html.Audio(FileOf(g)),
                SoundFigures.Spectrogram(
                    (n, f) => ofPart[n, f], ofPart.Rows, bins, seconds, stft.Frequency(bins, recording.SampleRate),
                    reference, height: 150));
        }

        var table = ComponentTable(components, restored, bins);
        page.Section("Components, for grouping by hand", table, Regrouping, Html.Note(
            FormattableString.Invariant($"Spectra up to {stft.Frequency(bins, recording.SampleRate) / 1000:F0} kHz ")
            + "on 60 dB; activations are amplitudes, each relative to its own greatest. Flatness is the geometric over "
            + "the arithmetic mean of the spectrum: noise is flat."));
        page.Save(path);
    }

    private static string ComponentTable(IReadOnlyList<Component> components, Restored restored, int bins)
    {
        var rows = components.Select(component =>
        {
            var group = Enumerable.Range(0, restored.Parts.Count).First(
                g => restored.Parts[g].Components.Contains(component.Index));
            var color = restored.Parts[group].Place is null ? Grey : Colors[group % Colors.Length];
            var greatest = Math.Max(component.Activation.Max(), double.Epsilon);
            var spectrum = SoundFigures.InDecibels(component.Amplitude.AsSpan(0, bins));
            double[] activation = [.. component.Activation.Select(a => a / greatest)];
            return $"""
                <tr><td class="number">{component.Index + 1}</td>
                <td>{GroupChoice(component.Index, restored.Parts[group].Place is null ? 0 : group + 1)}</td>
                <td class="number">{Format.Percent(component.Share)}</td>
                <td class="number">{Format.Figure(component.Flatness)}</td>
                <td>{SoundFigures.Curve(spectrum, 230, 44, "spectrum", color)}</td>
                <td>{SoundFigures.Curve(activation, 310, 44, "activation", color)}</td>
                <td>{Html.Audio(FileOf(component))}</td></tr>
                """;
        });
        return $"""
            <table class="components">
            <thead><tr><th>#</th><th>Group</th><th>Share of energy</th><th>Flatness</th><th>Spectrum, 0 to 8 kHz</th>
            <th>Activation over time</th><th>Sound</th></tr></thead>
            <tbody>
            {string.Join('\n', rows)}
            </tbody>
            </table>
            """;
    }

    // A list to choose the group from; 0 is dropped.
    private static string GroupChoice(int component, int chosen)
        => $"<select class=\"group\" aria-label=\"group of component {component + 1}\" onchange=\"regroup()\">"
            + string.Concat(Enumerable.Range(0, CommandLine.MostGroups + 1).Select(
                group => $"<option value=\"{group}\"{(group == chosen ? " selected" : "")}>"
                    + (group == 0 ? "dropped" : $"group {group}") + "</option>")) + "</select>";

    // Says the option for the groups that are chosen in the table.
    private const string Regrouping = """
        <p>Listen, choose the groups in the table, and run again with <code id="groups"></code></p>
        <script>
        function regroup() {
          const groups = {};
          document.querySelectorAll('select.group').forEach((choice, i) => {
            if (choice.value !== '0') (groups[choice.value] ??= []).push(i + 1);
          });
          document.getElementById('groups').textContent = '--groups "' + Object.values(groups).join(';') + '"';
        }
        regroup();
        </script>
        """;

    private static string Decibels(double value)
        => double.IsPositiveInfinity(value) ? "∞" : Format.Figure(value, 1) + " dB";
}

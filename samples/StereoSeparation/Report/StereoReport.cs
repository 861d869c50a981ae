using Nmf.Audio;
using StereoSeparation.Analysis;

namespace StereoSeparation.Report;

/// <summary>Writes everything as one HTML file with its figures inside; the sounds lie beside it.</summary>
internal static class StereoReport
{
    private const double GreatestFrequency = 8000;
    private const double SlowestDelay = 1;

    private static readonly string[] Colors = ["#2a6fb0", "#c2571a", "#3c8d5a", "#8a5aa8", "#b8860b", "#5a6875",
        "#c2413a", "#1b9aaa"];

    /// <summary>How the places of a recording are found.</summary>
    public static PlaceMeasure Places(Separation separation)
        => separation.Scene.Mixing == MixingKind.Instantaneous || separation.Model.Method is MultiplicativeUpdates
            ? new LevelPlaces()
            : new DelayPlaces(separation.Scene.Voices.Count > 0 ? DelayPlaces.Longest(Sound.Scenes.Spacing)
                : SlowestDelay);

    /// <summary>The name of the file of the recording.</summary>
    public static string FileOf(Sound.Scene scene) => $"{scene.Name}.wav";

    /// <summary>The name of the file of a source.</summary>
    public static string FileOf(Separation separation, FoundSource source)
        => $"{separation.Scene.Name}-{(separation.IsGuided ? "guided-" : "")}{FileName(Tables.Name(source))}.wav";

    /// <summary>The name of the file of the voice that a source is.</summary>
    public static string TruthFileOf(Separation separation, FoundSource source)
        => $"{separation.Scene.Name}-true-{FileName(Tables.Name(source))}.wav";

    /// <summary>The page.</summary>
    /// <param name="separations">All that was separated.</param>
    /// <param name="method">What was minimised.</param>
    /// <param name="elapsed">Time of the whole run.</param>
    public static HtmlPage Page(IReadOnlyList<Separation> separations, string method, TimeSpan elapsed)
    {
        var page = new HtmlPage(
            "Who plays what, and from where",
            "Recordings of several channels taken apart into sources that are heard from different places: every "
            + "source is a nonnegative factorisation of its power spectrogram with a place of its own. "
            + $"{method}.")
        {
            Style = "td svg { display: block; } td { vertical-align: middle; } h3 { margin-top: 18px; }",
            Footer = $"The whole run took {Format.Seconds(elapsed)} on {Environment.ProcessorCount} processors.",
        };
        page.Tiles(separations.Where(s => s.Gain is not null).Select(s => (
            FormattableString.Invariant($"{s.Gain:+0.0;-0.0} dB"),
            $"SDR of the images, {s.Scene.Name}, {Tables.Knowledge(s)}")));
        foreach (var scene in separations.GroupBy(s => s.Scene))
        {
            var best = scene.MaxBy(s => s.Gain ?? 0)!;
            var bins = Math.Min(best.Mixture.Bins, 1 + (int)(
                GreatestFrequency / best.Mixture.Stft.Frequency(1, best.Mixture.SampleRate)));
            var reference = SoundFigures.GreatestPower(Power(best.Mixture), best.Mixture.Frames, bins);
            page.Part(scene.Key.Title);
            page.Section("The recording", Html.Audio(FileOf(scene.Key)), Figure(best.Mixture, bins, reference, 200));
            foreach (var separation in scene)
                AddSummary(page, separation);
            foreach (var source in best.Sources)
                AddSource(page, best, source, bins, reference);
        }

        return page;
    }

    private static void AddSummary(HtmlPage page, Separation separation)
    {
        var places = Places(separation);
        var known = separation.Scene.Voices.Count > 0;
        page.Section(
            $"Sources, {Tables.Knowledge(separation)}",
            Tables.Sources(separation, places).ToHtml(),
            Html.Note((known ? "SDR: the image of a voice over everything that is wrong with it; ISR: over what is "
                + "wrong with its place or colour; SIR: over the other voices in it; SAR: over noises that no voice "
                + $"has (BSS Eval of images, filters of {Separation.FilterLength} taps). " : "")
                + "Together the images are the recording, to "
                + $"{Format.Scientific(separation.GreatestError)} of its peak."
                + (separation.Model.Method is ExpectationMaximization
                    ? " While the noise of the model falls, the first hundred iterations, the objective may rise."
                    : "")),
            Html.SideBySide(
                Html.Chart(
                    PlaceChart.Draw(separation, places), known ? "Places: found, and true (dashed)" : "Places",
                    "How much sound comes from each place"),
                Html.Chart(
                    Chart.Objective([.. separation.Report.History.Select(p => (p.Iteration, p.Objective))]),
                    $"Objective, {separation.Report.Iterations} iterations", "Objective by iteration")));
    }

    private static void AddSource(
        HtmlPage page, Separation separation, FoundSource source, int bins, double reference)
    {
        var image = separation.Mixture.Stft.Analyze(source.Image);
        List<string> content = [
            $"<h3>found {Html.Audio(FileOf(separation, source))}</h3>", Figure(image, bins, reference, 150)];
        if (source.Truth is { } voice)
        {
            content.Add($"<h3>as it is {Html.Audio(TruthFileOf(separation, source))}</h3>");
            content.Add(Figure(separation.Mixture.Stft.Analyze(voice.Image), bins, reference, 150));
        }

        content.Add(ComponentTable(separation, source, bins));
        page.Section($"{Tables.Name(source)}, {Tables.Knowledge(separation)}", content);
    }

    private static string ComponentTable(Separation separation, FoundSource source, int bins)
    {
        var model = separation.Model;
        var (from, count) = model.Components(source.Number).GetOffsetAndLength(model.Activations.Columns);
        var color = Colors[source.Number % Colors.Length];
        double[][] activations = [.. Enumerable.Range(from, count).Select(k => Enumerable.Range(
            0, separation.Mixture.Frames).Select(n => Math.Sqrt(model.Activations[n, k])).ToArray())];
        var greatest = Math.Max(activations.Max(row => row.Max()), double.Epsilon);
        var rows = activations.Select((activation, c) =>
        {
            var spectrum = SoundFigures.InDecibels([.. Enumerable.Range(0, bins).Select(
                f => Math.Sqrt(model.Dictionary[f, from + c]))]);
            double[] relative = [.. activation.Select(a => a / greatest)];
            return $"""
                <tr><td class="number">{c + 1}</td><td>{SoundFigures.Curve(spectrum, 320, 44, "spectrum", color)}</td>
                <td>{SoundFigures.Curve(relative, 540, 44, "activation", color)}</td></tr>
                """;
        });
        return $"""
            <table>
            <thead><tr><th>#</th><th>Spectrum, 60 dB</th><th>Activation, amplitude</th></tr></thead>
            <tbody>
            {string.Join('\n', rows)}
            </tbody>
            </table>
            """;
    }

    private static string Figure(MultichannelSpectrogram sound, int bins, double reference, int height)
        => SoundFigures.Spectrogram(
            Power(sound), sound.Frames, bins, (double)sound.SignalLength / sound.SampleRate,
            sound.Stft.Frequency(bins, sound.SampleRate), reference, decibels: 70, height: height);

    // Of all channels together.
    private static Func<int, int, double> Power(MultichannelSpectrogram sound) => (n, f) =>
    {
        double sum = 0;
        foreach (var channel in sound.Channels)
        {
            var frame = channel.Frame(n);
            sum += ((double)frame[2 * f] * frame[2 * f]) + ((double)frame[(2 * f) + 1] * frame[(2 * f) + 1]);
        }

        return sum;
    };

    private static string FileName(string name) => name.Replace(' ', '-');
}

using System.Globalization;
using System.Text;
using Nmf.Audio;

namespace WaveformModels;

/// <summary>The sections of the page.</summary>
internal static class WaveformReport
{
    private const double GreatestFrequency = 8000;
    private const int Atoms = 24;
    private const int AtomWidth = 250;
    private const int AtomHeight = 60;

    public static void Denoising(HtmlPage page, IReadOnlyList<Denoised> results, Action<string, Sound> write)
    {
        // The sounds of the recording that gains most at the level in the middle.
        var shown = results.GroupBy(result => result.Level).OrderBy(level => level.Key).ToArray() is var levels
            ? levels[levels.Length / 2].MaxBy(result => result.Gain)! : results[0];
        page.Part("White noise taken away").Section(
            "Signal over error", WaveformModels.Denoising.Table(results).ToHtml(), Html.Note(
                "The same factorisation with the same frames, components, iterations and start, and the variance of "
                + "the noise given: of the spectrogram, whose Wiener filter gives the sound; and of the coefficients "
                + "from which the sound is synthesised. Deviation: what would have been estimated, over the truth."));
        foreach (var (name, file, samples) in new[]
        {
            ("the recording", "clean.wav", shown.Sound.Samples), ("with noise", "noisy.wav", shown.Mixture),
            ("Wiener filter", "filtered.wav", shown.ByFilter), ("synthesis", "synthesised.wav", shown.BySynthesis),
        })
            Listen(page, $"{shown.Sound.Title}: {name}", file, shown.Sound with { Samples = samples }, shown.Sound,
                write);
    }

    public static void Layers(HtmlPage page, Layers layers, Action<string, Sound> write)
    {
        page.Part("Tones and beats").Section(
            "Signal over error", layers.Table().ToHtml(), Html.Note(
                "A piano and castanets, one recording, two layers and a residual. Layers and residual are the "
                + $"recording to {Format.Scientific(layers.Difference)}."));
        foreach (var (name, file, samples) in new[]
        {
            ("The recording", "recording.wav", layers.Recording.Samples), ("Layer of long frames", "tones.wav",
                layers.Tones), ("Layer of short frames", "beats.wav", layers.Beats), ("Residual", "rest.wav",
                layers.Rest),
        })
            Listen(page, name, file, layers.Recording with { Samples = samples }, layers.Recording, write);
    }

    public static void Transforms(HtmlPage page, IReadOnlyList<LearntTransform> transforms, Table table)
    {
        page.Part("Transforms that are learnt").Section(
            "Objective", table.ToHtml(), Chart(transforms), Html.Note(
                "Itakura-Saito divergence of the squared coefficients of the frames of a piano from W H, eight "
                + "components; the same iterations for all."));
        foreach (var transform in transforms)
        {
            var order = transform.Model.AtomsByPower();
            page.Section(
                $"Atoms: {transform.Name}", "<div class=\"atoms\">" + string.Concat(order.Take(Atoms).Select(
                    i => Atom(transform.Model.Transform.Row(i), i))) + "</div>",
                Html.Note($"The {Math.Min(Atoms, order.Length)} atoms with the most power, the strongest first."));
        }
    }

    private static string Chart(IReadOnlyList<LearntTransform> transforms)
        => Html.Chart(
            Reporting.Chart.Lines("iteration", "objective", [.. transforms.Select(transform =>
            {
                var points = transform.Model.Report!.History.Skip(1).ToArray();
                return (transform.Name, points.Select(p => (double)p.Iteration).ToArray(),
                    points.Select(p => p.Objective).ToArray());
            })]), "Objective after every ten iterations", "Three falling curves");

    private static void Listen(
        HtmlPage page, string title, string file, Sound sound, Sound reference, Action<string, Sound> write)
    {
        write(file, sound);
        var stft = new Stft(new StftOptions { FrameLength = 1024 });
        var bins = Math.Min(stft.Bins, (int)(GreatestFrequency / stft.Frequency(1, sound.SampleRate)));
        var (power, ofReference) = (stft.Analyze(sound.Samples).Power(), stft.Analyze(reference.Samples).Power());
        page.Section(title, Html.Audio(file), SoundFigures.Spectrogram(
            (n, f) => power[n, f], power.Rows, bins, sound.Seconds, stft.Frequency(bins, sound.SampleRate),
            SoundFigures.GreatestPower((n, f) => ofReference[n, f], ofReference.Rows, bins), height: 150));
    }

    private static string Atom(ReadOnlySpan<float> values, int number)
    {
        var greatest = 0f;
        foreach (var value in values)
            greatest = Math.Max(greatest, Math.Abs(value));
        var points = new StringBuilder();
        for (var t = 0; t < values.Length; t++)
        {
            var x = (t + 0.5) * AtomWidth / values.Length;
            var y = (AtomHeight / 2.0) - (values[t] / greatest * (AtomHeight - 4) / 2);
            points.Append(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#} ");
        }

        return $"<svg viewBox=\"0 0 {AtomWidth} {AtomHeight}\" width=\"{AtomWidth}\" height=\"{AtomHeight}\" "
            + $"role=\"img\" aria-label=\"atom {number}\"><polyline points=\"{points}\" fill=\"none\" "
            + "stroke=\"#2a6fb0\" stroke-width=\"1\"/></svg>";
    }
}

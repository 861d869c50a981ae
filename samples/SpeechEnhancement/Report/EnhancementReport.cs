using Nmf.Audio;
using ScottPlot;
using SpeechEnhancement.Evaluation;
using SpeechEnhancement.Sound;

namespace SpeechEnhancement.Report;

/// <summary>Everything as one page with its figures inside; the sounds lie beside it.</summary>
internal static class EnhancementReport
{
    private const double GreatestFrequency = 5000;
    private const int FigureHeight = 190;

    private static readonly Stft Frames = new(new StftOptions { FrameLength = 512, HopLength = 128 });

    /// <summary>The page.</summary>
    /// <param name="sounds">What was spoken and what was noise.</param>
    /// <param name="outcomes">All methods on all mixtures.</param>
    /// <param name="example">One mixture in detail.</param>
    /// <param name="signals">Its speech, and what each method made of it, with the file of each.</param>
    /// <param name="elapsed">Time of the whole run.</param>
    public static HtmlPage Page(
        SoundSet sounds, IReadOnlyList<Outcome> outcomes, Mixture example,
        IReadOnlyList<(string Name, float[] Samples, string File)> signals, TimeSpan elapsed)
    {
        var page = new HtmlPage(
            "Speech without the helicopter",
            $"{sounds.Title}. {sounds.Test.Count} pieces of speech in {sounds.Noises.Count} pieces of helicopters; "
            + $"spectra of speech learnt from {sounds.Training.Count} recordings of others.")
        {
            Footer = "Settings were chosen on other speakers and other helicopters. "
                + $"The whole run took {Format.Seconds(elapsed)} on {Environment.ProcessorCount} processors.",
        };
        page.Tiles(outcomes.Where(o => o.Decibels == Study.Ratios[0] && o.Method != Method.Noisy)
            .Select(o => (Tables.Signed(Score.Mean(o.Improvements).Distortion) + " dB",
                $"SDR, {o.Method}, mixtures at {Tables.Ratio(o.Decibels)}")));
        page.Section(
            "How much better?",
            Tables.Summary(outcomes).ToHtml(),
            Html.Note(
                "Means over all mixtures. SDR, SIR and SAR are those of BSS Eval with filters of 512 taps: "
                + "speech over everything else, over the noise that is left, and over what is neither. "
                + "SI-SDR allows no filter: it also counts speech whose spectrum has changed. "
                + "The error is the standard error of the mean improvement of the SDR."),
            Html.Chart(
                Chart(outcomes), "Improvement of the SDR over the noisy mixture, mean and standard error, in dB.",
                "Improvement of the SDR by method and mixture"));
        page.Section($"One of them: {example.Name} at {Tables.Ratio(example.Decibels)}", Figures(signals));
        foreach (var ratio in Study.Ratios)
        {
            page.Section(
                $"SDR of every mixture at {Tables.Ratio(ratio)}",
                Tables.Every([.. outcomes.Where(o => o.Decibels == ratio)], Study.Mixtures(sounds, ratio)).ToHtml());
        }

        return page;
    }

    /// <summary>The page of a recording whose speech is not known.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="signals">What each method made of it, with the file of each.</param>
    /// <param name="elapsed">Time of the whole run.</param>
    public static HtmlPage Page(
        string name, IReadOnlyList<(string Name, float[] Samples, string File)> signals, TimeSpan elapsed)
        => new HtmlPage(
            $"{name}, without its noise",
            "Spectra of speech learnt from recordings of others, and an estimator that learns nothing. The speech of "
            + "this recording is not known, so there are no scores.")
        {
            Footer = $"The whole run took {Format.Seconds(elapsed)} on {Environment.ProcessorCount} processors.",
        }.Section("Listen and look", Figures(signals));

    private static List<string> Figures(IReadOnlyList<(string Name, float[] Samples, string File)> signals)
    {
        var reference = 0.0;
        var figures = new List<string>();
        foreach (var (name, samples, file) in signals)
        {
            var spectrogram = Frames.Analyze(samples);
            var power = spectrogram.Power();
            var binWidth = Frames.Frequency(1, SoundSet.SampleRate);
            var bins = (int)(GreatestFrequency / binWidth);
            if (reference == 0)
                reference = SoundFigures.GreatestPower((n, f) => power[n, f], power.Rows, bins);
            figures.Add($"<h3>{Html.Text(name)} {Html.Audio(file)}</h3>");
            figures.Add(SoundFigures.Spectrogram(
                (n, f) => power[n, f], power.Rows, bins, (double)samples.Length / SoundSet.SampleRate, bins * binWidth,
                reference, decibels: 60, height: FigureHeight));
        }

        return figures;
    }

    private static string Chart(IReadOnlyList<Outcome> outcomes)
    {
        using var plot = Reporting.Chart.New("", "improvement of the SDR (dB)");
        string[] methods = [.. outcomes.Select(o => o.Method).Distinct().Where(name => name != Method.Noisy)];
        for (var r = 0; r < Study.Ratios.Length; r++)
        {
            var bars = methods.Select((name, m) =>
            {
                var outcome = outcomes.First(o => o.Method == name && o.Decibels == Study.Ratios[r]);
                return new Bar
                {
                    Position = (m * (Study.Ratios.Length + 1)) + r,
                    Value = Score.Mean(outcome.Improvements).Distortion,
                    Error = Tables.StandardError(outcome),
                    FillColor = Reporting.Chart.Series(r),
                    LineColor = Colors.Black,
                    LineWidth = 1,
                };
            });
            plot.Add.Bars(bars.ToList()).LegendText = $"speech {Tables.Ratio(Study.Ratios[r])} over noise";
        }

        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. methods.Select((name, m) => new Tick((m * (Study.Ratios.Length + 1)) + 0.5, name))]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        Reporting.Chart.ShowLegend(plot);
        return Reporting.Chart.Render(plot, 320);
    }
}

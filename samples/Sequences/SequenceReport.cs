namespace Sequences;

/// <summary>Writes everything as one HTML file.</summary>
internal static class SequenceReport
{
    // A colour step for every factor of ten, down to a thousandth of the largest transition.
    private const double Decades = 3;

    /// <summary>Writes the file, over an older one.</summary>
    public static void Write(
        string path, Performances performances, IReadOnlyList<SmoothnessStudy> studies, Table smoothness,
        LearntNotes learnt, IReadOnlyList<ForecastStudy> forecasts, Table forecast, IReadOnlyList<FilterSpeed> speeds,
        TimeSpan elapsed)
    {
        var page = new HtmlPage(
            "Activations with a memory",
            $"{performances.Title}: "
            + "smooth Itakura-Saito NMF, and the nonnegative dynamical system, which learns what follows what.")
        {
            Footer = $"The whole run took {Format.Seconds(elapsed)} on {Environment.ProcessorCount} processors. "
                + "A patent application exists on transforming signals with the dynamical system (WO 2014/065342).",
        };
        (string, string)[] ofTune = performances.HasTune
            ? [($"{learnt.Successors} of {Melody.Notes.Count}", "notes with the right likeliest successor")] : [];
        page.Tiles([
            .. ofTune,
            (Format.Figure(forecasts[1].Transitions, 2), "divergence per entry of forecasts two frames ahead; "
                + $"of the mean spectrum {Format.Figure(forecasts[1].Mean, 2)}"),
            (Format.Figure(speeds[^1].RealTimeFactor, 3),
                $"real-time factor of the causal filter, K = {speeds[^1].Components}, 16 kHz, one thread")]);
        page.Section(
            "Smoothness",
            Html.Paragraph(
                "The activation of one component, one note, under four weights λ of the penalty λ Σ d_IS(h before | "
                + "h); plain IS-NMF is λ = 0. Each fit starts from the one before."),
            Html.SideBySide(studies.Select(study => Html.Chart(
                Activation(study), $"λ = {study.Smoothness:0}", $"Activation for λ = {study.Smoothness:0}"))),
            smoothness.ToHtml(),
            Html.Note(
                "Powers on a logarithmic scale. The divergence is what smoothness costs, the roughness what it buys: "
                + "Σ d_IS of neighbours, per frame and component. "
                + "Without a penalty some activations fall to the floor of 1e-18, and the roughness has no meaning."));
        page.Section(
            "What follows what",
            Html.SideBySide(
                $"<figure><figcaption>A: which note gives its power to which</figcaption>{Matrix(learnt)}</figure>",
                Html.Chart(
                    Chart.Lines(
                        "frames ahead", "divergence per entry",
                        ("dynamical system", Ahead(), [.. forecasts.Select(f => f.Transitions)]),
                        ("mean spectrum", Ahead(), [.. forecasts.Select(f => f.Mean)])),
                    "Forecasts of unseen performances", "Divergence of forecasts by frames ahead")),
            Html.Note(
                "The darker, the more power component j (column) gives to component i (row) in the next frame, "
                + FormattableString.Invariant($"{Melody.FrameSeconds * 1000:F0} ms later; logarithmic, {Decades:F0} ")
                + "decades. " + (performances.HasTune
                    ? "Components are in the order of the tune: the diagonal is \"the note goes on\", "
                        + "below it and at the top right stands \"the next note begins\". "
                        + "Notes last about " + FormattableString.Invariant($"{0.26 / Melody.FrameSeconds:F0} frames.")
                    : "The diagonal is \"it goes on\".")),
            forecast.ToHtml(),
            Html.Note(
                "\"All stays as it is\" forecasts W h of the last frame: where a note begins that did not sound, "
                + "its powers are hundreds of times too small, which this divergence punishes. Far ahead the system no "
                + "longer knows when notes change, only which, and the mean spectrum is the safer forecast."));
        var filters = new Table(">K", ">µs a frame", ">real-time factor");
        foreach (var speed in speeds)
            filters.Add(
                Format.Count(speed.Components), Format.Figure(speed.MicrosecondsPerFrame, 0),
                Format.Figure(speed.RealTimeFactor, 4));
        page.Section(
            "In real time", filters.ToHtml(),
            Html.Note("The causal filter takes a frame and gives its activations, with 20 updates, on one thread; "
                + $"{Melody.Bins} frequencies, a frame every {Melody.FrameSeconds * 1000:F0} ms. Least of five runs."));
        page.Save(path);

        double[] Ahead() => [.. forecasts.Select(study => (double)study.Ahead)];
    }

    private static string Activation(SmoothnessStudy study)
    {
        using var plot = Chart.New("time (s)", "activation (power)");
        var line = plot.Add.Scatter(
            study.Activations.Select((_, n) => n * Melody.FrameSeconds).ToArray(),
            Array.ConvertAll(study.Activations, h => Math.Log10(Math.Max(h, 1e-6))));
        line.Color = Chart.Blue;
        line.LineWidth = 1.5f;
        line.MarkerSize = 0;
        plot.Axes.SetLimitsY(-6.5, 4);
        Chart.LabelByValues(plot.Axes.Left, -6, 4);
        return Chart.Render(plot, 200);
    }

    private static string Matrix(LearntNotes learnt)
    {
        var largest = learnt.Transitions.Cast<double>().Max();
        return MatrixFigure.Svg(
            learnt.Names,
            (i, j) => Palette.Heat(1 + (Math.Log10(Math.Max(learnt.Transitions[i, j] / largest, 1e-12)) / Decades)),
            "to (next frame)", "from (this frame)", "The matrix of transitions");
    }
}

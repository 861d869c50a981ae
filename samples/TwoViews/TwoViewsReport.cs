namespace TwoViews;

/// <summary>The findings as tables and as an HTML page.</summary>
internal static class TwoViewsReport
{
    public const string Legend =
        "Errors are sums of squares over those of the true pictures, means over the scenes. In brackets: in how many "
        + "scenes the error is smaller than that of the picture alone. Means are those of each pixel; the weight of "
        + "ridge regression is the best one for the pictures to predict, which nobody knows beforehand.";

    private const int Shown = 6;

    // Whose scene is drawn.
    private const int Drawn = 2;
    private const int SharedWay = 1;

    public static Table DenoisedTable(IReadOnlyList<Study> studies) => Compare(studies, found => found.Denoised, 3);

    public static Table AngleTable(IReadOnlyList<Study> studies) => Compare(studies, found => found.Angle, 1);

    public static Table PredictionTable(IReadOnlyList<Study> studies)
    {
        var table = new Table([
            ">moments", ">photons", ">hidden", ">means", ">ridge", .. Way.All.Skip(1).Select(way => ">" + way.Name)]);
        foreach (var study in studies)
        {
            table.Add([
                .. Describe(study), Format.Figure(study.Mean(trial => trial.Means)),
                Format.Figure(study.Mean(trial => trial.Ridge)),
                .. Enumerable.Range(1, Way.All.Count - 1).Select(
                    way => Format.Figure(study.Mean(way, found => found.Predicted)))]);
        }

        return table;
    }

    public static HtmlPage Create(IReadOnlyList<Study> studies)
    {
        var page = new HtmlPage(
            "Two views of one scene",
            $"{Scene.Events} events are heard and seen, several at a time. The sound is clear, the picture is taken "
            + "with little light. Learnt together, the sound tells which pixels belong together; and it tells what a "
            + "picture would show that was not taken.");
        var trial = studies[Drawn].Trials[0];
        var conditions = studies[Drawn].Conditions;
        page.Tiles(
            (Format.Figure(trial.Findings[0].Denoised), "error of the pictures, learnt alone"),
            (Format.Figure(trial.Findings[SharedWay].Denoised), "learnt with the sound"),
            (Format.Figure(trial.Ridge), "error of predictions by ridge regression"),
            (Format.Figure(trial.Findings[SharedWay].Predicted), "of those by co-factorisation"));
        page.Section(
            "What the camera sees",
            Html.SideBySide(
                Moments(trial.Scene.Picture.Train, "Pictures as they were taken", "Noisy pictures."),
                Moments(trial.Scene.Clear.Train, "The same without noise", "Pictures without noise.")));
        page.Section(
            "What the events look like",
            Html.SideBySide(
                Shapes(trial.Scene.Shapes, "In truth"), Shapes(trial.Findings[0].Shapes, "Found in the pictures alone"),
                Shapes(trial.Findings[SharedWay].Shapes, "Found in sound and pictures")),
            Html.Note(
                $"One scene: {conditions.Rows} moments, {conditions.Light} photons in a pixel on average."));
        page.Section(
            "What was heard and not seen",
            Html.SideBySide(
                Moments(trial.Scene.Clear.Test, "In truth", "Pictures that were not taken."),
                Moments(trial.RidgePrediction.ToRowMajor(), "Ridge regression", "Pictures predicted by regression."),
                Moments(
                    trial.Findings[SharedWay].Prediction!.ToRowMajor(), "Co-factorisation",
                    "Pictures predicted by co-factorisation.")));
        page.Section("Error of the denoised pictures", DenoisedTable(studies).ToHtml());
        page.Section("Angle between found and true pictures of the events, degrees", AngleTable(studies).ToHtml());
        page.Section("Error of pictures predicted from the sound", PredictionTable(studies).ToHtml());
        page.Footer = Legend;
        return page;
    }

    private static Table Compare(IReadOnlyList<Study> studies, Func<Finding, double> of, int decimals)
    {
        var table = new Table([">moments", ">photons", ">hidden", .. Way.All.Select(way => ">" + way.Name)]);
        foreach (var study in studies)
        {
            table.Add([
                .. Describe(study), .. Enumerable.Range(0, Way.All.Count).Select(way =>
                    Format.Figure(study.Mean(way, of), decimals) + (way == 0 ? "" : $" ({study.Better(way, of)})"))]);
        }

        return table;
    }

    private static string[] Describe(Study study) =>
    [
        Format.Count(study.Conditions.Rows), Format.Figure(study.Conditions.Light, 1),
        Format.Percent(study.Conditions.Hidden),
    ];

    private static string Moments(double[] values, string caption, string alternative) => Html.Picture(
        Pictures.Mosaic(
            [.. Enumerable.Range(0, Shown).Select(n => Framed(
                values[(n * Scene.Pixels)..((n + 1) * Scene.Pixels)]))],
            Scene.Side + 2, Shown / 2, Palette.Heat, 6), caption, alternative);

    private static string Shapes(double[][] shapes, string caption) => Html.Picture(
        Pictures.Mosaic([.. shapes.Select(Framed)], Scene.Side + 2, Scene.Events / 2, Palette.Heat, 6), caption,
        "A picture of each event.");

    // Dark pictures have no edges of their own.
    private static float[] Framed(double[] values)
    {
        const int Width = Scene.Side + 2;
        var scaled = Pictures.Scaled(Array.ConvertAll(values, value => (float)value));
        return [.. Enumerable.Range(0, Width * Width).Select(i =>
        {
            var (x, y) = ((i % Width) - 1, (i / Width) - 1);
            return x is >= 0 and < Scene.Side && y is >= 0 and < Scene.Side ? scaled[(y * Scene.Side) + x] : 0.15f;
        })];
    }
}

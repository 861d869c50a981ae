using Nmf.Hyperspectral;
using SkiaSharp;

namespace HyperspectralUnmixing;

/// <summary>The findings as one HTML page.</summary>
internal sealed class UnmixingReport
{
    private readonly HtmlPage _page;
    private readonly Unmixing _unmixing;
    private readonly string[] _names;
    private readonly int _zoom;

    public UnmixingReport(
        Options options, Unmixing unmixing, FalseColor preview, string[] names, Truth? truth, Accuracy? accuracy)
    {
        (_unmixing, _names) = (unmixing, names);
        var header = unmixing.Header;
        _zoom = Math.Clamp(240 / header.Samples, 1, 6);
        _page = new HtmlPage(
            $"{options.Materials} materials in a hyperspectral picture",
            options.Cube is null
                ? $"A landscape made by the sample, with noise at {options.Decibels:0} dB and no more than "
                    + $"{options.Purity:0 %} of one material in a pixel, written and read as an ENVI file."
                : $"{Path.GetFileName(options.Cube)}: {header.Lines} lines of {header.Samples} pixels.");
        _page.Tiles(Tiles(accuracy));
        _page.Section(
            "Where the materials are",
            Html.SideBySide(Picture(preview)),
            Html.Note("Abundance of each material, from 0 (dark) to 1 (yellow)."),
            Html.SideBySide(Maps()),
            Html.SideBySide(TrueMaps(truth, accuracy)));
        _page.Section(
            "What they look like",
            Html.SideBySide(Spectra(truth, accuracy)),
            Html.Note(
                (truth is null ? "" : "Grey: the true spectrum, on the same axis as the one found. ")
                + "Every material has an axis of its own, from 0, so that dark ones show their shape too."));
        if (truth is not null && accuracy is not null)
            _page.Section("How near they are to the truth", AccuracyTable(truth, accuracy).ToHtml());
        _page.Footer = options.Volume switch
        {
            null => "The noise gives the weight of the volume.",
            0 => "Fit without a penalty on the volume.",
            _ => $"Minimum volume with weight {options.Volume}.",
        };
    }

    public static Table AccuracyTable(Truth truth, Accuracy accuracy)
    {
        var table = new Table("Material", ">Spectral angle");
        for (var k = 0; k < truth.Endmembers.Names.Count; k++)
            table.Add(
                truth.Endmembers.Names[k],
                double.IsNaN(accuracy.Degrees[k]) ? "–" : $"{Format.Figure(accuracy.Degrees[k], 2)}°");
        return table;
    }

    public static Table StudyTable(Comparison[] pure, Comparison[] mixed)
    {
        var table = new Table(">Seed", ">Pure: search", ">Fit", ">Default", ">Purity 0.8: search", ">Fit", ">Default");
        for (var i = 0; i < pure.Length; i++)
            table.Add(
                $"{pure[i].Seed}", $"{pure[i].Search}", $"{pure[i].Fit}", $"{pure[i].Volume}", $"{mixed[i].Search}",
                $"{mixed[i].Fit}", $"{mixed[i].Volume}");
        return table;
    }

    /// <summary>The worst scene with pure pixels, and the least that minimum volume gains without them.</summary>
    public static string StudySummary(Comparison[] pure, Comparison[] mixed)
        => $"Pure pixels: at most {Format.Figure(pure.Max(c => c.Volume.Degrees), 2)}° and "
            + $"{Format.Figure(pure.Max(c => c.Volume.Error), 4)} by default. Purity 0.8: "
            + $"its angle is at least {Format.Figure(mixed.Min(c => c.Search.Degrees / c.Volume.Degrees), 1)} times "
            + "smaller than that of the search.";

    public void Add(LandCover land)
    {
        var samples = _unmixing.Header.Samples;
        var map = Pictures.Draw(
            samples, _unmixing.Header.Lines, (x, y) => Colour(land.Classes[(y * samples) + x]), _zoom);
        _page.Section(
            "A class for each pixel",
            Html.Paragraph(
                "One ML.NET pipeline from the spectrum over the abundances to a class, "
                + $"trained with {land.Labelled} labelled pixels, saved, loaded, and applied to the ENVI file: "
                + $"{Format.Percent(land.Accuracy)} of the other pixels get the material that they have most of."),
            Html.SideBySide(Html.SmallPicture(map, "Predicted class", "Predicted class of every pixel"), Legend()));
    }

    public void Add(Comparison[] pure, Comparison[] mixed)
        => _page.Section(
            $"{pure.Length} other scenes of each kind",
            Html.Paragraph(
                $"{Study.Scenes}. Mean spectral angle and root mean square error of the abundances. "
                + "\"Search\" takes the purest pixels for the materials (successive projection), "
                + "\"fit\" goes on from there, \"default\" has a start that several searches compete for and a "
                + "penalty on the volume that the noise asks for."),
            StudyTable(pure, mixed).ToHtml(),
            Html.Paragraph(StudySummary(pure, mixed)));

    public void Save(string path) => _page.Save(path);

    private IEnumerable<(string Value, string Caption)> Tiles(Accuracy? accuracy)
    {
        yield return (Format.Count(_unmixing.Pixels), $"pixels of {_unmixing.Bands.Count} bands");
        if (accuracy is not null)
            yield return ($"{Format.Figure(accuracy.MeanDegrees, 2)}°", "mean angle to the true spectra");
        if (accuracy is not null && !double.IsNaN(accuracy.AbundanceError))
            yield return (Format.Figure(accuracy.AbundanceError, 4), "root mean square error of the abundances");
        if (_unmixing.Estimate is { } estimate)
            yield return ($"{estimate.Endmembers}",
                $"materials estimated by HySime, noise at {Format.Figure(estimate.SignalToNoiseRatio, 0)} dB");
        yield return (Format.Percent(_unmixing.ExplainedPart), "better than a constant");
        yield return (Format.Seconds(_unmixing.FitTime), $"to find them, {_unmixing.Iterations} iterations");
        yield return (Format.Seconds(_unmixing.MapTime), "to map them");
    }

    private string Picture(FalseColor preview)
    {
        return Html.SmallPicture(
            Pictures.Draw(preview.Width, preview.Height, Colour, _zoom),
            $"Red, green and blue: {string.Join(", ", preview.Bands.Select(_unmixing.Header.BandLabel))}",
            "The picture in three of its bands");

        SKColor Colour(int x, int y)
        {
            var rgba = preview.Rgba.Slice(4 * ((y * preview.Width) + x), 4);
            return rgba[3] == 0 ? SKColors.White : new SKColor(rgba[0], rgba[1], rgba[2]);
        }
    }

    private IEnumerable<string> Maps()
        => _names.Select(
            (name, k) => Html.SmallPicture(Map(_unmixing.Abundances, _names.Length, k), name, $"Abundance of {name}"));

    private IEnumerable<string> TrueMaps(Truth? truth, Accuracy? accuracy)
    {
        if (truth?.Abundances is not { } abundances)
            yield break;
        foreach (var reference in InOrder(accuracy!))
            yield return Html.SmallPicture(
                Map(abundances, accuracy!.ComponentOf.Count, reference), $"True {truth.Endmembers.Names[reference]}",
                $"True abundance of {truth.Endmembers.Names[reference]}");
    }

    private IEnumerable<string> Spectra(Truth? truth, Accuracy? accuracy)
    {
        var header = _unmixing.Header;
        double[] x = [.. _unmixing.Bands.Select(band => header.Wavelengths?[band] ?? band + 1)];
        var unit = header.WavelengthUnits?.ToLowerInvariant() switch
        {
            null => "unit unknown",
            "micrometers" or "micrometres" => "µm",
            "nanometers" or "nanometres" => "nm",
            var other => other,
        };
        var axis = header.Wavelengths is null ? "band" : $"wavelength ({unit})";
        for (var k = 0; k < _names.Length; k++)
        {
            using var plot = Chart.New(axis, "reflectance");
            var references = accuracy is null ? [] : Enumerable.Range(0, accuracy.ComponentOf.Count).Where(
                reference => accuracy.ComponentOf[reference] == k);
            foreach (var reference in references)
                Add(plot, truth!.Endmembers.Spectra[reference], Chart.Grey, 6);
            Add(plot, _unmixing.Endmembers[k], Chart.Series(k), 2);
            plot.Axes.AutoScale();
            plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
            yield return Html.Chart(Chart.Render(plot, 220), _names[k], $"Spectrum of {_names[k]}, found and true");
        }

        void Add(ScottPlot.Plot plot, float[] values, ScottPlot.Color color, float width)
        {
            var line = plot.Add.Scatter(x, Array.ConvertAll(values, value => (double)value));
            (line.Color, line.LineWidth, line.MarkerSize) = (color, width, 0);
        }
    }

    /// <summary>True spectra in the order of the found ones, so that places and colours agree; those without
    /// one at the end.</summary>
    private static IEnumerable<int> InOrder(Accuracy accuracy)
        => Enumerable.Range(0, accuracy.ComponentOf.Count).OrderBy(
            reference => accuracy.ComponentOf[reference] < 0 ? int.MaxValue : accuracy.ComponentOf[reference]);

    private string Map(float[] maps, int count, int map)
    {
        var samples = _unmixing.Header.Samples;
        return Pictures.Draw(
            samples, _unmixing.Header.Lines, (x, y) => Shade(maps[(((y * samples) + x) * count) + map]), _zoom);
    }

    private static SKColor Shade(float value) => float.IsNaN(value) ? SKColors.White : Palette.Map(value);

    private string Legend() => $"<p>{string.Join("<br>", _names.Select(LegendEntry))}</p>";

    private string LegendEntry(string name, int component)
    {
        var style = $"display:inline-block;width:14px;height:14px;background:#{Hex(Colour(component))}";
        return $"<span style=\"{style}\"></span> {Html.Text(name)}";
    }

    private static string Hex(SKColor colour) => $"{colour.Red:x2}{colour.Green:x2}{colour.Blue:x2}";

    private static SKColor Colour(int series)
    {
        var color = Chart.Series(series);
        return new SKColor(color.R, color.G, color.B);
    }
}

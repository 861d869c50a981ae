using Nmf.Audio;
using ScottPlot;
using StereoSeparation.Analysis;

namespace StereoSeparation.Report;

/// <summary>Where the recording and the sources come from.</summary>
internal static class PlaceChart
{
    /// <summary>Grey the recording, in colour the sources, dashed where the voices are.</summary>
    public static string Draw(Separation separation, PlaceMeasure places)
    {
        using var plot = Chart.New(places.Name);
        Add(plot, separation.Mixture, places, Chart.Grey, "the recording");
        for (var j = 0; j < separation.Sources.Count; j++)
        {
            var source = separation.Sources[j];
            var image = separation.Mixture.Stft.Analyze(source.Image);
            Add(plot, image, places, Chart.Series(j), Tables.Name(source));
            if (source.Truth is { } voice)
            {
                var line = plot.Add.VerticalLine(places.Of(separation.Mixture.Stft.Analyze(voice.Image)));
                (line.Color, line.LineWidth, line.LinePattern) = (Chart.Series(j), 2, LinePattern.Dashed);
            }
        }

        plot.Axes.SetLimits(places.Places[0], places.Places[^1], 0, 1.05);
        Chart.ShowLegend(plot);
        return Chart.Render(plot);
    }

    private static void Add(
        Plot plot, MultichannelSpectrogram sound, PlaceMeasure places, Color color, string name)
    {
        var line = plot.Add.Scatter(places.Places, Array.ConvertAll(places.Curve(sound), y => Math.Max(0, y)));
        (line.Color, line.LineWidth, line.MarkerSize, line.LegendText) = (color, 2, 0, name);
        (line.FillY, line.FillYColor) = (true, color.WithAlpha(0.15));
    }
}

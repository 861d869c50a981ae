using System.Globalization;
using System.Text;

namespace Reporting;

/// <summary>Figures of sounds as SVG, whose text the browser draws: no fonts are needed here.</summary>
public static class SoundFigures
{
    private const int SpectrogramWidth = 1040;
    private const int Margin = 46;

    /// <summary>A filled curve over the whole width.</summary>
    /// <param name="values">Values from 0 to 1; those outside are clipped.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="title">What the figure shows, for who cannot see it.</param>
    /// <param name="color">Colour, as in a style sheet.</param>
    public static string Curve(double[] values, int width, int height, string title, string color = "#2a6fb0")
    {
        // The greatest value of every half pixel: short peaks stay visible.
        var columns = Math.Min(values.Length, 2 * width);
        var points = new StringBuilder(Invariant($"M0,{height}"));
        for (var c = 0; c < columns; c++)
        {
            var from = (int)((long)c * values.Length / columns);
            var to = Math.Max(from + 1, (int)((c + 1L) * values.Length / columns));
            var value = Math.Clamp(values[from..to].Max(), 0, 1);
            points.Append(Invariant($"L{(c + 0.5) * width / columns:0.#},{height - (value * (height - 1)):0.#}"));
        }

        // As wide as its place, up to its own width: a table of many columns stays within its box.
        var size = Invariant($"viewBox=\"0 0 {width} {height}\" style=\"max-width:{width}px\" height=\"{height}\"");
        var shape = Invariant($"d=\"{points}L{width},{height}Z\"");
        return $"<svg class=\"curve\" {size} preserveAspectRatio=\"none\" role=\"img\" "
            + $"aria-label=\"{Html.Text(title)}\"><path {shape} fill=\"{color}\" fill-opacity=\"0.25\" "
            + $"stroke=\"{color}\" stroke-width=\"1\" vector-effect=\"non-scaling-stroke\"/></svg>";
    }

    /// <summary>Amplitudes on a scale from so many decibels below the greatest (0) to the greatest (1).</summary>
    /// <param name="amplitude">Amplitudes.</param>
    /// <param name="range">Decibels between 0 and 1.</param>
    public static double[] InDecibels(ReadOnlySpan<double> amplitude, double range = 60)
    {
        var greatest = double.Epsilon;
        foreach (var value in amplitude)
            greatest = Math.Max(greatest, value);
        var levels = new double[amplitude.Length];
        for (var f = 0; f < levels.Length; f++)
            levels[f] = 1 + (20 * Math.Log10(Math.Max(amplitude[f] / greatest, 1e-9)) / range);
        return levels;
    }

    /// <summary>A power spectrogram from white to black, with its axes.</summary>
    /// <param name="power">Power by frame and frequency.</param>
    /// <param name="frames">Number of frames.</param>
    /// <param name="bins">Number of frequencies that are shown, from 0.</param>
    /// <param name="seconds">Length of all frames.</param>
    /// <param name="highest">Frequency of the bin after the last, in hertz.</param>
    /// <param name="reference">Power that is black; 0 for the greatest of all. Spectrograms that are to be
    /// compared have the same.</param>
    /// <param name="decibels">Range below the reference; what is below that is white.</param>
    /// <param name="height">Height in pixels without the axis.</param>
    public static string Spectrogram(
        Func<int, int, double> power, int frames, int bins, double seconds, double highest, double reference = 0,
        double decibels = 80, int height = 260)
    {
        if (reference <= 0)
            reference = GreatestPower(power, frames, bins);
        var columns = Math.Min(frames, 2 * SpectrogramWidth);
        var image = Pictures.Draw(columns, bins, (c, y) => Palette.Heat(1 + (10 * Math.Log10(
            Math.Max(power((int)((long)c * frames / columns), bins - 1 - y) / reference, 1e-12)) / decibels)));
        var box = Invariant($"0 0 {SpectrogramWidth + Margin + 10} {height + 44}");
        var size = Invariant($"width=\"{SpectrogramWidth}\" height=\"{height}\"");
        var svg = new StringBuilder($"<svg viewBox=\"{box}\" width=\"100%\" role=\"img\" aria-label=\"Spectrogram\">");
        svg.Append(Invariant($"<image x=\"{Margin}\" y=\"6\" {size} preserveAspectRatio=\"none\" href=\"{image}\"/>"));
        for (var kilohertz = 0; kilohertz * 1000 <= highest; kilohertz++)
        {
            var y = 6 + (height * (1 - (kilohertz * 1000 / highest))) + 4;
            svg.Append(Invariant($"<text x=\"{Margin - 6}\" y=\"{y:0}\" text-anchor=\"end\">{kilohertz}</text>"));
        }

        var step = TickStep(seconds);
        for (var second = 0.0; second <= seconds; second += step)
        {
            var x = Margin + (SpectrogramWidth * second / seconds);
            svg.Append(Invariant($"<text x=\"{x:0}\" y=\"{height + 22}\" text-anchor=\"middle\">{second:0.##}</text>"));
        }

        var middle = Margin + (SpectrogramWidth / 2);
        svg.Append(Invariant($"<text x=\"{middle}\" y=\"{height + 40}\" text-anchor=\"middle\">time (s)</text>"));
        svg.Append(
            Invariant($"<text transform=\"translate(12,{6 + (height / 2)}) rotate(-90)\" text-anchor=\"middle\">"));
        svg.Append("frequency (kHz)</text></svg>");
        return svg.ToString();
    }

    /// <summary>The greatest power of a spectrogram, at least the least positive number.</summary>
    public static double GreatestPower(Func<int, int, double> power, int frames, int bins)
    {
        var greatest = double.Epsilon;
        for (var n = 0; n < frames; n++)
        {
            for (var f = 0; f < bins; f++)
                greatest = Math.Max(greatest, power(n, f));
        }

        return greatest;
    }

    private static double TickStep(double seconds)
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(seconds, 1e-3) / 5)));
        return seconds / step > 20 ? 5 * step : seconds / step > 10 ? 2 * step : step;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;
using Nmf.Audio;
using PianoDecomposition.Sound;
using SkiaSharp;

namespace PianoDecomposition.Report;

/// <summary>The figures of the report as SVG, whose text the browser draws: no fonts are needed here.</summary>
internal static class Svg
{
    private const double GreatestFrequency = 5000;
    private const double Range = 60;
    private const int SpectrogramWidth = 1040;
    private const int SpectrogramHeight = 260;
    private const int Margin = 46;

    /// <summary>A filled curve over the whole width, with its values between 0 and 1.</summary>
    /// <param name="values">Values; those outside are clipped.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="title">What the figure shows, for who cannot see it.</param>
    /// <param name="color">Colour.</param>
    public static string Curve(double[] values, int width, int height, string title, string color)
    {
        // The greatest value of every half pixel: short peaks stay visible.
        var columns = Math.Min(values.Length, 2 * width);
        var points = new StringBuilder(Invariant($"M0,{height}"));
        for (var c = 0; c < columns; c++)
        {
            var from = c * values.Length / columns;
            var to = Math.Max(from + 1, (c + 1) * values.Length / columns);
            var value = Math.Clamp(values[from..to].Max(), 0, 1);
            points.Append(Invariant($"L{(c + 0.5) * width / columns:0.#},{height - (value * (height - 1)):0.#}"));
        }

        return Invariant($"<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{title}\">")
            + Invariant($"<path d=\"{points}L{width},{height}Z\" fill=\"{color}\" fill-opacity=\"0.25\" stroke=\"{color}\" stroke-width=\"1\"/></svg>");
    }

    /// <summary>Amplitudes up to 5 kHz on a scale of 60 dB below the greatest.</summary>
    public static double[] InDecibels(double[] amplitude, double binWidth)
    {
        var shown = amplitude.AsSpan(0, Math.Min(amplitude.Length, (int)(GreatestFrequency / binWidth))).ToArray();
        var greatest = Math.Max(shown.Max(), double.Epsilon);
        return [.. shown.Select(a => 1 + (20 * Math.Log10(Math.Max(a / greatest, 1e-9)) / Range))];
    }

    /// <summary>The power spectrogram up to 5 kHz, 80 dB from white to black, with its axes.</summary>
    public static string Spectrogram(Spectrogram spectrogram, Piece piece)
    {
        const double decibels = 80;
        var rows = Math.Min(spectrogram.Bins, (int)(GreatestFrequency / spectrogram.Stft.Frequency(1, piece.SampleRate)));
        using var power = spectrogram.Power();
        double greatest = 0;
        for (var n = 0; n < power.Rows; n++)
            greatest = Math.Max(greatest, System.Numerics.Tensors.TensorPrimitives.Max<float>(power.Row(n)[..rows]));
        var columns = Math.Min(spectrogram.Frames, 2 * SpectrogramWidth);
        using var bitmap = new SKBitmap(columns, rows, SKColorType.Bgra8888, SKAlphaType.Opaque);
        for (var c = 0; c < columns; c++)
        {
            var n = (int)((long)c * spectrogram.Frames / columns);
            for (var f = 0; f < rows; f++)
            {
                var level = 1 + (10 * Math.Log10(Math.Max(power[n, f] / greatest, 1e-12)) / decibels);
                bitmap.SetPixel(c, rows - 1 - f, Shade(Math.Clamp(level, 0, 1)));
            }
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var image = Convert.ToBase64String(data.AsSpan());
        var seconds = piece.Samples.Length / (double)piece.SampleRate;
        var svg = new StringBuilder(Invariant(
            $"<svg viewBox=\"0 0 {SpectrogramWidth + Margin + 10} {SpectrogramHeight + 44}\" width=\"100%\" role=\"img\" aria-label=\"Spectrogram\">"));
        svg.Append(Invariant($"<image x=\"{Margin}\" y=\"6\" width=\"{SpectrogramWidth}\" height=\"{SpectrogramHeight}\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,{image}\"/>"));
        var highest = spectrogram.Stft.Frequency(rows, piece.SampleRate);
        for (var kilohertz = 0; kilohertz * 1000 <= highest; kilohertz++)
            svg.Append(Invariant($"<text x=\"{Margin - 6}\" y=\"{6 + (SpectrogramHeight * (1 - (kilohertz * 1000 / highest))) + 4:0}\" text-anchor=\"end\">{kilohertz}</text>"));
        var step = TickStep(seconds);
        for (var second = 0.0; second <= seconds; second += step)
            svg.Append(Invariant($"<text x=\"{Margin + (SpectrogramWidth * second / seconds):0}\" y=\"{SpectrogramHeight + 22}\" text-anchor=\"middle\">{second:0.##}</text>"));
        svg.Append(Invariant($"<text x=\"{Margin + (SpectrogramWidth / 2)}\" y=\"{SpectrogramHeight + 40}\" text-anchor=\"middle\">time (s)</text>"));
        svg.Append(Invariant($"<text transform=\"translate(12,{6 + (SpectrogramHeight / 2)}) rotate(-90)\" text-anchor=\"middle\">frequency (kHz)</text></svg>"));
        return svg.ToString();
    }

    private static double TickStep(double seconds)
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(seconds, 1e-3) / 5)));
        return seconds / step > 20 ? 5 * step : seconds / step > 10 ? 2 * step : step;
    }

    /// <summary>From white over orange and purple to black.</summary>
    private static SKColor Shade(double level)
    {
        ReadOnlySpan<(double At, int Red, int Green, int Blue)> stops = [(0, 255, 255, 255), (0.35, 254, 217, 142), (0.6, 232, 112, 60), (0.8, 130, 28, 92), (1, 16, 4, 40)];
        var i = 1;
        while (i < stops.Length - 1 && level > stops[i].At)
            i++;
        var (low, high) = (stops[i - 1], stops[i]);
        var part = Math.Clamp((level - low.At) / (high.At - low.At), 0, 1);
        return new SKColor(Mix(low.Red, high.Red), Mix(low.Green, high.Green), Mix(low.Blue, high.Blue));

        byte Mix(int a, int b) => (byte)Math.Round(a + (part * (b - a)));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

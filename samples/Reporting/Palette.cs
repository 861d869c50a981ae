using SkiaSharp;

namespace Reporting;

/// <summary>Colours for levels from 0 to 1.</summary>
public static class Palette
{
    private static readonly (double At, int Red, int Green, int Blue)[] HeatStops =
        [(0, 255, 255, 255), (0.35, 254, 217, 142), (0.6, 232, 112, 60), (0.8, 130, 28, 92), (1, 16, 4, 40)];

    private static readonly (double At, int Red, int Green, int Blue)[] MapStops =
        [(0, 38, 22, 70), (0.25, 48, 84, 142), (0.5, 32, 144, 140), (0.75, 122, 200, 80), (1, 252, 231, 60)];

    /// <summary>From white to black: 1 is black.</summary>
    public static SKColor Ink(double level)
    {
        var grey = (byte)Math.Round(255 * (1 - Math.Clamp(level, 0, 1)));
        return new SKColor(grey, grey, grey);
    }

    /// <summary>From black to white, as in a photograph: 1 is white.</summary>
    public static SKColor Light(double level) => Ink(1 - level);

    /// <summary>From white over orange and purple to black, for spectrograms.</summary>
    public static SKColor Heat(double level) => Between(HeatStops, level);

    /// <summary>From dark blue over green to yellow, for maps.</summary>
    public static SKColor Map(double level) => Between(MapStops, level);

    /// <summary>Red below zero, blue above, white at zero; for levels from -1 to 1.</summary>
    public static SKColor Diverging(double level)
    {
        var strength = Math.Min(Math.Abs(level), 1);
        var faint = (byte)Math.Round(255 * (1 - strength));
        return level < 0
            ? new SKColor(255, faint, faint)
            : new SKColor(faint, (byte)Math.Round(255 - (120 * strength)), 255);
    }

    private static SKColor Between(ReadOnlySpan<(double At, int Red, int Green, int Blue)> stops, double level)
    {
        var i = 1;
        while (i < stops.Length - 1 && level > stops[i].At)
            i++;
        var (low, high) = (stops[i - 1], stops[i]);
        var part = Math.Clamp((level - low.At) / (high.At - low.At), 0, 1);
        return new SKColor(Mix(low.Red, high.Red), Mix(low.Green, high.Green), Mix(low.Blue, high.Blue));

        byte Mix(int a, int b) => (byte)Math.Round(a + (part * (b - a)));
    }
}

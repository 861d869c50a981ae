using PianoDecomposition.Analysis;

namespace Samples.Tests;

/// <summary>What the components of a piano are, by their spectra and by when they sound.</summary>
public sealed class ComponentTests
{
    private const int Bins = 513;
    private const double BinWidth = 21.5;
    private const int Frames = 500;
    private const int Measure = 100;
    private const int Held = 80;

    /// <summary>Strings are damped at once, or fade while the room still sounds, the power by e in so many
    /// frames.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(1.5)]
    [InlineData(3)]
    public void The_noise_of_a_pedal_is_a_release_however_slowly_strings_fade(double fading)
    {
        var note = Activation(n => n < Held ? Math.Exp(-n / 60.0)
            : Math.Exp(-Held / 60.0) * Math.Exp(-(n - Held) / fading));
        var pedal = Activation(n => n is >= Held and < Held + 4 ? 0.68 / 4 : 0.32 / (Measure - 4));
        var hammer = Activation(n => n < 3 ? 1 : 0.001);
        Assert.Equal(
            [ComponentKind.Note, ComponentKind.Release, ComponentKind.Hammer, ComponentKind.Rest],
            Components.Describe([Comb(), Flat(), Flat(), Flat()], [note, pedal, hammer, Activation(_ => 1)], BinWidth)
                .Select(component => component.Kind));
    }

    [Fact]
    public void A_component_tells_how_much_of_it_lies_where_notes_end()
    {
        var note = Activation(n => n < Held ? 1 : 1e-6);
        var pedal = Activation(n => n is >= Held and < Held + 2 ? 0.4 : n == Held / 2 ? 0.2 : 0);
        var component = Components.Describe([Comb(), Flat()], [note, pedal], BinWidth)[1];
        Assert.Equal(0, component.AtBeginnings);
        Assert.Equal(0.8, component.AtEnds, 1e-12);
    }

    [Fact]
    public void Without_notes_nothing_begins_or_ends()
        => Assert.Equal(
            ComponentKind.Rest, Assert.Single(Components.Describe([Flat()], [Activation(n => n)], BinWidth)).Kind);

    private static double[] Activation(Func<int, double> ofMeasure)
        => [.. Enumerable.Range(0, Frames).Select(n => ofMeasure(n % Measure))];

    private static double[] Flat() => [.. Enumerable.Repeat(1.0, Bins)];

    // Partials of A4.
    private static double[] Comb()
        => [.. Enumerable.Range(0, Bins).Select(f => Math.Abs((f * BinWidth / 440) - Math.Round(f * BinWidth / 440))
            * 440 < BinWidth && f * BinWidth > 220 ? 1.0 : 1e-4)];
}

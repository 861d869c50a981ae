namespace Nmf.Audio.Tests;

/// <summary>Digital silence says nothing of source or noise: a recording with it is taken apart as without it, wherever
/// it is and however much.</summary>
public sealed class SilenceTests
{
    private const int Rate = SourceModelTests.Rate;
    private const int Hop = 128;

    private static readonly float[] Melody = SourceModelTests.Melody(3).Channels[0];
    private static readonly float[] Mixture = SourceModelTests.Sum(Melody, SourceModelTests.Noise(4, Melody.Length));

    /// <summary>Hops of zeros in front, in the middle and behind; the recording has 94.</summary>
    public static TheoryData<double?, int, int, int> Amounts
    {
        get
        {
            var data = new TheoryData<double?, int, int, int>();
            foreach (var shape in new double?[] { null, 0.5 })
            {
                foreach (var (front, middle, behind) in new[] { (20, 0, 0), (40, 0, 0), (94, 0, 0), (400, 0, 0),
                    (0, 0, 94), (0, 94, 0), (30, 30, 30), (0, 300, 100) })
                {
                    data.Add(shape, front, middle, behind);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Amounts))]
    public void The_source_is_found_as_without_the_zeros(double? shape, int front, int middle, int behind)
    {
        var model = SourceModel.Learn(
            [SourceModelTests.Melody(1), SourceModelTests.Melody(2)], SourceModelTests.Options(shape));
        var options = new EnhancementOptions { NoiseRank = 3, Trust = 1, Iterations = 10 };
        var half = Mixture.Length / 2 / Hop * Hop;
        var expected = model.Enhance(new AudioClip(Rate, Mixture), options).Source.Channels[0];
        float[] silent =
        [.. new float[front * Hop], .. Mixture[..half], .. new float[middle * Hop], .. Mixture[half..],
            .. new float[behind * Hop],
        ];
        var result = model.Enhance(new AudioClip(Rate, silent), options);
        var found = result.Source.Channels[0];
        float[] actual = [
            .. found[(front * Hop)..][..half], .. found[((front + middle) * Hop + half)..][..(Mixture.Length - half)]];

        // Zeros at both ends leave every frame as it is. Between two halves some frames hold a part of each.
        if (middle == 0)
            Assert.Equal(expected, actual);
        Assert.Equal(SiSdr.Evaluate(Melody, expected), SiSdr.Evaluate(Melody, actual), 0.2);
        for (var t = 0; t < silent.Length; t++)
            Assert.Equal(silent[t], found[t] + result.Residual.Channels[0][t], 1e-6f);

        // Away from what is heard there is nothing, not even an echo of the fit.
        var length = SourceModelTests.Frames.FrameLength;
        Assert.All(found[..Math.Max(0, (front * Hop) - length)], x => Assert.Equal(0, x));
        Assert.All(found[(found.Length - Math.Max(0, (behind * Hop) - length))..], x => Assert.Equal(0, x));
    }

    /// <summary>Zeros of any length at any places, also in the midst of a note, where some frames hold
    /// a part of each.</summary>
    [Fact]
    public void Silence_at_random_places_costs_nothing()
    {
        var model = SourceModel.Learn(
            [SourceModelTests.Melody(1), SourceModelTests.Melody(2)], SourceModelTests.Options(null));
        var random = new Random(6);
        var before = Gain(model, Melody, Mixture);
        for (var i = 0; i < 12; i++)
        {
            var (melody, mixture) = (new List<float>(Melody), new List<float>(Mixture));
            for (var gap = 0; gap < 1 + (i % 3); gap++)
            {
                var (at, zeros) = (random.Next(mixture.Count + 1), new float[random.Next(2000, 2 * Mixture.Length)]);
                melody.InsertRange(at, zeros);
                mixture.InsertRange(at, zeros);
            }

            var gain = Gain(model, [.. melody], [.. mixture]);
            Assert.True(
                gain > before - 0.5,
                $"{before} dB without, {gain} dB with {mixture.Count - Mixture.Length} zeros ({i})");
        }
    }

    /// <summary>What lies 80 dB below the recording, such as the last bit of a silent recorder, is
    /// silence to the fit.</summary>
    [Fact]
    public void Almost_silence_is_silence()
    {
        var model = SourceModel.Learn(
            [SourceModelTests.Melody(1), SourceModelTests.Melody(2)], SourceModelTests.Options(null));
        var random = new Random(7);
        float[] dither = [.. Enumerable.Range(0, Mixture.Length).Select(_ => (random.Next(3) - 1) / 65536f)];
        var (before, after) = (Gain(model, Melody, Mixture),
            Gain(model, [.. new float[dither.Length], .. Melody], [.. dither, .. Mixture]));
        Assert.True(after > before - 0.3, $"{before} dB without, {after} dB with");
    }

    private static double Gain(SourceModel model, float[] source, float[] mixture)
    {
        var result = model.Enhance(
            new AudioClip(Rate, mixture), new EnhancementOptions { NoiseRank = 3, Trust = 1, Iterations = 10 });
        return SiSdr.Evaluate(source, result.Source.Channels[0]) - SiSdr.Evaluate(source, mixture);
    }
}

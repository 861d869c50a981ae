using System.Numerics;

namespace Nmf.Audio.Tests;

public sealed class FourierTransformTests
{
    public static TheoryData<int> Lengths => [.. Enumerable.Range(0, 10).Select(i => 2 + (100 * i)), 1024, 2048, 8192];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void It_is_the_sum_of_its_definition_and_has_an_inverse(int first)
    {
        for (var length = first; length < (first < 1000 ? first + 100 : first + 1); length++)
            Check(length);
    }

    private static void Check(int length)
    {
        var values = Signals.Noise(length, 5);
        var spectrum = new Complex[(length / 2) + 1];
        var transform = new RealFourierTransform(length);
        transform.Forward(values, spectrum);
        for (var k = 0; k < spectrum.Length; k += Math.Max(1, length / 16))
        {
            var sum = Complex.Zero;
            for (var t = 0; t < length; t++)
                sum += values[t] * Complex.FromPolarCoordinates(1, -2 * Math.PI * ((long)k * t % length) / length);
            Assert.Equal(0, (sum - spectrum[k]).Magnitude, 1e-11 * length);
        }

        var back = new double[length];
        transform.Inverse(spectrum, back);
        for (var t = 0; t < length; t++)
            Assert.Equal(values[t], back[t], 1e-13);
    }

    [Fact]
    public void It_is_that_of_numpy()
    {
        foreach (var golden in Goldens.Cases("fourier"))
        {
            var length = golden[0].GetInt32();
            var spectrum = new Complex[(length / 2) + 1];
            new RealFourierTransform(length).Forward(Signals.Noise(length, 5), spectrum);
            var sum = Complex.Zero;
            for (var k = 0; k < spectrum.Length; k++)
                sum += spectrum[k] * Complex.FromPolarCoordinates(1, (long)k * k);
            Assert.Equal(golden[1].GetDouble(), sum.Real, 1e-11 * length);
            Assert.Equal(golden[2].GetDouble(), sum.Imaginary, 1e-11 * length);
        }
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(1764)]
    public void A_frame_allocates_nothing(int length)
    {
        var analyzer = new Stft(new StftOptions { FrameLength = length, FftLength = length }).CreateAnalyzer();
        var synthesizer = analyzer.Stft.CreateSynthesizer();
        var frame = new float[2 * analyzer.Stft.Bins];
        var samples = Signals.Music(length / 2);
        Kernels.Tests.Allocation.AssertNone(() =>
        {
            analyzer.Push(samples);
            Assert.True(analyzer.TryRead(frame));
            synthesizer.Push(frame, samples);
        });
    }
}

using System.Numerics;

namespace Nmf.Audio.Tests;

public sealed class FourierTransformTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(8192)]
    public void It_is_the_sum_of_its_definition_and_has_an_inverse(int length)
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

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    public void A_frame_allocates_nothing(int length)
    {
        var analyzer = new Stft(new StftOptions { FrameLength = length }).CreateAnalyzer();
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

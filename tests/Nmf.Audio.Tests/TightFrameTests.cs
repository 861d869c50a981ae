using Nmf.Kernels;

namespace Nmf.Audio.Tests;

public sealed class TightFrameTests
{
    public static TheoryData<StftOptions> Frames =>
    [
        new StftOptions { FrameLength = 64 },
        new StftOptions { FrameLength = 64, HopLength = 16, Window = StftWindow.Hann },
        new StftOptions { FrameLength = 48, HopLength = 10, FftLength = 64 },
        new StftOptions { FrameLength = 15, HopLength = 4, FftLength = 15 },
    ];

    [Theory]
    [MemberData(nameof(Frames))]
    public void Analysis_is_the_adjoint_of_synthesis_and_synthesis_restores(StftOptions options)
    {
        const int Samples = 500;
        var frame = new TightFrame(options, Samples, 1);
        var x = Signals.Noise(Samples, 3);
        var analysed = Analyze(frame, x);
        AssertClose(x, Synthesize(frame, analysed));

        // Coefficients of no signal, real where they must be.
        var numbers = Signals.Noise(frame.Frames * 2 * frame.Bins, 5);
        var a = Matrix<double>.FromRowMajor(numbers, frame.Frames, 2 * frame.Bins);
        double inner = 0, energy = 0;
        for (var n = 0; n < frame.Frames; n++)
        {
            for (var f = 0; f < frame.Bins; f++)
            {
                if (frame.IsReal(f))
                    a[n, (2 * f) + 1] = 0;
                for (var part = 2 * f; part <= (2 * f) + 1; part++)
                {
                    inner += frame.Weight(f) * a[n, part] * analysed[n, part];
                    energy += frame.Weight(f) * analysed[n, part] * analysed[n, part];
                }
            }
        }

        var synthesised = Synthesize(frame, a);
        var expected = synthesised.Zip(x, (s, t) => s * t).Sum();
        Assert.Equal(expected, inner, 1e-10 * Math.Abs(expected));
        Assert.Equal(x.Sum(t => t * t), energy, 1e-10 * energy);
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void Coefficients_are_those_of_the_transform(StftOptions options)
    {
        var signal = Signals.Single(Signals.Noise(500, 4));
        var frame = new TightFrame(options, signal.Length, 1);
        var spectrogram = new Stft(options).Analyze(signal);
        Assert.Equal(spectrogram.Frames, frame.Frames);
        var analysed = Analyze(frame, [.. signal.Select(t => (double)t)]);
        for (var n = 0; n < frame.Frames; n++)
        {
            for (var i = 0; i < 2 * frame.Bins; i++)
                Assert.Equal(spectrogram.Frame(n)[i], analysed[n, i], 1e-6);
        }
    }

    [Fact]
    public void White_noise_has_the_share_of_an_atom_and_is_estimated()
    {
        var options = new StftOptions { FrameLength = 256 };
        var random = new Random(1);
        double[] x = [.. Enumerable.Range(0, 40_000).Select(_ => 0.2 * Normal(random))];
        var frame = new TightFrame(options, x.Length, 1);
        var analysed = Analyze(frame, x);
        double sum = 0;
        for (var n = 4; n < frame.Frames - 4; n++)
        {
            for (var f = 1; f < frame.Bins - 1; f++)
                sum += (analysed[n, 2 * f] * analysed[n, 2 * f])
                    + (analysed[n, (2 * f) + 1] * analysed[n, (2 * f) + 1]);
        }

        Assert.Equal(0.04 * frame.NoiseShare, sum / ((frame.Frames - 8) * (frame.Bins - 2)), 0.001);
        for (var t = 0; t < x.Length; t++)
            x[t] += Math.Sin(0.3 * t) + (0.5 * Math.Sin(0.71 * t));
        Assert.Equal(0.04, SynthesisNoise.Estimate(frame, x), 0.003);
    }

    internal static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static Matrix<double> Analyze(TightFrame frame, double[] signal)
    {
        var result = new Matrix<double>(frame.Frames, 2 * frame.Bins);
        for (var n = 0; n < frame.Frames; n++)
            frame.Analyze(signal, n, result.Row(n), 0);
        return result;
    }

    // In stretches, of which no frame knows.
    private static double[] Synthesize(TightFrame frame, Matrix<double> coefficients)
    {
        var time = new Matrix<double>(frame.Frames, frame.FrameLength);
        for (var n = 0; n < frame.Frames; n++)
            frame.Synthesize(coefficients.Row(n), time.Row(n), 0);
        var result = new double[frame.Samples];
        for (var from = 0; from < result.Length; from += 37)
            frame.Subtract(time, from, result.AsSpan(from, Math.Min(37, result.Length - from)));
        return [.. result.Select(t => -t)];
    }

    private static void AssertClose(double[] expected, double[] actual)
        => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
}

using System.Numerics;

namespace Nmf.Audio.Tests;

/// <summary>Covariances of full rank beyond what all methods keep (<see cref="MultichannelNmfTests"/>, <see
/// cref="MultichannelModelTests"/>) and what an independent program computes (<see cref="DemixingGoldenTests"/>).
/// </summary>
public sealed class FullRankCovarianceTests
{
    private static readonly Stft Stft = new(new StftOptions { FrameLength = 512, HopLength = 128 });

    private static readonly MultichannelOptions Options = new()
    {
        Sources = 2, ComponentsPerSource = 4, Method = new FullRankCovariance(),
        Iterations = new() { MaximumIterations = 60, Tolerance = 0, CheckInterval = 1 },
    };

    // Late echoes from elsewhere: no single direction per frequency.
    private static readonly AudioClip[] Images =
    [
        Image(Mixtures.Sources(2, 2)[0], [(0, 1), (900, 0.3), (1300, -0.2)], [(5, 0.6), (700, 0.3), (1500, 0.2)]),
        Image(Mixtures.Sources(2, 2)[1], [(4, 0.5), (800, -0.3), (1100, 0.2)], [(0, 1), (950, 0.3), (1250, 0.2)]),
    ];

    private static readonly AudioClip Recording = Mixtures.Sum(Images);

    private static MultichannelSpectrogram Mixture { get; } = Stft.Analyze(Recording);

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    [InlineData(5, 3)]
    public void Any_number_of_sources_and_channels_and_the_objective_never_increases(int sources, int channels)
    {
        var noise = Signals.Single(Signals.Noise(Recording.Samples, 5));
        var clip = new AudioClip(Mixtures.SampleRate, [.. Enumerable.Range(0, channels).Select(
            i => i < 2 ? Recording.Channels[i] : [.. noise.Select((x, t) => x + Recording.Channels[0][t])])]);
        var mixture = Stft.Analyze(clip);
        var options = Options with { Sources = sources };
        foreach (var start in new[] { null, MultichannelStart.Random(mixture, options) })
        {
            var model = MultichannelNmf.Fit(mixture, options with { Iterations = new()
            {
                MaximumIterations = 15, Tolerance = 0, CheckInterval = 1,
            } }, start);
            Assert.All(model.Report!.History.Zip(model.Report.History.Skip(1)), pair => Assert.True(
                pair.Second.Objective <= pair.First.Objective + (1e-9 * Math.Abs(pair.First.Objective)), $"{pair}"));
            var sum = Mixtures.Sum([.. Enumerable.Range(0, sources).Select(
                j => model.SourceImage(mixture, model.Activations, j).ToClip())]);
            for (var i = 0; i < channels; i++)
                Assert.True(
                    Signals.GreatestDifference(clip.Channels[i], sum.Channels[i])
                    <= 1e-6 * Signals.Peak(clip.Channels[i]));
        }
    }

    [Fact]
    public void Echoes_longer_than_a_frame_are_separated_better_than_by_one_direction()
    {
        var truth = Images.Select(image => Stft.Analyze(image)).ToArray();
        var (rank1, full) = (Gain(new ExpectationMaximization()), Gain(new FullRankCovariance()));
        Assert.True(full > rank1 + 0.5, $"one direction {rank1:F1} dB, full rank {full:F1} dB");
        Assert.True(full > 4, $"full rank {full:F1} dB");

        double Gain(MultichannelMethod method)
        {
            var options = Options with { Method = method };
            var model = MultichannelNmf.Fit(Mixture, options, MultichannelStart.FromSources(Mixture, truth, options));
            return Enumerable.Range(0, 2).Average(j => Mixtures.Ratio(
                Images[j], model.SourceImage(Mixture, model.Activations, j).ToClip())
                - Mixtures.Ratio(Images[j], Recording));
        }
    }

    /// <summary>Q⁻¹ diag(g v) Q⁻ᴴ, and the filter that it makes, by dense algebra.</summary>
    [Fact]
    public void Images_are_those_of_the_multichannel_wiener_filter()
    {
        var options = Options with { Iterations = new() { MaximumIterations = 10 }, Sources = 3 };
        var model = MultichannelNmf.Fit(Mixture, options, MultichannelStart.Random(Mixture, options, 3));
        var (f, n, factors) = (23, 40, model.Factors);
        var image = model.SourceImage(Mixture, model.Activations, 1);
        var covariances = Enumerable.Range(0, 3).Select(j => MathNet.Numerics.LinearAlgebra.Complex.DenseMatrix.Create(
            2, 2, (a, b) => factors.Covariance(f, j)[(2 * a) + b]
                * Enumerable.Range(4 * j, 4).Sum(k => model.Dictionary[f, k] * model.Activations[n, k]))).ToArray();
        var x = MathNet.Numerics.LinearAlgebra.Complex.DenseVector.OfEnumerable(Mixture.Channels.Select(Coefficient));
        var expected = covariances[1] * (covariances[0] + covariances[1] + covariances[2]).Inverse() * x;
        for (var i = 0; i < 2; i++)
            Assert.True((expected[i] - Coefficient(image.Channels[i])).Magnitude < 1e-4 * x.L2Norm());

        // Gains sum to one, spectra too, and the mixing of a source is what most of its power comes from.
        Assert.All(factors.Gains.Chunk(2), gains => Assert.Equal(1, gains.Sum(), 1e-12));
        Assert.Equal(1, Enumerable.Range(0, Stft.Bins).Sum(bin => model.Dictionary[bin, 5]), 1e-9);
        var vector = MathNet.Numerics.LinearAlgebra.Complex.DenseVector.Create(2, i => model.Mixing(f, i, 1));
        Assert.Equal(1, vector.L2Norm(), 1e-9);
        Assert.Equal(0, vector[0].Imaginary, 1e-12);
        var turned = covariances[1] * vector;
        Assert.Equal(turned.L2Norm(), (vector.ConjugateDotProduct(turned)).Magnitude, 1e-6 * turned.L2Norm());

        Complex Coefficient(Spectrogram channel) => new(channel.Frame(n)[2 * f], channel.Frame(n)[(2 * f) + 1]);
    }

    [Fact]
    public void Inference_finds_the_activations_of_the_fit_and_never_gets_worse()
    {
        var model = MultichannelNmf.Fit(Mixture, Options);
        var h = model.Infer(Mixture);
        var images = new[] { model.Activations, h }.Select(
            a => model.SourceImage(Mixture, a, 0).ToClip()).ToArray();
        Assert.True(Mixtures.Ratio(images[0], images[1]) > 12, $"{Mixtures.Ratio(images[0], images[1]):F1} dB");
        var silent = Mixture.Frames / 2;
        var activity = new ActivityTable([new(0, 0, 0.5)]);
        Assert.Equal(0, model.Infer(Mixture, activity: activity)[silent, 1]);
        Assert.True(model.Infer(Mixture, activity: activity)[silent, 5] > 0);
        var marked = MultichannelNmf.Fit(Mixture, Options with { Activity = activity });
        Assert.Equal(0, marked.Activations[silent, 1]);
    }

    [Fact]
    public void Spectra_that_are_known_stay_and_what_it_cannot_do_is_refused()
    {
        var known = SourceModel.Learn(
            [new AudioClip(Mixtures.SampleRate, Mixtures.Sources(2, 2)[0])],
            new SourceModelOptions { Stft = Stft.Options, Rank = 3 });
        var model = MultichannelNmf.Fit(Mixture, Options with { SourceModels = [known, null] });
        for (var f = 0; f < Stft.Bins; f++)
        {
            var sum = Enumerable.Range(0, Stft.Bins).Sum(bin => (double)known.Dictionary[bin, 2]);
            Assert.Equal(known.Dictionary[f, 2] / sum, model.Dictionary[f, 2], 1e-12);
        }

        Refused(Options with { Mixing = MixingKind.Instantaneous }, "must be Convolutive");
        Refused(Options with { Directions = [[1, Complex.ImaginaryOne], null] }, "cannot hold directions");

        void Refused(MultichannelOptions options, string message) => Assert.Contains(
            message, Assert.ThrowsAny<ArgumentException>(() => MultichannelNmf.Fit(Mixture, options)).Message,
            StringComparison.Ordinal);
    }

    private static AudioClip Image(
        float[] source, (int Delay, double Gain)[] left, (int Delay, double Gain)[] right)
        => new(Mixtures.SampleRate, Heard(source, left), Heard(source, right));

    private static float[] Heard(float[] source, (int Delay, double Gain)[] paths)
        => [.. Enumerable.Range(0, source.Length).Select(t => (float)paths.Sum(
            path => t < path.Delay ? 0 : path.Gain * source[t - path.Delay]))];
}

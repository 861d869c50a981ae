using Nmf.Kernels;

namespace Nmf.Audio.Tests;

public sealed class WienerFilterTests
{
    [Theory]
    [InlineData(BetaDivergence.ItakuraSaito, 1)]
    [InlineData(BetaDivergence.KullbackLeibler, 1)]
    [InlineData(BetaDivergence.KullbackLeibler, 2)]
    [InlineData(BetaDivergence.KullbackLeibler, 0.7)]
    public void The_signals_of_the_components_add_up_to_the_input(double beta, double exponent)
    {
        const int rank = 6;
        var signal = Signals.Music(20_000);
        var mixture = new Stft(new StftOptions { FrameLength = 256 }).Analyze(signal);
        var model = Fit(mixture, beta, rank);
        var filter = new WienerFilter(model.Dictionary, exponent);
        var sum = new double[signal.Length];
        foreach (var group in new int[][] { [0], [1, 3], [2], [5, 4] })
        {
            var part = filter.Signal(mixture, model.Activations, group);
            Assert.Contains(part, x => x != 0);
            for (var t = 0; t < part.Length; t++)
                sum[t] += part[t];
        }

        Assert.True(Signals.GreatestDifference(signal, Signals.Single(sum)) <= 1e-5 * Signals.Peak(signal));
        Assert.True(Signals.GreatestDifference(
            signal, filter.Signal(mixture, model.Activations, 0, 1, 2, 3, 4, 5)) <= 1e-6 * Signals.Peak(signal));
    }

    [Fact]
    public void A_signal_is_that_of_its_coefficients()
    {
        var mixture = new Stft(new StftOptions { FrameLength = 256 }).Analyze(Signals.Music(9000));
        var model = Fit(mixture, BetaDivergence.ItakuraSaito, 3);
        var filter = new WienerFilter(model.Dictionary);
        var part = filter.Apply(mixture, model.Activations, 1, 2);
        Assert.Equal(mixture.Stft.Synthesize(part), filter.Signal(mixture, model.Activations, 1, 2));
    }

    [Theory]
    [InlineData(BetaDivergence.ItakuraSaito, 1, StftPadding.Full)]
    [InlineData(BetaDivergence.KullbackLeibler, 2, StftPadding.Full)]
    [InlineData(BetaDivergence.ItakuraSaito, 1, StftPadding.None)]
    public void Energies_are_those_of_the_sounds(double beta, double exponent, StftPadding padding)
    {
        var mixture = new Stft(new StftOptions { FrameLength = 256, Padding = padding }).Analyze(Signals.Music(9001));
        var model = Fit(mixture, beta, 4);
        var filter = new WienerFilter(model.Dictionary, exponent);
        var energies = filter.Energies(mixture, model.Activations);
        for (var k = 0; k < 4; k++)
            Assert.Equal(1, energies[k] / filter.Signal(mixture, model.Activations, k).Sum(x => (double)x * x), 1e-9);
        Assert.True(energies.Sum() < 1.001 * mixture.Stft.Synthesize(mixture).Sum(x => (double)x * x));
        Assert.Throws<ArgumentException>(() => filter.Energies(mixture, model.Dictionary));
    }

    /// <summary>
    /// Under the Itakura-Saito divergence soft places weigh as much as loud ones, and a component of them may have most
    /// of the sum of the model: it is not loud for that.
    /// </summary>
    [Fact]
    public void How_loud_a_component_is_its_share_in_the_model_does_not_say()
    {
        var mixture = new Stft(new StftOptions { FrameLength = 64 }).Analyze(Signals.Music(2000));
        var power = mixture.Power();
        double[] loudness = [
            .. Enumerable.Range(0, mixture.Frames).Select(n => power.Row(n).ToArray().Sum(v => (double)v))];
        var mean = loudness.Average();
        var dictionary = Matrix<float>.FromRowMajor(
            [.. Enumerable.Range(0, 2 * mixture.Bins).Select(i => i % 2 == 0 ? 1f : 3f)], mixture.Bins, 2);
        var activations = Matrix<float>.FromRowMajor(
            [.. loudness.SelectMany(l => l > mean ? new[] { 1f, 0f } : [0f, 1f])], mixture.Frames, 2);
        var filter = new WienerFilter(dictionary);
        var energies = filter.Energies(mixture, activations);
        Assert.True(loudness.Count(l => l > mean) < 3 * loudness.Count(l => l <= mean));
        Assert.True(energies[0] > energies[1], string.Join(", ", energies));
    }

    /// <summary>The values of the 6 x 8 fixture of which tests/Nmf.Tests has the trajectories.</summary>
    [Fact]
    public void Masks_and_posterior_powers_are_those_of_the_definition()
    {
        float[] w = [3.5f / 7, 8.5f / 7, 6.5f / 7];
        float[] h = [0.5f, 0.9f, 1.3f];
        var dictionary = Matrix<float>.FromRowMajor(w, 1, 3);
        var filter = new WienerFilter(dictionary);
        double[] expected = [0.09803922, 0.42857143, 0.47338936];
        var y = (w[0] * h[0]) + (w[1] * h[1]) + (w[2] * h[2]);
        var (mask, power, total) = (new float[1], new float[1], 0.0);
        for (var k = 0; k < 3; k++)
        {
            filter.Mask(h, [k], mask);
            Assert.Equal(expected[k], mask[0], 1e-7);
            filter.PosteriorPower([5], h, k, power);
            var part = w[k] * h[k];
            Assert.Equal((expected[k] * expected[k] * 5) + (part * (1 - (part / y))), power[0], 1e-6);
            total += mask[0];
        }

        Assert.Equal(1, total, 1e-6);

        var squares = new WienerFilter(dictionary, 2);
        squares.Mask(h, [1], mask);
        Assert.Equal(1.1943367 / (0.0625 + 1.1943367 + 1.4571939), mask[0], 1e-6);
        Assert.Throws<InvalidOperationException>(() => squares.PosteriorPower([5], h, 0, power));
    }

    [Fact]
    public void Silence_has_a_floor_in_the_fit_and_none_in_the_signals()
    {
        var signal = Signals.Music(16_000);
        signal.AsSpan(6000, 3000).Clear();
        var mixture = new Stft(new StftOptions { FrameLength = 256 }).Analyze(signal);
        var raw = NmfData<float>.FromMatrix(mixture.Power());
        Assert.Throws<NmfDataException>(() => NmfFactorizer.Fit(raw, new NmfOptions { Rank = 2, Problem = 0 }));

        var model = Fit(mixture, BetaDivergence.ItakuraSaito, 4);
        Assert.All(model.Activations.ToRowMajor(), v => Assert.True(float.IsFinite(v)));
        var filter = new WienerFilter(model.Dictionary);
        for (var k = 0; k < 4; k++)
            Assert.All(filter.Signal(mixture, model.Activations, k)[6256..8744], x => Assert.Equal(0, x));
    }

    [Fact]
    public void The_fit_does_not_depend_on_how_loud_the_recording_is()
    {
        var signal = Signals.Music(9000);
        var stft = new Stft(new StftOptions { FrameLength = 256 });
        var loud = stft.Analyze(signal);
        var quiet = stft.Analyze([.. signal.Select(x => MathF.ScaleB(x, -20))]);
        var first = Fit(loud, BetaDivergence.ItakuraSaito, 3);
        var second = Fit(quiet, BetaDivergence.ItakuraSaito, 3);
        Assert.Equal(first.Dictionary.ToRowMajor(), second.Dictionary.ToRowMajor());
        Assert.Equal(first.Activations.ToRowMajor(), second.Activations.ToRowMajor());
    }

    [Fact]
    public void Where_the_model_is_zero_all_components_get_the_same()
    {
        var dictionary = Matrix<float>.FromRowMajor([1, 0, 0, 0], 2, 2);
        var filter = new WienerFilter(dictionary);
        var mask = new float[2];
        filter.Mask([1, 1], [1], mask);
        Assert.Equal([0, 0.5f], mask);
        filter.Mask([0, 0], [0, 1], mask);
        Assert.Equal([1, 1], mask);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var dictionary = Matrix<float>.FromRowMajor([1, 2, 3, 4], 2, 2);
        var filter = new WienerFilter(dictionary);
        var mixture = new Stft().Analyze(Signals.Music(2000));
        var activations = new Matrix<float>(mixture.Frames, 2);
        Assert.Contains(
            "513 frequencies", Assert.Throws<ArgumentException>(() => filter.Signal(mixture, activations, 0)).Message);
        Assert.Contains(
            "component 2", Assert.Throws<ArgumentException>(() => filter.Mask([1, 1], [2], new float[2])).Message);
        Assert.Contains(
            "twice", Assert.Throws<ArgumentException>(() => filter.Mask([1, 1], [1, 1], new float[2])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WienerFilter(dictionary, 0));
        var silence = new Matrix<float>(3, 4);
        Assert.Contains("silent", Assert.Throws<AudioDataException>(() => SpectralScaling.For(silence)).Message);
    }

    private static NmfModel<float> Fit(Spectrogram mixture, double beta, int rank)
    {
        var spectra = beta > 0 ? mixture.Magnitude() : mixture.Power();
        var data = SpectralScaling.For(spectra).ToData(spectra);
        return NmfFactorizer.Fit(
            data, new NmfOptions { Rank = rank, Problem = beta, Iterations = new() { MaximumIterations = 60 }, Seed = 1,
                Initialization = NmfInitialization.Random });
    }
}

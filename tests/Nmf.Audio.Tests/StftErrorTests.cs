namespace Nmf.Audio.Tests;

public sealed class StftErrorTests
{
    [Theory]
    [InlineData(StftWindow.Hann, 1024, 1024)]
    [InlineData(StftWindow.Hann, 1024, 1000)]
    [InlineData(StftWindow.Sine, 1024, 1024)]
    public void A_pair_that_cannot_restore_a_signal_is_refused(StftWindow window, int length, int hop)
    {
        var error = Assert.Throws<ArgumentException>(
            () => new Stft(new StftOptions { Window = window, FrameLength = length, HopLength = hop }));
        Assert.Contains($"{window} windows of {length} samples at a hop of {hop}", error.Message);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        Refuse(new StftOptions { FrameLength = 1 }, nameof(StftOptions.FrameLength));
        Refuse(new StftOptions { FrameLength = int.MaxValue }, nameof(StftOptions.FrameLength));
        Refuse(new StftOptions { HopLength = 0 }, nameof(StftOptions.HopLength));
        Refuse(new StftOptions { HopLength = 1025 }, nameof(StftOptions.HopLength));
        Refuse(new StftOptions { FftLength = 512 }, nameof(StftOptions.FftLength));
        Refuse(new StftOptions { FftLength = int.MaxValue }, nameof(StftOptions.FftLength));
        Refuse(new StftOptions { Padding = StftPadding.Reflected, HopLength = 513 }, nameof(StftOptions.HopLength));
        Refuse(new StftOptions { Window = (StftWindow)9 }, nameof(StftOptions.Window));
        Refuse(new StftOptions { Padding = (StftPadding)9 }, nameof(StftOptions.Padding));
        Refuse(new StftOptions { Scaling = (StftScaling)9 }, nameof(StftOptions.Scaling));

        static void Refuse(StftOptions options, string name)
            => Assert.Equal(name, Assert.Throws<ArgumentException>(() => new Stft(options)).ParamName);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "infinite")]
    public void A_sample_that_is_not_finite_is_named(float value, string what)
    {
        var signal = Signals.Music(5000);
        signal[4321] = value;
        var error = Assert.Throws<AudioDataException>(() => new Stft().Analyze(signal));
        Assert.Equal(4321, error.Sample);
        Assert.Contains("4321", error.Message);
        Assert.Contains(what, error.Message);
    }

    [Fact]
    public void Empty_and_short_signals_are_refused()
    {
        Assert.Contains("empty", Assert.Throws<AudioDataException>(() => new Stft().Analyze([])).Message);
        var unpadded = new Stft(new StftOptions { Padding = StftPadding.None });
        Assert.Contains(
            "1023 samples", Assert.Throws<AudioDataException>(() => unpadded.Analyze(new float[1023])).Message);
        Assert.Throws<AudioDataException>(() => unpadded.CreateAnalyzer().Complete());
        var reflected = new Stft(new StftOptions { Padding = StftPadding.Reflected });
        Assert.Contains(
            "more than 512", Assert.Throws<AudioDataException>(() => reflected.Analyze(new float[512])).Message);
        Assert.Equal(3, reflected.Analyze(new float[513]).Frames);
    }

    [Fact]
    public void Spans_of_another_length_are_refused()
    {
        var stft = new Stft();
        var spectrogram = stft.Analyze(Signals.Music(3000));
        Assert.Throws<ArgumentException>(() => stft.CreateAnalyzer().TryRead(new float[1025]));
        Assert.Throws<ArgumentException>(() => stft.CreateSynthesizer().Push(new float[1025], new float[512]));
        Assert.Throws<ArgumentException>(() => new Stft(new StftOptions { FrameLength = 512 }).Synthesize(spectrogram));
        var unpadded = new Stft(new StftOptions { Padding = StftPadding.None });
        Assert.Throws<ArgumentException>(() => unpadded.CreateSynthesizer().Push(new float[1026], new float[511]));
        var ended = stft.CreateAnalyzer();
        ended.Push(new float[10]);
        ended.Complete();
        Assert.Throws<InvalidOperationException>(() => ended.Push(new float[1]));
    }

    [Fact]
    public void Analysis_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => new Stft().Analyze(Signals.Music(3000), source.Token));
        var spectrogram = new Stft().Analyze(Signals.Music(3000));
        Assert.Throws<OperationCanceledException>(() => new Stft().Synthesize(spectrogram, source.Token));
    }
}

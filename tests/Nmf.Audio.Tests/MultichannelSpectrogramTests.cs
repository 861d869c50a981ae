namespace Nmf.Audio.Tests;

public sealed class MultichannelSpectrogramTests
{
    private static readonly StftOptions Options = new() { FrameLength = 256, HopLength = 64 };

    [Theory]
    [InlineData(StftPadding.Full)]
    [InlineData(StftPadding.None)]
    public void A_recording_goes_there_and_back_channel_by_channel(StftPadding padding)
    {
        var stft = new Stft(Options with { Padding = padding });
        var music = Signals.Music(64 * 50);
        var clip = new AudioClip(8000, music, Signals.Single(Signals.Noise(music.Length, 4)), new float[music.Length]);
        var spectrogram = stft.Analyze(clip);
        Assert.Equal((3, 8000, 129, (long)music.Length), (
            spectrogram.Channels.Count, spectrogram.SampleRate, spectrogram.Bins, spectrogram.SignalLength));
        var back = spectrogram.ToClip();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(stft.Analyze(clip.Channels[i]).Power().ToRowMajor(),
                spectrogram.Channels[i].Power().ToRowMajor());
            Assert.Equal(stft.Synthesize(spectrogram.Channels[i]), back.Channels[i]);
        }

        Assert.True(padding == StftPadding.None || Signals.GreatestDifference(music, back.Channels[0]) <= 1e-6);
    }

    [Fact]
    public void Spectra_that_other_code_writes_are_spectra()
    {
        var stft = new Stft(Options);
        var source = stft.Analyze(Signals.Music(5000));
        var copy = new Spectrogram(stft, source.Frames, source.SignalLength);
        Assert.Equal(0, Signals.Peak(stft.Synthesize(copy)));
        for (var n = 0; n < source.Frames; n++)
            source.Frame(n).CopyTo(copy.Frame(n));
        Assert.Equal(stft.Synthesize(source), new MultichannelSpectrogram(8000, source, copy).ToClip().Channels[1]);
    }

    [Fact]
    public void Channels_that_do_not_fit_are_refused()
    {
        var stft = new Stft(Options);
        var one = stft.Analyze(Signals.Music(5000));
        Assert.Contains("no channel", Assert.Throws<ArgumentException>(() => new MultichannelSpectrogram(8000)).Message,
            StringComparison.Ordinal);
        Assert.Contains("Channel 1", Assert.Throws<ArgumentException>(
            () => new MultichannelSpectrogram(8000, one, stft.Analyze(Signals.Music(5001)))).Message,
            StringComparison.Ordinal);
        var other = new Stft(Options with { Window = StftWindow.Hann }).Analyze(Signals.Music(5000));
        Assert.Contains("options", Assert.Throws<ArgumentException>(
            () => new MultichannelSpectrogram(8000, one, other)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultichannelSpectrogram(0, one));
        Assert.Throws<ArgumentNullException>(() => new MultichannelSpectrogram(8000, null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Spectrogram(stft, 0, 0));
        Assert.Contains("has 82 frames", Assert.Throws<ArgumentException>(
            () => new Spectrogram(stft, 7, 5000)).Message, StringComparison.Ordinal);
    }
}

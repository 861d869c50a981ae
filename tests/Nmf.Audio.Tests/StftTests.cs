namespace Nmf.Audio.Tests;

public sealed class StftTests
{
    public static TheoryData<StftWindow, int, int, int?> Pairs => new()
    {
        { StftWindow.Sine, 1024, 512, null },
        { StftWindow.Sine, 1024, 256, null },
        { StftWindow.Sine, 400, 160, 1024 },
        { StftWindow.Sine, 101, 37, null },
        { StftWindow.Sine, 882, 441, 882 },
        { StftWindow.Hann, 1024, 512, null },
        { StftWindow.Hann, 1024, 256, 2048 },
        { StftWindow.Hann, 300, 77, null },
        { StftWindow.Hamming, 1024, 512, null },
        { StftWindow.Hamming, 512, 128, null },
        { StftWindow.Hamming, 64, 64, null },
        { StftWindow.Hamming, 2, 1, null },
    };

    [Fact]
    public void Frames_are_those_of_the_definition()
    {
        var signal = Signals.Single(Goldens.Get("signal").Numbers());
        foreach (var golden in Goldens.Cases("transforms"))
        {
            var stft = new Stft(new StftOptions
            {
                Window = Enum.Parse<StftWindow>(golden.GetProperty("window").GetString()!),
                FrameLength = golden.GetProperty("length").GetInt32(),
                HopLength = golden.GetProperty("hop").GetInt32(),
                FftLength = golden.GetProperty("fft").GetInt32(),
                Padding = Enum.Parse<StftPadding>(golden.GetProperty("padding").GetString()!),
                Scaling = golden.GetProperty("tight").GetBoolean() ? StftScaling.TightFrame : StftScaling.None,
            });
            var spectrogram = stft.Analyze(signal);
            Assert.Equal(golden.GetProperty("frames").GetInt32(), spectrogram.Frames);
            var expected = golden.Numbers("values");
            for (var n = 0; n < spectrogram.Frames; n++)
            {
                var frame = spectrogram.Frame(n);
                for (var i = 0; i < frame.Length; i++)
                    Assert.Equal(expected[(n * frame.Length) + i], frame[i], 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_inverse_restores_the_signal_and_the_energy_is_kept(StftWindow window, int length, int hop, int? fft)
    {
        var signal = Signals.Music(11_003);
        var stft =
            new Stft(new StftOptions { Window = window, FrameLength = length, HopLength = hop, FftLength = fft });
        var spectrogram = stft.Analyze(signal);
        Assert.True(Signals.GreatestDifference(signal, stft.Synthesize(spectrogram)) <= 1e-6 * Signals.Peak(signal));

        var power = spectrogram.Power();
        double energy = 0;
        for (var n = 0; n < power.Rows; n++)
        {
            // Frequencies between the first and the last stand for a negative one too.
            for (var f = 0; f < power.Columns; f++)
                energy += (f == 0 || f == power.Columns - 1 ? 1 : 2) * (double)power[n, f];
        }

        var expected = signal.Sum(x => (double)x * x);
        Assert.Equal(expected, energy, 1e-6 * expected);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_plain_transform_has_an_inverse_too(StftWindow window, int length, int hop, int? fft)
    {
        var signal = Signals.Music(4_001);
        var stft = new Stft(new StftOptions { Window = window, FrameLength = length, HopLength = hop, FftLength = fft,
            Scaling = StftScaling.None });
        var spectrogram = stft.Analyze(signal);
        Assert.True(Signals.GreatestDifference(signal, stft.Synthesize(spectrogram)) <= 1e-6 * Signals.Peak(signal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1024)]
    [InlineData(1025)]
    public void With_full_padding_a_signal_of_any_length_is_restored(int samples)
    {
        var signal = Signals.Music(samples);
        var stft = new Stft();
        var spectrogram = stft.Analyze(signal);
        Assert.Equal(stft.FrameCount(samples), spectrogram.Frames);
        Assert.True(Signals.GreatestDifference(signal, stft.Synthesize(spectrogram)) <= 1e-6 * Signals.Peak(signal));
    }

    [Theory]
    [InlineData(StftPadding.Centred, StftWindow.Sine, 64, 32, 64)]
    [InlineData(StftPadding.Centred, StftWindow.Hann, 64, 16, 64)]
    [InlineData(StftPadding.Centred, StftWindow.Hann, 63, 15, 100)]
    [InlineData(StftPadding.Centred, StftWindow.Sine, 64, 48, 65)]
    [InlineData(StftPadding.Centred, StftWindow.Hamming, 64, 64, 64)]
    [InlineData(StftPadding.Reflected, StftWindow.Sine, 64, 32, 64)]
    [InlineData(StftPadding.Reflected, StftWindow.Hann, 63, 31, 100)]
    [InlineData(StftPadding.Reflected, StftWindow.Sine, 63, 15, 63)]
    [InlineData(StftPadding.Reflected, StftWindow.Sine, 64, 7, 65)]
    public void Centred_frames_restore_the_whole_of_a_signal_of_any_length(
        StftPadding padding, StftWindow window, int length, int hop, int fft)
    {
        var stft = new Stft(new StftOptions
        {
            Padding = padding, Window = window, FrameLength = length, HopLength = hop, FftLength = fft,
        });
        for (var samples = padding == StftPadding.Centred ? 1 : 33; samples < 300; samples++)
        {
            var signal = Signals.Music(samples);
            var spectrogram = stft.Analyze(signal);
            Assert.Equal(samples, spectrogram.RestoredSamples);
            Assert.True(
                Signals.GreatestDifference(signal, stft.Synthesize(spectrogram)) <= 1e-6 * Signals.Peak(signal),
                $"{samples} samples");
            if (4 * hop <= length && fft % 2 == 0)
                Assert.Equal(1 + (samples / hop), spectrogram.Frames);
        }
    }

    [Fact]
    public void A_reflected_frame_is_that_of_the_mirrored_signal()
    {
        foreach (var samples in new[] { 33, 40, 64, 65, 200 })
        {
            var signal = Signals.Music(samples);
            float At(int t)
            {
                var folded = Math.Abs(t) % (2 * (samples - 1));
                return signal[Math.Min(folded, (2 * (samples - 1)) - folded)];
            }

            var reflected = new Stft(new StftOptions { FrameLength = 64, Padding = StftPadding.Reflected });
            var plain = new Stft(new StftOptions { FrameLength = 64, Padding = StftPadding.None });
            var expected = plain.Analyze([.. Enumerable.Range(-32, 64 + ((samples + 31) / 32 * 32)).Select(At)]);
            var actual = reflected.Analyze(signal);
            Assert.Equal(expected.Frames, actual.Frames);
            for (var n = 0; n < actual.Frames; n++)
                Assert.Equal(expected.Frame(n).ToArray(), actual.Frame(n).ToArray());
        }
    }

    [Fact]
    public void Without_padding_frames_are_those_of_published_spectrograms_and_all_but_the_ends_is_restored()
    {
        // The recording of models.md: 673 frames of 1024 at a hop of 512 from 345,522 samples.
        var stft = new Stft(new StftOptions { Padding = StftPadding.None, Scaling = StftScaling.None });
        Assert.Equal(673, stft.FrameCount(345_522));
        Assert.Equal((513, 345_088), (stft.Bins, stft.SampleCount(673)));

        var signal = Signals.Music(10_000);
        var spectrogram = stft.Analyze(signal);
        var restored = stft.Synthesize(spectrogram);
        Assert.Equal(stft.SampleCount(spectrogram.Frames), restored.Length);
        Assert.True(Signals.GreatestDifference(
            signal.AsSpan(11..(restored.Length - 11)), restored.AsSpan()[11..^11]) <= 1e-6 * Signals.Peak(signal));
        Assert.True(Signals.Peak(restored.AsSpan(0, 11)) <= Signals.Peak(signal));
    }

    [Theory]
    [InlineData(StftPadding.Full, 1)]
    [InlineData(StftPadding.Full, 700)]
    [InlineData(StftPadding.None, 333)]
    [InlineData(StftPadding.Centred, 1)]
    [InlineData(StftPadding.Centred, 700)]
    [InlineData(StftPadding.Reflected, 1)]
    [InlineData(StftPadding.Reflected, 5000)]
    public void Streaming_gives_the_same_frames_and_samples_whatever_the_blocks(StftPadding padding, int block)
    {
        var signal = Signals.Music(6_789);
        var stft = new Stft(new StftOptions { Padding = padding });
        var whole = stft.Analyze(signal);
        var analyzer = stft.CreateAnalyzer();
        var synthesizer = stft.CreateSynthesizer(whole.RestoredSamples);
        var frame = new float[2 * stft.Bins];
        var samples = new float[stft.FrameLength];
        var restored = new List<float>();
        var frames = 0;
        for (var at = 0; at < signal.Length; at += block)
        {
            ReadOnlySpan<float> rest = signal.AsSpan(at, Math.Min(block, signal.Length - at));
            while (!rest.IsEmpty)
            {
                rest = rest[analyzer.Push(rest)..];
                Drain();
            }
        }

        analyzer.Complete();
        Drain();
        restored.AddRange(samples[..synthesizer.Complete(samples)]);
        Assert.Equal(whole.Frames, frames);
        Assert.Equal(stft.Synthesize(whole), restored.ToArray());

        void Drain()
        {
            while (analyzer.TryRead(frame))
            {
                Assert.Equal(whole.Frame(frames++).ToArray(), frame);
                restored.AddRange(samples[..synthesizer.Push(frame, samples)]);
            }
        }
    }

    [Fact]
    public void Magnitude_is_the_root_of_power_and_frames_map_like_spectrograms()
    {
        var spectrogram = new Stft(new StftOptions { FrameLength = 64 }).Analyze(Signals.Music(1000));
        var power = spectrogram.Power();
        var magnitude = spectrogram.Magnitude();
        var values = new float[power.Columns];
        for (var n = 0; n < power.Rows; n++)
        {
            Spectra.Power(spectrogram.Frame(n), values);
            Assert.Equal(power.Row(n).ToArray(), values);
            for (var f = 0; f < values.Length; f++)
                Assert.Equal(Math.Sqrt(values[f]), magnitude[n, f], 1e-6 * (1 + magnitude[n, f]));
        }
    }

    [Fact]
    public void Mel_bands_are_those_of_the_definition()
    {
        var stft = new Stft(new StftOptions { FrameLength = 256 });
        var bank = new MelFilterbank(stft, 16_000, 10, 100, 7000);
        var power = Kernels.Matrix<float>.FromRowMajor([.. Enumerable.Range(1, 129).Select(v => (float)v)], 1, 129);
        var bands = bank.Apply(power);
        var logarithms = bank.LogMel(power);
        var expected = Goldens.Get("mel").Numbers();
        for (var b = 0; b < 10; b++)
        {
            Assert.Equal(expected[b], bands[0, b], 1e-5 * expected[b]);
            Assert.Equal(Math.Log(expected[b]), logarithms[0, b], 1e-5);
        }

        var silence = new Kernels.Matrix<float>(1, 129);
        var floor = bank.LogMel(silence, 1e-8f);
        Assert.All(floor.ToRowMajor(), v => Assert.Equal(Math.Log(1e-8), v, 1e-5));
        foreach (var bad in new[] { 0, -1, float.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => bank.LogMel(silence, bad));
        Assert.Contains("band 0", Assert.Throws<ArgumentException>(() => new MelFilterbank(stft, 16_000, 128)).Message);
    }
}

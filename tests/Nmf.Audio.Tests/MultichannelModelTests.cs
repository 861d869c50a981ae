using System.Numerics;

namespace Nmf.Audio.Tests;

public sealed class MultichannelModelTests
{
    private static readonly Stft Stft = new(Mixtures.Options);

    private static readonly AudioClip[] Images = Mixtures.Panned(Mixtures.Sources(3));

    private static readonly AudioClip Recording = Mixtures.Sum(Images);

    private static readonly MultichannelOptions Options = new()
    {
        Sources = 3, ComponentsPerSource = 3, Mixing = MixingKind.Instantaneous,
        Iterations = new() { MaximumIterations = 60, Tolerance = 0 },
    };

    private static MultichannelSpectrogram Mixture { get; } = Stft.Analyze(Recording);

    // From the sources themselves, so that a source is found whatever the start.
    private static readonly Lazy<MultichannelModel> Exact = new(() => Fit(Options));

    public static TheoryData<MultichannelOptions> Kinds =>
    [
        Options,
        Options with { Mixing = MixingKind.Convolutive },
        Options with { Method = new MultiplicativeUpdates() },
        Options with { Mixing = MixingKind.Convolutive, Method = new FullRankCovariance() },
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Images_add_up_to_the_mixture(MultichannelOptions options)
    {
        var model = MultichannelNmf.Fit(Mixture, options with { Iterations = new() { MaximumIterations = 5 } });
        var h = model.Activations;
        var peak = Recording.Channels.Max(channel => Signals.Peak(channel));
        AssertRecording([.. Enumerable.Range(0, 3).Select(j => model.SourceImage(Mixture, h, j))]);
        AssertRecording([.. Enumerable.Range(0, 9).Select(k => model.ComponentImage(Mixture, h, k))]);
        AssertRecording([
            .. Enumerable.Range(0, 3).Select(j => model.SourceImage(Mixture, h, j, withNoise: false)),
            model.NoiseImage(Mixture, h)]);
        AssertRecording([model.Remix(Mixture, h, [1, 1, 1])]);

        // A remix is the sum of the images with their gains.
        AssertClip(
            Mixtures.Sum([Gain(0.5f, model.SourceImage(Mixture, h, 0)), Gain(2, model.SourceImage(Mixture, h, 2))]),
            model.Remix(Mixture, h, [0.5, 0, 2]).ToClip());
        var noise = Signals.Peak(model.NoiseImage(Mixture, h).ToClip().Channels[0]);
        Assert.Equal(options.Method is ExpectationMaximization, noise > 1e-5 * peak);

        void AssertRecording(MultichannelSpectrogram[] parts)
            => AssertClip(Recording, Mixtures.Sum([.. parts.Select(part => part.ToClip())]));

        void AssertClip(AudioClip expected, AudioClip actual)
        {
            for (var i = 0; i < 2; i++)
                Assert.True(
                    Signals.GreatestDifference(expected.Channels[i], actual.Channels[i]) <= 1e-6 * peak);
        }

        static AudioClip Gain(float gain, MultichannelSpectrogram image)
            => MultichannelNmfTests.Scaled(image, gain).ToClip();
    }

    [Fact]
    public void Panned_sources_are_found_from_a_start_near_them()
    {
        var model = Exact.Value;
        for (var j = 0; j < 3; j++)
        {
            var angle = (j + 0.5) / 3 * Math.PI / 2;
            Assert.Equal(Math.Cos(angle), model.Mixing(5, 0, j).Real, 0.02);
            Assert.Equal(Math.Sin(angle), model.Mixing(5, 1, j).Real, 0.02);
            var image = model.SourceImage(Mixture, model.Activations, j).ToClip();
            Assert.True(
                Mixtures.Ratio(Images[j], image) > Mixtures.Ratio(Images[j], Recording) + 12,
                $"{j}: {Mixtures.Ratio(Images[j], image)} dB, mixture {Mixtures.Ratio(Images[j], Recording)} dB");
        }
    }

    [Fact]
    public void A_source_that_is_silent_in_the_start_starts_at_random()
    {
        var images = Images.Select(image => Stft.Analyze(image)).ToArray();
        images[1] = MultichannelNmfTests.Scaled(images[1], 0);
        var start = MultichannelStart.FromSources(Mixture, images, Options);
        var random = MultichannelStart.Random(Mixture, Options);
        Assert.Equal(random.Mixing(3, 1, 1), start.Mixing(3, 1, 1));
        Assert.NotEqual(random.Mixing(3, 1, 0), start.Mixing(3, 1, 0));
        Assert.True(double.IsFinite(MultichannelNmf.Fit(Mixture, Options, start).Report!.Objective));
    }

    [Fact]
    public void Delays_between_the_channels_are_found()
    {
        // Two sources, each a sample or two later in one of the channels.
        var sources = Mixtures.Sources(2);
        AudioClip[] images =
        [
            new(Mixtures.SampleRate, sources[0], [0, 0, .. sources[0][..^2]]),
            new(Mixtures.SampleRate, [0, .. sources[1][..^1]], sources[1]),
        ];
        var mixture = Stft.Analyze(Mixtures.Sum(images));
        var options = Options with { Sources = 2, Mixing = MixingKind.Convolutive };
        var start = MultichannelStart.FromSources(mixture, [.. images.Select(image => Stft.Analyze(image))], options);
        var model = MultichannelNmf.Fit(mixture, options, start);
        for (var j = 0; j < 2; j++)
        {
            var image = model.SourceImage(mixture, model.Activations, j).ToClip();
            Assert.True(Mixtures.Ratio(images[j], image) > 12, $"{j}: {Mixtures.Ratio(images[j], image)} dB");
        }

        // By phase: at bin f a delay of two samples turns by 2 · 2π f / 512.
        Assert.Equal(-2 * 2 * Math.PI * 12 / 512, model.Mixing(12, 1, 0).Phase, 0.1);
    }

    [Fact]
    public void Pieces_of_a_recording_have_the_activations_of_the_whole()
    {
        foreach (var options in new[]
        {
            Options, Options with { Method = new MultiplicativeUpdates() },
            Options with { Mixing = MixingKind.Convolutive, Method = new FullRankCovariance() },
        })
        {
            var model = Fit(options with { Iterations = new() { MaximumIterations = 20 } });
            var whole = model.Infer(Mixture);
            var hop = Stft.HopLength;
            var piece = Stft.Analyze(new AudioClip(
                Mixtures.SampleRate, [.. Recording.Channels.Select(channel => channel[(20 * hop)..(50 * hop)])]));
            var part = model.Infer(piece);

            // Frame n of the piece is frame n + 20, but for the first and the last, which are cut.
            for (var n = 1; n < piece.Frames - 1; n++)
            {
                for (var k = 0; k < 9; k++)
                    Assert.Equal(whole[n + 20, k], part[n, k], 1e-9 * whole[n + 20, k]);
            }
        }
    }

    [Fact]
    public void A_model_separates_what_it_was_learnt_from_and_other_music_of_the_same_instruments()
    {
        var model = Exact.Value;
        var separated = model.Separate(Recording);
        Assert.Equal(3, separated.Count);
        Assert.True(Signals.GreatestDifference(
            Recording.Channels[1], Mixtures.Sum(separated).Channels[1]) <= 2e-6 * Signals.Peak(Recording.Channels[1]));

        // The second source plays alone.
        var alone = model.Separate(Images[1]);
        Assert.True(Mixtures.Ratio(Images[1], alone[1]) > 10, $"{Mixtures.Ratio(Images[1], alone[1])} dB");
        var silence = model.Separate(new AudioClip(
            Mixtures.SampleRate, new float[4000], new float[4000]));
        Assert.All(silence, clip => Assert.Equal(0, Signals.Peak(clip.Channels[0])));
    }

    [Theory]
    [InlineData(StftPadding.Full, 30_001)]
    [InlineData(StftPadding.None, 70_100)]
    [InlineData(StftPadding.Centred, 131_072)]
    public void A_stream_is_separated_block_by_block_as_the_whole(StftPadding padding, int samples)
    {
        // Up to two blocks of 256 frames and a bit.
        var stft = new Stft(Mixtures.Options with { Padding = padding });
        var clip = new AudioClip(Mixtures.SampleRate, [.. Recording.Channels.Select(
            channel => Enumerable.Range(0, samples).Select(t => channel[t % channel.Length]).ToArray())]);
        var model = MultichannelNmf.Fit(stft.Analyze(Recording), Options with
        {
            ComponentsPerSource = 1, Iterations = new() { MaximumIterations = 10 },
        });
        var whole = model.Separate(clip);
        using var file = new MemoryStream();
        var format = new WavFormat(Mixtures.SampleRate, 2, WavEncoding.IeeeFloat32);
        using (var writer = new WavWriter(file, format, leaveOpen: true))
            clip.Write(writer);
        file.Position = 0;
        MemoryStream[] images = [new(), new(), new()];
        WavWriter[] writers = [.. images.Select(image => new WavWriter(image, format, leaveOpen: true))];
        using (var reader = new WavReader(file))
            model.Separate(reader, writers);
        for (var j = 0; j < 3; j++)
        {
            writers[j].Dispose();
            images[j].Position = 0;
            using var reader = new WavReader(images[j]);
            var image = AudioClip.Read(reader);
            Assert.Equal(whole[j].Samples, image.Samples);
            for (var i = 0; i < 2; i++)
                Assert.True(Signals.GreatestDifference(whole[j].Channels[i], image.Channels[i]) < 1e-6);
        }
    }

    [Fact]
    public void Streams_that_do_not_fit_are_refused()
    {
        var model = Exact.Value;
        using var wrong = Reader(new AudioClip(16_000, new float[600], new float[600]));
        Assert.Contains("16000 Hz", Assert.Throws<ArgumentException>(
            () => model.Separate(wrong, Writers(3))).Message, StringComparison.Ordinal);
        using var right = Reader(Recording);
        Assert.Contains("2 files for 3 sources", Assert.Throws<ArgumentException>(
            () => model.Separate(right, Writers(2))).Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(
            () => model.Separate(right, Writers(3), cancellationToken: new CancellationToken(true)));

        static WavWriter[] Writers(int count) => [.. Enumerable.Range(0, count).Select(
            _ => new WavWriter(new MemoryStream(), new WavFormat(Mixtures.SampleRate, 2, WavEncoding.Pcm16)))];

        static WavReader Reader(AudioClip clip)
        {
            var file = new MemoryStream();
            using (var writer = new WavWriter(
                file, new WavFormat(clip.SampleRate, 2, WavEncoding.Pcm16), leaveOpen: true))
                clip.Write(writer);
            file.Position = 0;
            return new WavReader(file);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_model_that_was_saved_is_the_same(MultichannelOptions options)
    {
        var model = MultichannelNmf.Fit(Mixture, options with
        {
            Components = [1, 2, 4], Iterations = new() { MaximumIterations = 3 },
        });
        using var stream = new MemoryStream();
        model.Save(stream);
        stream.Position = 0;
        var loaded = MultichannelModel.Load(stream);
        MultichannelNmfTests.AssertSame(model, loaded);
        Assert.Null(loaded.Report);
        Assert.Equal(model.Method.GetType(), loaded.Method.GetType());
        Assert.Equal((8000, 3, 2), (loaded.SampleRate, loaded.Sources, loaded.Channels));
        Assert.Equal(model.Components(2), loaded.Components(2));
        Assert.Equal(model.Infer(Mixture).ToRowMajor(), loaded.Infer(Mixture).ToRowMajor());
        Assert.Equal(
            model.Separate(Recording)[1].Channels[0], loaded.Separate(Recording)[1].Channels[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_files_are_refused_and_lies_cost_no_memory(bool isFullRank)
    {
        var clip = new AudioClip(Mixtures.SampleRate, Signals.Music(900), Signals.Single(Signals.Noise(900, 2)));
        var model = MultichannelNmf.Fit(
            new Stft(new StftOptions { FrameLength = 32 }).Analyze(clip), Options with
            {
                Sources = 2, Method = isFullRank ? new FullRankCovariance() : Options.Method,
                Mixing = isFullRank ? MixingKind.Convolutive : MixingKind.Instantaneous,
            });
        using var stream = new MemoryStream();
        model.Save(stream);
        var file = stream.ToArray();
        Assert.NotNull(MultichannelModel.Load(new MemoryStream(file)));
        for (var length = 0; length < file.Length; length += 1 + (length / 16))
            Refused(file[..length]);
        var random = new Random(1);
        for (var i = 0; i < 400; i++)
        {
            var damaged = file.ToArray();
            damaged[random.Next(i < 200 ? 120 : file.Length)] ^= (byte)(1 << random.Next(8));
            Refused(damaged);

            // With a checksum that fits: it is refused, or it is a model.
            System.Security.Cryptography.SHA256.HashData(damaged.AsSpan()[12..^32]).CopyTo(damaged.AsSpan()[^32..]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                MultichannelModel.Load(new MemoryStream(damaged));
            }
            catch (InvalidDataException)
            {
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20);
        }

        static void Refused(byte[] bytes)
            => Assert.Throws<InvalidDataException>(() => MultichannelModel.Load(new MemoryStream(bytes)));
    }

    [Fact]
    public void What_does_not_fit_a_model_is_named()
    {
        var model = Exact.Value;
        var mono = new MultichannelSpectrogram(Mixtures.SampleRate, Mixture.Channels[0]);
        Assert.Contains("1 channels", Assert.Throws<ArgumentException>(() => model.Infer(mono)).Message,
            StringComparison.Ordinal);
        var fast = new MultichannelSpectrogram(16000, Mixture.Channels);
        Assert.Contains("16000 Hz", Assert.Throws<ArgumentException>(() => model.Infer(fast)).Message,
            StringComparison.Ordinal);
        Assert.Contains("needed", Assert.Throws<ArgumentException>(
            () => model.SourceImage(Mixture, model.Dictionary, 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.SourceImage(Mixture, model.Activations, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.ComponentImage(Mixture, model.Activations, -1));
        Assert.Contains("2 gains", Assert.Throws<ArgumentException>(
            () => model.Remix(Mixture, model.Activations, [1, 1])).Message, StringComparison.Ordinal);
    }

    private static MultichannelModel Fit(MultichannelOptions options) => MultichannelNmf.Fit(
        Mixture, options, MultichannelStart.FromSources(
            Mixture, [.. Images.Select(image => Stft.Analyze(image))], options));
}

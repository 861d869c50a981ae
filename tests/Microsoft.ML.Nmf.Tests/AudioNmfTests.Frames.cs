using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Audio;

namespace MLNmf.Tests;

/// <content>Frames in milliseconds, what changes between them, and files that are not whole.</content>
public sealed partial class AudioNmfTests
{
    [Theory]
    [InlineData(8000, 32, 256)]
    [InlineData(16_000, 32, 512)]
    [InlineData(44_100, 20, 882)]
    public void Frames_are_as_long_as_milliseconds_say(int rate, double milliseconds, int samples)
    {
        var clips = Clips(4, 21);
        foreach (var clip in clips)
            clip.Rate = rate;
        var options = Defaults();
        (options.SampleRateColumnName, options.FrameMilliseconds) = (nameof(Clip.Rate), milliseconds);
        var model = _context.Transforms.AudioNmf(options).Fit(View(clips));
        Assert.Equal((samples, samples / 2), (model.Stft.FrameLength, model.Stft.HopLength));
        Assert.Equal(AudioSpectrum.Magnitude, model.Spectrum);

        // The same for files, whose first tells the rate.
        foreach (var clip in clips)
        {
            clip.Path = Path.Combine(_folder.FullName, Path.GetRandomFileName());
            new AudioClip(rate, clip.Samples).Write(clip.Path, WavEncoding.IeeeFloat32);
        }

        (options.InputColumnName, options.SampleRateColumnName) = (nameof(Clip.Path), null);
        var ofFiles = _context.Transforms.AudioNmf(options).Fit(View(clips));
        Assert.Equal(samples, ofFiles.Stft.FrameLength);
        Assert.Equal(Codes(model.Transform(View(clips))), Codes(ofFiles.Transform(View(clips))));
    }

    [Fact]
    public void Without_a_rate_a_frame_is_that_of_16_kHz_and_the_log_says_so()
    {
        var warnings = new List<string>();
        _context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.Message);
        };
        Assert.Equal(512, _context.Transforms.AudioNmf(Defaults()).Fit(View(Clips(4, 22))).Stft.FrameLength);
        Assert.Contains(
            "a frame has 512 samples",
            Assert.Single(warnings, warning => warning.Contains("sample rate", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_clip_of_one_frame_does_not_change()
    {
        var clips = Clips(4, 23);
        var options = Options();
        options.Pooling = AudioPooling.Change;
        options.Stft = new() { FrameLength = 256, Padding = StftPadding.None, Scaling = StftScaling.None };
        var model = _context.Transforms.AudioNmf(options).Fit(View(clips));
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        model.GetOutputSchema(View(clips).Schema)["Code"].GetSlotNames(ref names);
        Assert.Equal("Component0.Change", names.DenseValues().First().ToString());
        clips[0].Samples = clips[0].Samples[..256];
        var codes = Codes(model.Transform(View(clips)));
        Assert.All(codes[0], change => Assert.Equal(0, change));
        Assert.All(codes.Skip(1), code => Assert.True(code.Max() > 0));

        var path = Path.Combine(_folder.FullName, "change.zip");
        _context.Model.Save(model, View(clips).Schema, path);
        var loaded = (AudioNmfTransformer)new MLContext().Model.Load(path, out _);
        Assert.Equal(model.Stft.Options with { FftLength = 256, HopLength = 128 }, loaded.Stft.Options);
        Assert.Equal(codes, Codes(loaded.Transform(View(clips))));
    }

    /// <summary>Files that end before their header says are an error, or read as far as they go, in the fit, in the
    /// model and in the model that was saved.</summary>
    [Fact]
    public void Truncated_files_are_read_where_that_was_asked_for()
    {
        var clips = Clips(4, 24);
        for (var i = 0; i < clips.Length; i++)
        {
            clips[i].Path = Path.Combine(_folder.FullName, $"{i}.wav");
            new AudioClip(SampleRate, clips[i].Samples).Write(clips[i].Path, WavEncoding.IeeeFloat32);
        }

        var options = Options();
        options.InputColumnName = nameof(Clip.Path);
        var whole = _context.Transforms.AudioNmf(options).Fit(View(clips));
        File.WriteAllBytes(clips[1].Path, File.ReadAllBytes(clips[1].Path)[..^2000]);
        Refused<NmfDataException>(() => _context.Transforms.AudioNmf(options).Fit(View(clips)));
        Refused<NmfDataException>(() => Codes(whole.Transform(View(clips))));

        options.ReadTruncated = true;
        var model = _context.Transforms.AudioNmf(options).Fit(View(clips));
        var path = Path.Combine(_folder.FullName, "truncated.zip");
        _context.Model.Save(model, View(clips).Schema, path);
        var codes = Codes(model.Transform(View(clips)));
        Assert.Equal(codes, Codes(new MLContext().Model.Load(path, out _).Transform(View(clips))));

        clips[1].Samples = clips[1].Samples[..^500];
        new AudioClip(SampleRate, clips[1].Samples).Write(clips[1].Path, WavEncoding.IeeeFloat32);
        Assert.Equal(codes, Codes(model.Transform(View(clips))));
    }

    private static AudioNmfEstimator.Options Defaults() => new()
    {
        OutputColumnName = "Code", InputColumnName = nameof(Clip.Samples), Rank = 4, Seed = 1,
        Iterations = new() { MaximumIterations = 30 },
    };
}

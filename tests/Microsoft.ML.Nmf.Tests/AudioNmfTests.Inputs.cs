using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Audio;

namespace MLNmf.Tests;

/// <content>Clips that do not fit: sample rates, damaged, short and silent files.</content>
public sealed partial class AudioNmfTests
{
    [Fact]
    public void Waveforms_of_another_sample_rate_than_that_of_the_fit_are_refused()
    {
        var clips = Clips(6, 10);
        var options = Options();
        options.SampleRateColumnName = nameof(Clip.Rate);
        var estimator = _context.Transforms.AudioNmf(options);
        var model = estimator.Fit(View(clips));
        Assert.Equal(SampleRate, model.SampleRate);
        Assert.Equal(
            Codes(_context.Transforms.AudioNmf(Options()).Fit(View(clips)).Transform(View(clips))),
            Codes(model.Transform(View(clips))));
        using var stream = new MemoryStream();
        _context.Model.Save(model, View(clips).Schema, stream);
        var loaded = (AudioNmfTransformer)new MLContext().Model.Load(stream, out _);
        Assert.Equal(nameof(Clip.Rate), loaded.SampleRateColumnName);

        clips[4].Rate = 44_100;
        foreach (var error in new[] { Refused<NmfDataException>(() => Codes(loaded.Transform(View(clips)))),
            Refused<NmfDataException>(() => estimator.Fit(View(clips))) })
        {
            Assert.Contains("Column 'Samples', row 4", error.Message, StringComparison.Ordinal);
            Assert.Contains("44100 Hz", error.Message, StringComparison.Ordinal);
            Assert.Contains("8000 Hz", error.Message, StringComparison.Ordinal);
        }

        clips[4].Rate = float.NaN;
        Assert.Contains(
            "sample rate of NaN Hz", Refused<NmfDataException>(() => Codes(loaded.Transform(View(clips)))).Message,
            StringComparison.Ordinal);
        options.SampleRate = 16_000;
        Assert.Contains(
            "row 0", Refused<NmfDataException>(() => _context.Transforms.AudioNmf(options).Fit(View(clips))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_sample_rate_column_must_be_there_and_files_do_not_need_one()
    {
        var view = View(Clips(4, 11));
        foreach (var (input, rate) in new[] { (nameof(Clip.Samples), "Missing"),
            (nameof(Clip.Samples), nameof(Clip.Label)), (nameof(Clip.Path), nameof(Clip.Rate)) })
        {
            var options = Options();
            (options.InputColumnName, options.SampleRateColumnName) = (input, rate);
            var estimator = _context.Transforms.AudioNmf(options);
            Assert.ThrowsAny<ArgumentException>(() => estimator.GetOutputSchema(SchemaShape.Create(view.Schema)));
            Assert.ThrowsAny<ArgumentException>(() => estimator.Fit(view));
        }

        // A model of waveforms whose rate nobody told cannot check files.
        var files = _context.Data.LoadFromEnumerable([new { Samples = "a.wav" }]);
        var unknown = _context.Transforms.AudioNmf(Options()).Fit(view);
        Assert.Contains(
            "set SampleRate", Assert.ThrowsAny<ArgumentException>(() => unknown.Transform(files)).Message,
            StringComparison.Ordinal);
        var told = Options();
        told.SampleRate = SampleRate;
        Assert.NotNull(_context.Transforms.AudioNmf(told).Fit(view).Transform(files));
    }

    [Fact]
    public void Bad_files_are_named_and_short_and_silent_ones_have_a_code()
    {
        var clips = Clips(6, 12);
        for (var i = 0; i < clips.Length; i++)
        {
            clips[i].Path = Path.Combine(_folder.FullName, $"{i}.wav");
            Write(i, clips[i].Samples);
        }

        var options = Options();
        options.InputColumnName = nameof(Clip.Path);
        var estimator = _context.Transforms.AudioNmf(options);
        var model = estimator.Fit(View(clips));
        Write(1, [0.5f]);
        Write(2, new float[2000]);
        var codes = Codes(model.Transform(View(clips)));
        Assert.All(codes.SelectMany(code => code), value => Assert.True(float.IsFinite(value) && value >= 0));
        Assert.True(codes[2].Max() < 1e-6 * codes[0].Max());

        foreach (var (write, text) in new (Action Write, string Text)[]
        {
            (() => Write(3, []), "empty"),
            (() => File.WriteAllBytes(clips[3].Path, []), "row 3"),
            (WriteNaN, "position 2"),
            (() => clips[3].Path = "", "no path"),
        })
        {
            write();
            foreach (var error in new[] { Refused<NmfDataException>(() => Codes(model.Transform(View(clips)))),
                Refused<NmfDataException>(() => estimator.Fit(View(clips))) })
            {
                Assert.Contains("Column 'Path', row 3", error.Message, StringComparison.Ordinal);
                Assert.Contains(text, error.Message, StringComparison.OrdinalIgnoreCase);
            }
        }

        void WriteNaN()
        {
            Write(3, [0, 1, 0]);
            var bytes = File.ReadAllBytes(clips[3].Path);
            BitConverter.GetBytes(float.NaN).CopyTo(bytes, bytes.Length - sizeof(float));
            File.WriteAllBytes(clips[3].Path, bytes);
        }

        void Write(int i, float[] samples)
            => new AudioClip(SampleRate, samples).Write(clips[i].Path, WavEncoding.IeeeFloat32);
    }

    [Fact]
    public void What_is_left_out_of_files_is_a_warning_of_the_fit_and_a_folder_is_named()
    {
        var clips = Clips(4, 12);
        for (var i = 0; i < clips.Length; i++)
        {
            clips[i].Path = Path.Combine(_folder.FullName, $"{i}.wav");
            new AudioClip(SampleRate, clips[i].Samples).Write(clips[i].Path);
        }

        // One byte more than whole samples, which the size of the data counts.
        var bytes = File.ReadAllBytes(clips[2].Path);
        BitConverter.TryWriteBytes(bytes.AsSpan(40), bytes.Length - 43);
        File.WriteAllBytes(clips[2].Path, [.. bytes, 0]);
        var warnings = new List<string>();
        _context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.Message);
        };
        var options = Options();
        options.InputColumnName = nameof(Clip.Path);
        var estimator = _context.Transforms.AudioNmf(options);
        _ = estimator.Fit(View(clips));
        Assert.Contains(
            "1 files. Column 'Path', row 2: The data have",
            Assert.Single(warnings, warning => warning.Contains("left out", StringComparison.Ordinal)));

        clips[3].Path = _folder.FullName;
        Assert.Contains(
            $"row 3: '{_folder.FullName}' is a folder",
            Assert.ThrowsAny<IOException>(() => estimator.Fit(View(clips))).Message);
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Audio;

namespace MLNmf.Tests;

public sealed partial class AudioNmfTests : IDisposable
{
    private const int SampleRate = 8000;

    private readonly MLContext _context = new(seed: 1);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(true);

    [Fact]
    public void Clip_to_code_to_classifier_is_one_saved_pipeline()
    {
        var training = View(Clips(40, 1));
        var test = View(Clips(20, 2));
        var pipeline = _context.Transforms.AudioNmf(Options())
            .Append(_context.Transforms.NormalizeLogMeanVariance("Code"))
            .Append(_context.Transforms.Conversion.MapValueToKey("Label"))
            .Append(_context.MulticlassClassification.Trainers.SdcaMaximumEntropy(
                featureColumnName: "Code", maximumNumberOfIterations: 30));
        var model = pipeline.Fit(training);

        var predictions = model.Transform(test);
        Assert.True(_context.MulticlassClassification.Evaluate(predictions).MicroAccuracy >= 0.95);

        var path = Path.Combine(_folder.FullName, "model.zip");
        _context.Model.Save(model, training.Schema, path);
        var loaded = new MLContext().Model.Load(path, out _).Transform(test);
        Assert.Equal(Codes(predictions), Codes(loaded));
        Assert.Equal(Codes(predictions, "Score"), Codes(loaded, "Score"));
    }

    [Fact]
    public void A_file_of_format_1_still_loads()
    {
        // Written when the estimator stood in the assembly Microsoft.ML.Nmf, which the file names: the assembly where
        // it stands now is registered by hand. Rank 2, frames of 32, 20 iterations, seed 1.
        _context.ComponentCatalog.RegisterAssembly(typeof(AudioNmfTransformer).Assembly);
        var model = (AudioNmfTransformer)_context.Model.Load(
            Path.Combine(AppContext.BaseDirectory, "Models", "audio-1.zip"), out _);

        Assert.Equal(
            (2, 32, SampleRate, AudioPooling.Mean | AudioPooling.Maximum),
            (model.Model.Rank, model.Stft.FrameLength, model.SampleRate, model.Pooling));
        float[] period = [0.5f, 0, -0.5f, 0];
        var code = Codes(
            model.Transform(View([new Clip { Samples = [.. Enumerable.Range(0, 64).Select(t => period[t % 4])] }])))[0];
        Assert.All(
            code.Zip([2540.6643f, 0.011461964f, 3190.854f, 0.03258083f]),
            pair => Assert.Equal(pair.Second, pair.First, 1e-3f * pair.Second));
    }

    [Fact]
    public void A_file_is_the_same_as_its_samples()
    {
        var clips = Clips(8, 3);
        var model = _context.Transforms.AudioNmf(Options()).Fit(View(clips));
        foreach (var clip in clips)
        {
            clip.Path = Path.Combine(_folder.FullName, Path.GetRandomFileName() + ".wav");
            new AudioClip(SampleRate, clip.Samples, clip.Samples).Write(clip.Path, WavEncoding.IeeeFloat32);
        }

        var options = Options();
        options.InputColumnName = nameof(Clip.Path);
        var ofFiles = _context.Transforms.AudioNmf(options).Fit(View(clips));
        Assert.Equal(SampleRate, ofFiles.SampleRate);
        Assert.Null(model.SampleRate);
        Assert.Equal(Codes(model.Transform(View(clips))), Codes(ofFiles.Transform(View(clips))));

        new AudioClip(SampleRate * 2, clips[0].Samples).Write(clips[2].Path);
        var error = Refused<NmfDataException>(() => Codes(ofFiles.Transform(View(clips))));
        Assert.Contains("row 2", error.Message);
        Assert.Contains("16000 Hz", error.Message);
        File.WriteAllText(clips[1].Path, "no sound");
        Assert.Contains("row 1", Refused<NmfDataException>(() => Codes(ofFiles.Transform(View(clips)))).Message);
        File.Delete(clips[0].Path);
        Assert.Contains("row 0", Refused<IOException>(() => Codes(ofFiles.Transform(View(clips)))).Message);
    }

    [Fact]
    public void A_code_is_the_mean_the_maximum_and_the_change_of_the_activations_of_the_frames()
    {
        var clips = Clips(6, 4);
        var options = Options();
        options.Pooling |= AudioPooling.Change;
        var model = _context.Transforms.AudioNmf(options).Fit(View(clips));
        var codes = Codes(model.Transform(View(clips)));

        var rank = model.Model.Rank;
        var dictionary = new Nmf.Kernels.Matrix<float>(model.Model.FeatureCount, rank);
        for (var f = 0; f < dictionary.Rows; f++)
            for (var k = 0; k < rank; k++)
                dictionary[f, k] = model.Model.GetComponent(k)[f];
        var solver = new Nmf.Kernels.RowSolver<float>(
            dictionary, 0, model.Model.Inference.Tolerance, model.Model.Inference.MaximumIterations);
        var scratch = solver.CreateScratch();
        for (var i = 0; i < clips.Length; i++)
        {
            var spectrogram = model.Stft.Analyze(clips[i].Samples);
            var power = spectrogram.Power();
            var activations = new float[power.Rows][];
            for (var n = 0; n < power.Rows; n++)
            {
                activations[n] = new float[rank];
                model.Scaling.Apply(power.Row(n));
                solver.Solve(power.Row(n), activations[n], scratch);
            }

            for (var k = 0; k < rank; k++)
            {
                var mean = activations.Average(h => (double)h[k]);
                Assert.Equal(mean, codes[i][k], 1e-6 * (1e-6 + mean));
                Assert.Equal(activations.Max(h => h[k]), codes[i][rank + k]);
                var change = activations.Skip(1).Zip(activations, (h, before) => Math.Abs((double)h[k] - before[k]))
                    .Average();
                Assert.Equal(change, codes[i][(2 * rank) + k], 1e-6 * (1e-6 + change));
            }
        }
    }

    [Fact]
    public void The_schema_is_as_announced_and_other_types_are_refused()
    {
        var view = View(Clips(6, 5));
        var estimator = _context.Transforms.AudioNmf(Options());
        var announced = estimator.GetOutputSchema(SchemaShape.Create(view.Schema));
        var model = estimator.Fit(view);
        var column = model.GetOutputSchema(view.Schema)["Code"];
        Assert.Equal(8, ((VectorDataViewType)column.Type).Size);
        Assert.Equal(SchemaShape.Column.VectorKind.Vector, announced.Single(c => c.Name == "Code").Kind);
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        column.GetSlotNames(ref names);
        Assert.Equal(
            ["Component0.Mean", "Component1.Mean", "Component2.Mean", "Component3.Mean",
                "Component0.Maximum", "Component1.Maximum", "Component2.Maximum", "Component3.Maximum"],
            names.DenseValues().Select(name => name.ToString()));

        var options = Options();
        options.InputColumnName = nameof(Clip.Number);
        var wrong = _context.Transforms.AudioNmf(options);
        Assert.Throws<ArgumentOutOfRangeException>(() => wrong.GetOutputSchema(SchemaShape.Create(view.Schema)));
        Assert.Throws<ArgumentOutOfRangeException>(() => wrong.Fit(view));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => model.Transform(_context.Data.LoadFromEnumerable([new { Samples = 1f }])));
    }

    [Fact]
    public void Memory_of_the_fit_is_that_of_the_sampled_frames_and_a_second_fit_is_the_same()
    {
        var view = View(Clips(10, 6));
        var options = Options();
        options.MaximumTrainingFrames = 30;
        var estimator = _context.Transforms.AudioNmf(options);
        var (first, second) = (estimator.Fit(view), estimator.Fit(view));
        Assert.Equal(30, first.Model.TrainingRows);
        Assert.Equal(Codes(first.Transform(view)), Codes(second.Transform(view)));
    }

    [Fact]
    public void Silence_has_a_code_and_clips_that_have_none_are_named()
    {
        var clips = Clips(6, 7);
        clips[1].Samples = new float[2000];
        clips[2].Samples = [0.5f];
        var model = _context.Transforms.AudioNmf(Options()).Fit(View(clips));
        var codes = Codes(model.Transform(View(clips)));
        Assert.All(codes.SelectMany(code => code), value => Assert.True(float.IsFinite(value) && value >= 0));
        Assert.True(codes[1].Max() < 1e-6 * codes[0].Max());

        clips[3].Samples = [];
        Assert.Contains("row 3", Refused<NmfDataException>(() => Codes(model.Transform(View(clips)))).Message);
        clips[3].Samples = [0, 1, float.NaN];
        var error = Assert.Throws<NmfDataException>(() => _context.Transforms.AudioNmf(Options()).Fit(View(clips)));
        Assert.Contains("Column 'Samples', row 3", error.Message);
        Assert.Contains("position 2", error.Message);
        Assert.Contains("silent", Assert.Throws<NmfDataException>(
            () => _context.Transforms.AudioNmf(Options()).Fit(View([clips[1]]))).Message);
    }

    [Fact]
    public void Options_out_of_range_are_refused_and_a_fit_can_be_cancelled()
    {
        foreach (var change in new Action<AudioNmfEstimator.Options>[]
        {
            o => o.OutputColumnName = "", o => o.InputColumnName = " ", o => o.Rank = 0,
            o => o.Pooling = AudioPooling.None, o => o.Spectrum = (AudioSpectrum)7,
            o => o.Stft = new() { FrameLength = 0 }, o => o.Stft = o.Stft! with { HopLength = 1000 },
            o => o.SampleRate = 0, o => o.MaximumTrainingFrames = 0, o => o.FrameMilliseconds = 0,
            o => o.FrameMilliseconds = double.PositiveInfinity, o => o.Pooling = (AudioPooling)8,
            o => o.Iterations = new() { MaximumIterations = -1 },
        })
        {
            var options = Options();
            change(options);
            Assert.ThrowsAny<ArgumentException>(() => _context.Transforms.AudioNmf(options));
        }

        using var source = new CancellationTokenSource();
        source.Cancel();
        var cancelled = Options();
        cancelled.CancellationToken = source.Token;
        Assert.ThrowsAny<OperationCanceledException>(
            () => _context.Transforms.AudioNmf(cancelled).Fit(View(Clips(4, 8))));
    }

    [Fact]
    public void Memory_of_transform_does_not_grow_with_the_length_of_a_file()
    {
        var clips = Clips(4, 13);
        var options = Options();
        options.InputColumnName = nameof(Clip.Path);
        foreach (var clip in clips)
        {
            clip.Path = Path.Combine(_folder.FullName, Path.GetRandomFileName());
            new AudioClip(SampleRate, clip.Samples).Write(clip.Path);
        }

        var model = _context.Transforms.AudioNmf(options).Fit(View(clips));
        foreach (var (clip, seconds) in clips.Zip([1, 1, 40]))
        {
            var random = new Random(seconds);
            new AudioClip(
                SampleRate,
                [.. Enumerable.Range(0, seconds * SampleRate).Select(_ => (float)(random.NextDouble() - 0.5))])
                .Write(clip.Path);
        }

        // The first is for what is allocated once; a frame of the long file costs no byte, in Single 40 s would be 1.3
        // MB and their spectra the double.
        var allocated = clips.Take(3).Select(clip =>
        {
            var view = model.Transform(View([clip]));
            using var cursor = view.GetRowCursor([view.Schema["Code"]]);
            var getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Code"]);
            var code = default(VBuffer<float>);
            Assert.True(cursor.MoveNext());
            var before = GC.GetAllocatedBytesForCurrentThread();
            getter(ref code);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }).ToArray();
        Assert.InRange(allocated[2], 0, allocated[1] + 4096);
    }

    private static AudioNmfEstimator.Options Options() => new()
    {
        OutputColumnName = "Code", InputColumnName = nameof(Clip.Samples), Rank = 4, Stft = new() { FrameLength = 256 },
        Beta = BetaDivergence.ItakuraSaito, Spectrum = AudioSpectrum.Power,
        Iterations = new() { MaximumIterations = 50 }, Seed = 1,
    };

    /// <summary>Clips of two kinds: a low tone and a high one, each with noise, of different lengths.</summary>
    private static Clip[] Clips(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var pitch = (i % 2 == 0 ? 0.3 : 0.9) * (1 + (0.03 * random.NextDouble()));
            var samples = new float[1500 + random.Next(1500)];
            for (var t = 0; t < samples.Length; t++)
                samples[t] =
                    (float)((0.3 * Math.Sin(pitch * t) * Math.Exp(-t / 900.0)) + (0.05 * (random.NextDouble() - 0.5)));
            return new Clip { Samples = samples, Label = i % 2 == 0 ? "low" : "high" };
        })];
    }

    private static float[][] Codes(IDataView view, string column = "Code") => [.. view.GetColumn<float[]>(column)];

    /// <summary>The error, which ML.NET wraps when a cursor runs on other threads.</summary>
    private static T Refused<T>(Action action)
        where T : Exception
    {
        for (var error = Record.Exception(action); error is not null; error = error.InnerException)
        {
            if (error is T expected)
                return expected;
        }

        Assert.Fail($"No {typeof(T).Name}.");
        throw new InvalidOperationException();
    }

    private IDataView View(Clip[] clips) => _context.Data.LoadFromEnumerable(clips);

    private sealed class Clip
    {
        public float[] Samples { get; set; } = [];

        public string Path { get; set; } = "";

        public string Label { get; set; } = "";

        public float Number { get; set; }

        public float Rate { get; set; } = SampleRate;
    }
}

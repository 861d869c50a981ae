using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace SoundDefaults;

/// <summary>Features of clips by <see cref="AudioNmfEstimator"/>, judged by a linear classifier of what is said by
/// speakers that neither has heard: divergence and spectrum, length of frames, pooling.</summary>
internal static class ClipTable
{
    private const int Rank = 20;

    private static readonly (string Name, double Beta, AudioSpectrum Spectrum)[] Models =
    [
        ("Kullback-Leibler, magnitudes", 1, AudioSpectrum.Magnitude), ("Itakura-Saito, powers", 0, AudioSpectrum.Power),
        ("Kullback-Leibler, powers", 1, AudioSpectrum.Power),
    ];

    private static readonly AudioPooling[] Poolings = [
        AudioPooling.Mean | AudioPooling.Maximum,
        AudioPooling.Mean | AudioPooling.Maximum | AudioPooling.Change];

    /// <summary>Trains on the first folder and tests on the second; without a second, on each half of the speakers of
    /// the first.</summary>
    public static void Print(string folder, string? judge)
    {
        var clips = Clips(folder);
        string[] speakers = [.. clips.Select(clip => clip.Speaker).Distinct().Order(StringComparer.Ordinal)];
        var folds = judge is not null
            ? [(clips, Clips(judge))]
            : Enumerable.Range(0, 2).Select(fold =>
            {
                var held = speakers.Where((_, i) => i % 2 == fold).ToHashSet();
                return (clips.Where(clip => !held.Contains(clip.Speaker)).ToArray(),
                    clips.Where(clip => held.Contains(clip.Speaker)).ToArray());
            }).ToArray();
        var table = new Table("model", ">16 ms", ">32 ms", ">64 ms", ">128 ms");
        foreach (var (name, beta, spectrum) in Models)
        {
            foreach (var pooling in Poolings)
            {
                table.Add([name + (pooling.HasFlag(AudioPooling.Change) ? ", changes" : ""),
                    .. new double[] { 16, 32, 64, 128 }.Select(milliseconds => Format.Figure(folds.Average(
                        fold => Accuracy(fold.Item1, fold.Item2, new AudioNmfEstimator.Options
                        {
                            OutputColumnName = "Code", InputColumnName = nameof(Clip.Path), Rank = Rank, Beta = beta,
                            Spectrum = spectrum, FrameMilliseconds = milliseconds, Pooling = pooling, Seed = 1,
                            Iterations = new() { MaximumIterations = 100 }, MaximumTrainingFrames = 8000,
                        }))))]);
            }
        }

        var tested = folds.Sum(fold => fold.Item2.Length);
        Console.WriteLine($"Accuracy on {tested} clips of speakers that were not heard, K = {Rank}");
        table.Print();
    }

    private static Clip[] Clips(string folder)
        => [.. Directory.GetFiles(folder, "*.wav").Order(StringComparer.Ordinal).Select(path =>
        {
            var parts = Path.GetFileName(path).Split('_');
            return parts.Length == 3
                ? new Clip { Path = path, Word = parts[0], Speaker = parts[1] }
                : throw new UserErrorException($"{path} is not called WORD_SPEAKER_NUMBER.wav.");
        })];

    private static double Accuracy(Clip[] training, Clip[] test, AudioNmfEstimator.Options options)
    {
        var ml = new MLContext(seed: 1);
        var model = ml.Transforms.AudioNmf(options)
            .Append(ml.Transforms.NormalizeLogMeanVariance("Code"))
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", nameof(Clip.Word)))
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Code"))
            .Fit(ml.Data.LoadFromEnumerable(training));
        return ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(test))).MicroAccuracy;
    }

    private sealed class Clip
    {
        public string Path { get; init; } = "";

        public string Word { get; init; } = "";

        public string Speaker { get; init; } = "";
    }
}

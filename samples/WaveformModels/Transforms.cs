using System.Diagnostics;
using Nmf;
using Nmf.Audio;
using Nmf.Kernels;

namespace WaveformModels;

/// <summary>A transform that was learnt, or kept, and how.</summary>
internal sealed record LearntTransform(string Name, TransformModel<float> Model, TimeSpan Elapsed)
{
    public double Objective => Model.Report!.Objective;

    public double Milliseconds => Elapsed.TotalMilliseconds / Math.Max(1, Model.Report!.Iterations);
}

/// <summary>The frames of a piano, factorised with the cosine transform and with transforms that are learnt from it and
/// from a random one.</summary>
internal static class Transforms
{
    private const int Rank = 8;
    private const int Iterations = 200;
    private const int MostFrames = 512;

    public static Matrix<float> Frames(Options options)
    {
        var piano = Sound.Piano();
        var hop = options.Size / 2;
        return SignalFrames.Cut(
            piano.Samples.AsSpan(0, Math.Min(piano.Samples.Length, (MostFrames + 1) * hop)),
            new StftOptions { FrameLength = options.Size, HopLength = hop });
    }

    public static IReadOnlyList<LearntTransform> Study(Matrix<float> frames)
    {
        return
        [
            Fit("cosine transform, kept", TransformStart.Cosine, true),
            Fit("learnt from the cosine transform", TransformStart.Cosine, false),
            Fit("learnt from a random transform", TransformStart.Random, false),
        ];

        LearntTransform Fit(string name, TransformStart start, bool isKept)
        {
            var options = new TransformLearningOptions
            {
                Rank = Rank, Start = start, KeepsTransform = isKept,
                Iterations = new IterationOptions { MaximumIterations = Iterations, Tolerance = 0, CheckInterval = 10 },
            };
            var started = Stopwatch.GetTimestamp();
            var model = TransformLearning.Fit(frames, options);
            return new LearntTransform(name, model, Stopwatch.GetElapsedTime(started));
        }
    }

    public static Table Table(IReadOnlyList<LearntTransform> transforms, Matrix<float> frames)
    {
        var table = new Table("transform", ">at the start", ">objective per coefficient");
        foreach (var transform in transforms)
            table.Add(
                transform.Name, Each(transform.Model.Report!.History[0].Objective), Each(transform.Objective));
        return table;

        string Each(double objective) => Format.Figure(objective / ((double)frames.Rows * frames.Columns));
    }
}

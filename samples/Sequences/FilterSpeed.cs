using System.Diagnostics;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace Sequences;

/// <summary>How long the causal filter takes for a frame, on one thread.</summary>
/// <param name="Components">Number of components K.</param>
/// <param name="MicrosecondsPerFrame">Least of several runs.</param>
internal sealed record FilterSpeed(int Components, double MicrosecondsPerFrame)
{
    private const int Runs = 5;
    private const int FramesInARun = 60;

    /// <summary>Time for a frame over the time that the frame brings.</summary>
    public double RealTimeFactor => MicrosecondsPerFrame * 1e-6 / Melody.FrameSeconds;

    /// <summary>Measures the filter of a model, and one with many components, as speech needs them.</summary>
    public static FilterSpeed[] Measure(SequenceNmfTransformer system, IReadOnlyList<Frame> frames)
    {
        const int many = 200;
        var random = new Random(1);
        var dictionary = Matrix<float>.FromRowMajor(
            [.. Enumerable.Range(0, Melody.Bins * many).Select(_ => random.NextSingle())], Melody.Bins, many);
        var transitions = Matrix<float>.FromRowMajor(
            [.. Enumerable.Range(0, many * many).Select(_ => random.NextSingle() / many)], many, many);
        var small = system.CreateFilter();
        var large = new DynamicalSystemFilter<float>(dictionary, transitions, [.. Enumerable.Repeat(1.0, many)]);
        return [Measure(small, frames), Measure(large, frames)];
    }

    private static FilterSpeed Measure(CausalFilter<float> filter, IReadOnlyList<Frame> frames)
    {
        var activations = new float[filter.Rank];
        var least = double.PositiveInfinity;
        for (var run = 0; run <= Runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var n = 0; n < FramesInARun; n++)
                filter.Push(frames[n].Power, activations);

            // The first run is for the compiler.
            if (run > 0)
                least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalMicroseconds / FramesInARun);
        }

        return new FilterSpeed(filter.Rank, least);
    }
}

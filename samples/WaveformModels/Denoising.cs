using Nmf;
using Nmf.Audio;

namespace WaveformModels;

/// <summary>One recording with noise at one level: signal over error of the noisy recording, of the Wiener filter of
/// its spectrogram, and of the synthesis, in decibels; and the two sounds.</summary>
internal sealed record Denoised(
    Sound Sound, double Level, double Noisy, double Filtered, double Synthesised, double Deviation, float[] Mixture,
    float[] ByFilter, float[] BySynthesis)
{
    public double Gain => Synthesised - Filtered;
}

/// <summary>White noise taken away, with its variance given, by the same factorisation of as many iterations, frames
/// and starts in two ways: of the spectrogram, which is then filtered, and of the coefficients of a
/// synthesis.</summary>
internal static class Denoising
{
    public static Denoised Study(Sound sound, double level, Options options)
    {
        var noisy = sound.WithNoise(level, out var variance);
        var fit = new SynthesisOptions
        {
            Layers =
            [
                new SynthesisLayer
                {
                    Stft = new StftOptions { FrameLength = options.FrameLength(sound.SampleRate) },
                    Rank = options.Rank,
                },
            ],
            Noise = SynthesisNoise.Fixed(variance),
            Iterations = new IterationOptions { MaximumIterations = options.Iterations, Tolerance = 0 },
        };
        var synthesis = TimeFrequencySynthesis.Fit(noisy.Samples, sound.SampleRate, fit).Denoised();
        var filtered = TimeFrequencySynthesis.Fit(
            noisy.Samples, sound.SampleRate, fit with { KeepsCoefficients = true }).Denoised();
        var estimated = TimeFrequencySynthesis.Fit(
            noisy.Samples, sound.SampleRate, fit with
            {
                Noise = SynthesisNoise.Estimated(), Iterations = new IterationOptions { MaximumIterations = 0 },
            }).Model.NoiseVariance;
        return new Denoised(
            sound, level, sound.Ratio(noisy.Samples), sound.Ratio(filtered), sound.Ratio(synthesis),
            Math.Sqrt(estimated / variance), noisy.Samples, filtered, synthesis);
    }

    public static Table Table(IReadOnlyList<Denoised> results)
    {
        var table = new Table(
            "recording", ">noise", ">noisy", ">Wiener filter", ">synthesis", ">gain", ">estimated deviation");
        foreach (var result in results)
            Add(result.Sound.Title, result.Level, [result]);
        foreach (var level in results.GroupBy(result => result.Level).Where(level => level.Count() > 1))
            Add("mean", level.Key, [.. level]);
        return table;

        void Add(string title, double level, Denoised[] of) => table.Add(
            title, Format.Figure(level, 0) + " dB", Decibels(of.Average(r => r.Noisy)),
            Decibels(of.Average(r => r.Filtered)), Decibels(of.Average(r => r.Synthesised)),
            of.Average(r => r.Gain).ToString("+0.0;-0.0;0.0", System.Globalization.CultureInfo.InvariantCulture),
            Format.Figure(of.Average(r => r.Deviation), 2));
    }

    public static string Decibels(double value) => Format.Figure(value, 1) + " dB";
}

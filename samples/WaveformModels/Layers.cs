using Nmf;
using Nmf.Audio;

namespace WaveformModels;

/// <summary>Piano and castanets in one recording, taken apart into a layer of long frames and one of short ones.
/// </summary>
internal sealed record Layers(
    Sound Piano, Sound Castanets, Sound Recording, float[] Tones, float[] Beats, float[] Rest, double Difference)
{
    public static Layers Study(Options options)
    {
        var piano = Sound.Piano();
        var castanets = Sound.Castanets(piano.SampleRate, piano.Samples.Length);
        var recording = piano with { Samples = [.. piano.Samples.Zip(castanets.Samples, (a, b) => a + b)] };
        var result = TimeFrequencySynthesis.Fit(recording.Samples, recording.SampleRate, new SynthesisOptions
        {
            Layers =
            [
                new SynthesisLayer { Stft = new StftOptions { FrameLength = 2048 }, Rank = options.Rank },
                new SynthesisLayer { Stft = new StftOptions { FrameLength = 64 }, Rank = 5 },
            ],
            Noise = SynthesisNoise.Estimated().Annealed(1000, options.Iterations / 2),
            Iterations = new IterationOptions { MaximumIterations = options.Iterations, Tolerance = 0 },
        });
        var (tones, beats, rest) = (result.Layer(0), result.Layer(1), result.Residual());
        return new Layers(
            piano, castanets, recording, tones, beats, rest,
            recording.Samples.Select((x, t) => Math.Abs(x - (tones[t] + beats[t] + rest[t]))).Max());
    }

    public Table Table() => new Table("layer", ">in the recording", ">as a layer")
        .Add(
            "piano: frames of 2048", Denoising.Decibels(Piano.Ratio(Recording.Samples)),
            Denoising.Decibels(Piano.Ratio(Tones)))
        .Add(
            "castanets: frames of 64", Denoising.Decibels(Castanets.Ratio(Recording.Samples)),
            Denoising.Decibels(Castanets.Ratio(Beats)));
}

using Nmf.Audio;
using Nmf.Kernels;
using PianoDecomposition.Sound;

namespace Sequences;

/// <summary>What is learnt from, and what is forecast: power spectra of one scale, whose silence has a floor.</summary>
/// <param name="Title">What it is, for the report.</param>
/// <param name="Training">Frames to learn from.</param>
/// <param name="Unseen">Frames that the models have not seen.</param>
/// <param name="HasTune">Whether it is the tune, whose notes are known.</param>
internal sealed record Performances(string Title, Frame[] Training, Frame[] Unseen, bool HasTune)
{
    // Forecasts look half a second ahead; the last quarter is long enough for many of them.
    private const int LeastFrames = 128;

    private static readonly Stft Frames = new(new StftOptions
    {
        FrameLength = Melody.FrameLength, HopLength = Melody.HopLength, Padding = StftPadding.None,
    });

    /// <summary>Eight performances of the tune, and three more.</summary>
    public static Performances OfTune()
    {
        var (training, unseen) = (Melody.Play(8, 8, seed: 1), Melody.Play(3, 8, seed: 2));
        return Of(
            "Performances of a tune of six notes over and over, which the sample plays itself", training, unseen, true);
    }

    /// <summary>A recording: three quarters to learn from, the last one to forecast.</summary>
    /// <param name="path">A WAV file of any sample rate and number of channels; it is brought to one channel at that of
    /// the tune.</param>
    /// <exception cref="UserErrorException">It cannot be read, or is too short or silent.</exception>
    public static Performances OfFile(string path)
    {
        var samples = WavInput.Read(path, Melody.SampleRate).ToMono();
        if (samples.Length < LeastFrames * Melody.HopLength)
            throw new UserErrorException(FormattableString.Invariant(
                $"{path} has {(double)samples.Length / Melody.SampleRate:F1} s; ")
                + FormattableString.Invariant($"{LeastFrames * Melody.FrameSeconds:F1} s are needed."));
        if (Array.TrueForAll(samples, x => x == 0))
            throw new UserErrorException($"{path} is silent.");
        var split = samples.Length / 4 * 3;
        return Of(Path.GetFileName(path), [samples[..split]], [samples[split..]], false);
    }

    private static Performances Of(string title, float[][] training, float[][] unseen, bool hasTune)
    {
        var frames = Analyze(training);
        var scaling = SpectralScaling.For(Matrix<float>.FromRowMajor(
            [.. frames.SelectMany(frame => frame.Power)], frames.Length, Melody.Bins));
        var others = Analyze(unseen);
        foreach (var frame in frames.Concat(others))
            scaling.Apply(frame.Power);
        return new Performances(title, frames, others, hasTune);
    }

    private static Frame[] Analyze(float[][] recordings) => [.. recordings.SelectMany((samples, r) =>
    {
        var power = Frames.Analyze(samples).Power();
        return Enumerable.Range(0, power.Rows).Select(
            n => new Frame { Recording = r, Power = power.Row(n).ToArray() });
    })];
}

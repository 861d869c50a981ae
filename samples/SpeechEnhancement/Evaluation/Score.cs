using Nmf.Audio;

namespace SpeechEnhancement.Evaluation;

/// <summary>How well speech was recovered, in dB.</summary>
/// <param name="Distortion">SDR of BSS Eval: the speech, however filtered, over everything else.</param>
/// <param name="Interference">SIR: the speech over the noise that is left.</param>
/// <param name="Artifacts">SAR: what is left of speech and noise over what is neither.</param>
/// <param name="ScaleInvariant">SI-SDR: the speech at any level, but unfiltered, over everything else.</param>
internal readonly record struct Score(double Distortion, double Interference, double Artifacts, double ScaleInvariant)
{
    /// <summary>Scores an estimate of the speech in a mixture, with filters of 512 taps for BSS
    /// Eval as published.</summary>
    public static Score Of(Mixture mixture, float[] estimate)
    {
        var rest = new float[estimate.Length];
        for (var t = 0; t < rest.Length; t++)
            rest[t] = mixture.Noisy.Channels[0][t] - estimate[t];

        // For the mixture itself nothing is left over; BSS Eval wants a second estimate all the
        // same, which does not count.
        var second = Array.TrueForAll(rest, value => value == 0) ? mixture.Noise : rest;
        var speech = BssEval.Evaluate([mixture.Speech, mixture.Noise], [estimate, second], permute: false).Scores[0];
        return new Score(
            speech.SourceToDistortion, speech.SourceToInterference, speech.SourceToArtifacts,
            SiSdr.Evaluate(mixture.Speech, estimate));
    }

    /// <summary>The difference of every measure.</summary>
    public static Score operator -(Score after, Score before) => new(
        after.Distortion - before.Distortion, after.Interference - before.Interference,
        after.Artifacts - before.Artifacts, after.ScaleInvariant - before.ScaleInvariant);

    /// <summary>The mean of every measure.</summary>
    public static Score Mean(IReadOnlyList<Score> scores)
        => new(
            scores.Average(s => s.Distortion), scores.Average(s => s.Interference), scores.Average(s => s.Artifacts),
            scores.Average(s => s.ScaleInvariant));
}

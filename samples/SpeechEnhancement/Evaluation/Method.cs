using Nmf.Audio;
using SpeechEnhancement.Baseline;
using SpeechEnhancement.Sound;

namespace SpeechEnhancement.Evaluation;

/// <summary>A way from noisy speech to speech.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Enhance">The way.</param>
internal sealed record Method(string Name, Func<AudioClip, float[]> Enhance)
{
    public const string Noisy = "noisy";
    public const string Baseline = "spectral baseline";
    public const string Plain = "IS-NMF";
    public const string Dynamical = "dynamical NMF";

    /// <summary>All methods, those that learn after they have learnt.</summary>
    /// <param name="training">Clean speech.</param>
    /// <param name="settings">Ranks, shapes and iterations.</param>
    public static (Method[] Methods, IDisposable[] Models) All(IReadOnlyList<NamedSound> training, Settings settings)
    {
        AudioClip[] clips = [.. training.Select(sound => sound.Clip)];
        var plain = SourceModel.Learn(clips, settings.PlainModel);
        var dynamical = SourceModel.Learn(clips, settings.DynamicalModel);
        Method[] methods =
        [
            new(Noisy, clip => clip.Channels[0]),
            new(Baseline, clip => SpectralBaseline.Enhance(clip.Channels[0], clip.SampleRate)),
            new(Plain, clip => plain.Enhance(clip, settings.PlainEnhancement).Source.Channels[0]),
            new(Dynamical, clip => dynamical.Enhance(clip, settings.DynamicalEnhancement).Source.Channels[0]),
        ];
        return (methods, [plain, dynamical]);
    }
}

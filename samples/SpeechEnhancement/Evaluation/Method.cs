using System.Diagnostics;
using Nmf.Audio;
using SpeechEnhancement.Baseline;
using SpeechEnhancement.Sound;

namespace SpeechEnhancement.Evaluation;

/// <summary>A way from noisy speech to speech.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Enhance">The way; may be gone by several threads.</param>
internal sealed record Method(string Name, Func<AudioClip, float[]> Enhance)
{
    /// <summary>The name of no method at all.</summary>
    public const string Noisy = "noisy";
}

/// <summary>All methods, those that learn after they have learnt.</summary>
internal sealed class MethodSet
{
    private readonly SourceModel _plain;
    private readonly SourceModel _dynamical;

    private MethodSet(SourceModel plain, SourceModel dynamical, Settings settings, TimeSpan learningTime)
    {
        (_plain, _dynamical, LearningTime) = (plain, dynamical, learningTime);
        All =
        [
            new(Method.Noisy, clip => clip.Channels[0]),
            new("spectral baseline", clip => SpectralBaseline.Enhance(clip.Channels[0], clip.SampleRate)),
            new("IS-NMF", clip => plain.Enhance(clip, settings.Enhancement).Source.Channels[0]),
            new("dynamical NMF", clip => dynamical.Enhance(clip, settings.Enhancement).Source.Channels[0]),
        ];
    }

    /// <summary>The methods, the mixture as it is first.</summary>
    public IReadOnlyList<Method> All { get; }

    /// <summary>Time to learn both models.</summary>
    public TimeSpan LearningTime { get; }

    /// <summary>Learns from clean speech.</summary>
    public static MethodSet Learn(IReadOnlyList<NamedSound> training, Settings settings)
    {
        var start = Stopwatch.GetTimestamp();
        AudioClip[] clips = [.. SpeedPerturbation.Apply(training, settings.Speeds).Select(sound => sound.Clip)];
        var plain = SourceModel.Learn(clips, settings.PlainModel);
        var dynamical = SourceModel.Learn(clips, settings.DynamicalModel);
        return new MethodSet(plain, dynamical, settings, Stopwatch.GetElapsedTime(start));
    }
}

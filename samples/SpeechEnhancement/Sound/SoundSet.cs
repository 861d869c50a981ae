using Nmf.Audio;
using PianoDecomposition.Sound;

namespace SpeechEnhancement.Sound;

/// <summary>A piece of sound with a name for tables.</summary>
/// <param name="Name">Short.</param>
/// <param name="Clip">One channel.</param>
internal sealed record NamedSound(string Name, AudioClip Clip);

/// <summary>Who speaks in training and who in the test, and what drowns them. Nothing of the test is in the training:
/// not the speaker, not the noise.</summary>
/// <param name="Title">What the sounds are, in one line.</param>
/// <param name="Training">Clean speech to learn from.</param>
/// <param name="Test">Clean speech of somebody else.</param>
/// <param name="Noises">Noise, each as long as the longest test sound or longer.</param>
internal sealed record SoundSet(
    string Title, IReadOnlyList<NamedSound> Training, IReadOnlyList<NamedSound> Test, IReadOnlyList<NamedSound> Noises)
{
    /// <summary>All sounds have this sample rate, in Hz.</summary>
    public const int SampleRate = 16000;

    /// <summary>A recording as the sounds here are: with one channel and their sample rate.</summary>
    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public static AudioClip Read(string path) => new(SampleRate, WavInput.Read(path, SampleRate).ToMono());
}

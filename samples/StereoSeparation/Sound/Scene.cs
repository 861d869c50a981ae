using Nmf.Audio;

namespace StereoSeparation.Sound;

/// <summary>A source of a recording whose sources are known.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Image">What the channels hear of it.</param>
internal sealed record Voice(string Name, AudioClip Image);

/// <summary>A recording to be taken apart.</summary>
/// <param name="Name">A word, for files.</param>
/// <param name="Title">What it is, in one line.</param>
/// <param name="Mixing">How the sources are mixed.</param>
/// <param name="Recording">The recording.</param>
/// <param name="Voices">Its sources, where they are known; empty otherwise.</param>
internal sealed record Scene(
    string Name, string Title, MixingKind Mixing, AudioClip Recording, IReadOnlyList<Voice> Voices)
{
    /// <summary>A recording that is the sum of its sources.</summary>
    public static Scene Of(string name, string title, MixingKind mixing, params Voice[] voices)
    {
        var images = voices.Select(voice => voice.Image).ToArray();
        return new Scene(
            name, title, mixing, new AudioClip(images[0].SampleRate, [.. images[0].Channels.Select(
                (channel, i) => channel.Select((_, t) => images.Sum(image => image.Channels[i][t])).ToArray())]),
            voices);
    }
}

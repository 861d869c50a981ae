using Nmf.Audio;
using Restoration.Sound;

namespace StereoSeparation.Sound;

/// <summary>A little trio over four chords; instruments share notes and partials, and each is silent for one
/// chord.</summary>
internal static class Tunes
{
    /// <summary>Length of the piece.</summary>
    public const double Seconds = 12;

    // Notes as MIDI numbers, and when they begin.
    private static readonly (double At, int Note)[] Violin = [(0, 67), (2.5, 64), (7.5, 62)];
    private static readonly (double At, int Note)[] Trumpet =
    [
        (1.25, 72), (1.875, 71), (2.5, 72), (3.125, 76), (3.75, 74), (4.375, 72), (5, 69), (5.625, 72), (6.25, 77),
        (6.875, 76),
    ];

    private static readonly int[] Arpeggio =
        [72, 76, 81, 84, 81, 76, 72, 76, 77, 81, 84, 89, 84, 81, 77, 81, 74, 79, 83, 86, 83, 79, 74];

    /// <summary>The three instruments, equally loud.</summary>
    public static (string Name, float[] Samples)[] Play(int sampleRate) =>
    [
        ("violin", Sum(Violin.Select(note => (note.At, Synthesizer.Violin(Frequency(note.Note), 2.6))), sampleRate)),
        ("trumpet", Sum(Trumpet.Select(
            note => (note.At, Synthesizer.Trumpet(Frequency(note.Note), 0.75))), sampleRate)),
        ("vibraphone", Sum(Arpeggio.Select(
            (note, i) => (2.5 + (0.3125 * i), Synthesizer.Vibraphone(Frequency(note)))), sampleRate)),
    ];

    private static double Frequency(int note) => 440 * Math.Pow(2, (note - 69) / 12.0);

    private static float[] Sum(IEnumerable<(double At, float[] Samples)> notes, int sampleRate)
    {
        var samples = new float[(int)(Seconds * Synthesizer.SampleRate)];
        foreach (var (at, note) in notes)
        {
            var start = (int)(at * Synthesizer.SampleRate);
            for (var t = 0; t < note.Length && start + t < samples.Length; t++)
                samples[start + t] += note[t];
        }

        return new AudioClip(Synthesizer.SampleRate, samples).Resample(sampleRate).Channels[0];
    }
}

using PianoDecomposition.Sound;

namespace Restoration.Sound;

/// <summary>Finds the recording that the user asked for.</summary>
internal static class Recordings
{
    /// <summary>A WAV file, or a trio in an old recording: of real instruments where their samples are at hand, else of
    /// synthesised ones.</summary>
    /// <exception cref="UserErrorException">A file cannot be read.</exception>
    public static Recording Get(CommandLine options)
    {
        if (options.WavFile is { } path)
        {
            var clip = WavInput.Read(path);
            return new Recording(Path.GetFileName(path), clip.SampleRate, clip.ToMono(), []);
        }

        var folder = options.Synthetic ? null : SharedData.Find("audio", "instruments");
        return folder is null
            ? Trio.Play(
                "A synthesised trio in an old recording", Synthesizer.SampleRate, Synthesizer.Violin(),
                Synthesizer.Trumpet(), Synthesizer.Vibraphone())
            : Trio.Play(
                "A trio of sampled instruments in an old recording", 44_100, Note("violin-B3.wav"),
                Note("trumpet-A4.wav"), Note("vibraphone-C6.wav"));

        float[] Note(string file)
        {
            var note = WavInput.Read(Path.Combine(folder!, file));
            return note.SampleRate == 44_100
                ? note.ToMono()
                : throw new UserErrorException($"{file} has {note.SampleRate} Hz, but the trio plays at 44100 Hz.");
        }
    }
}

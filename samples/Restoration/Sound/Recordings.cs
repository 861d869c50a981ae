using Nmf.Audio;

namespace Restoration.Sound;

/// <summary>Finds the recording that the user asked for.</summary>
internal static class Recordings
{
    private static readonly string SharedFolder = Path.Combine("shared", "data", "audio", "instruments");

    /// <summary>A WAV file, or a trio in an old recording: of real instruments where their samples are at hand, else of
    /// synthesised ones.</summary>
    /// <exception cref="UserErrorException">A file cannot be read.</exception>
    public static Recording Get(CommandLine options)
    {
        if (options.WavFile is { } path)
        {
            var clip = Read(path);
            return new Recording(Path.GetFileName(path), clip.SampleRate, clip.ToMono(), []);
        }

        var folder = options.Synthetic ? null : FindShared();
        return folder is null
            ? Trio.Play(
                "A synthesised trio in an old recording", Synthesizer.SampleRate, Synthesizer.Violin(),
                Synthesizer.Trumpet(), Synthesizer.Vibraphone())
            : Trio.Play(
                "A trio of sampled instruments in an old recording", 44_100, Note("violin-B3.wav"),
                Note("trumpet-A4.wav"), Note("vibraphone-C6.wav"));

        float[] Note(string file)
        {
            var note = Read(Path.Combine(folder!, file));
            return note.SampleRate == 44_100
                ? note.ToMono()
                : throw new UserErrorException($"{file} has {note.SampleRate} Hz, but the trio plays at 44100 Hz.");
        }
    }

    private static AudioClip Read(string path)
    {
        try
        {
            var clip = AudioClip.Read(path);
            return clip.Samples > 0 ? clip : throw new UserErrorException($"{path} has no samples.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or WavFormatException)
        {
            throw new UserErrorException($"{path}: {e.Message}");
        }
    }

    private static string? FindShared()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, SharedFolder);
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}

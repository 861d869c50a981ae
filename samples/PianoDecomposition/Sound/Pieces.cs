using Nmf.Audio;

namespace PianoDecomposition.Sound;

/// <summary>Finds the piece that the user asked for.</summary>
internal static class Pieces
{
    private static readonly string[] SharedFile = [
        "shared", "data", "audio", "piano", "four_notes_pairs_fluidsynth_22050.wav"];

    /// <summary>The piece of the sample, a recording of the same score, or any WAV file.</summary>
    /// <param name="recording">Whether the sampled piano of the shared data is wanted.</param>
    /// <param name="wavFile">A WAV file, or null.</param>
    /// <exception cref="UserErrorException">The recording cannot be read.</exception>
    public static Piece Get(bool recording, string? wavFile)
    {
        if (recording)
            return Read(FindShared()) with { Title = "A sampled piano", Notes = Piece.ScoreNotes };
        return wavFile is not null ? Read(wavFile) : PianoSynthesizer.Play();
    }

    private static Piece Read(string path)
    {
        try
        {
            var clip = AudioClip.Read(path);
            return clip.Samples == 0
                ? throw new UserErrorException($"{path} has no samples.")
                : new Piece(Path.GetFileName(path), clip.SampleRate, clip.ToMono(), [], []);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or WavFormatException or ArgumentException)
        {
            throw new UserErrorException($"{path}: {e.Message}");
        }
    }

    private static string FindShared()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine([folder.FullName, .. SharedFile]);
            if (File.Exists(candidate))
                return candidate;
        }

        throw new UserErrorException(
            $"{Path.Combine(SharedFile)} is not above this folder. --wav FILE takes any recording.");
    }
}

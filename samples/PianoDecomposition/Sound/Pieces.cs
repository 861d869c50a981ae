namespace PianoDecomposition.Sound;

/// <summary>Finds the piece that the user asked for.</summary>
internal static class Pieces
{
    private static readonly string[] SharedFile = ["audio", "piano", "four_notes_pairs_fluidsynth_22050.wav"];

    /// <summary>The piece of the sample, a recording of the same score, or any WAV file.</summary>
    /// <param name="recording">Whether the sampled piano of the shared data is wanted.</param>
    /// <param name="wavFile">A WAV file, or null.</param>
    /// <param name="sampleRate">The sample rate of that file, or null for its own.</param>
    /// <exception cref="UserErrorException">The recording cannot be read.</exception>
    public static Piece Get(bool recording, string? wavFile, int? sampleRate = null)
    {
        if (recording)
            return Read(FindShared(), null) with { Title = "A sampled piano", Notes = Piece.ScoreNotes };
        return wavFile is not null ? Read(wavFile, sampleRate) : PianoSynthesizer.Play();
    }

    private static Piece Read(string path, int? sampleRate)
    {
        var clip = WavInput.Read(path, sampleRate);
        return new Piece(Path.GetFileName(path), clip.SampleRate, clip.ToMono(), [], []);
    }

    private static string FindShared() => SharedData.Find(SharedFile) ?? throw new UserErrorException(
        $"shared/data/{string.Join('/', SharedFile)} is not above this folder. --wav FILE takes any recording.");
}

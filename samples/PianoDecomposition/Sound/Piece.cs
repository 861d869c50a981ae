namespace PianoDecomposition.Sound;

/// <summary>What is to be decomposed.</summary>
/// <param name="Title">Where it comes from.</param>
/// <param name="SampleRate">Sample rate in Hz.</param>
/// <param name="Samples">The samples, one channel.</param>
/// <param name="Notes">MIDI numbers of the notes that are played, or none where nobody knows.</param>
/// <param name="Tracks">The sound of each note alone, in the same order, or none.</param>
internal sealed record Piece(
    string Title, int SampleRate, float[] Samples, IReadOnlyList<int> Notes, IReadOnlyList<float[]> Tracks)
{
    /// <summary>The measures of the sequence: all four notes, then the six pairs.</summary>
    public static readonly int[][] Score = [
        [61, 65, 68, 72], [61, 65], [61, 68], [61, 72], [65, 68], [65, 72], [68, 72]];

    /// <summary>The notes of <see cref="Score"/>.</summary>
    public static readonly int[] ScoreNotes = [61, 65, 68, 72];
}

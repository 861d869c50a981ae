namespace PianoDecomposition.Sound;

/// <summary>Notes of the equal-tempered scale, A4 = 440 Hz, by their MIDI number.</summary>
internal static class Note
{
    private static readonly string[] Names = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

    public static double Frequency(double midi) => 440 * Math.Pow(2, (midi - 69) / 12);

    /// <summary>Name and octave, as C♯4.</summary>
    public static string Name(int midi) => $"{Names[midi % 12]}{(midi / 12) - 1}";
}

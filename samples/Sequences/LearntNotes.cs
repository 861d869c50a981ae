using Microsoft.ML.Transforms;

namespace Sequences;

/// <summary>Which component of a dynamical system is which note, and what it learnt about what follows what.</summary>
/// <param name="Names">Name of each component in the order of the tune; those that are no note last.</param>
/// <param name="Transitions">A in that order: row i, column j is what component j now gives to component
/// i next, in power.</param>
/// <param name="Successors">How many notes are mostly followed, apart from themselves, by the note that
/// follows in the tune.</param>
internal sealed record LearntNotes(IReadOnlyList<string> Names, double[,] Transitions, int Successors)
{
    private static readonly string[] NoteNames = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

    /// <summary>Components by number, of a recording whose notes are not known.</summary>
    public static LearntNotes Unnamed(SequenceNmfTransformer system)
    {
        int[] order = [.. Enumerable.Range(0, system.Model.Rank)];
        return new LearntNotes([.. order.Select(k => $"{k + 1}")], Ordered(system, order), 0);
    }

    public static LearntNotes Of(SequenceNmfTransformer system)
    {
        var rank = system.Model.Rank;

        // The note of a component is the one whose first three partials have most of its power; the best component of
        // a note carries its name.
        var power = new double[Melody.Notes.Count, rank];
        for (var k = 0; k < rank; k++)
        {
            var spectrum = system.Model.GetComponent(k).ToArray();
            for (var i = 0; i < Melody.Notes.Count; i++)
                power[i, k] = Enumerable.Range(1, 3)
                    .Sum(h => Around(spectrum, h * Melody.Frequency(Melody.Notes[i]))) / spectrum.Sum();
        }

        var notes = new List<int>();
        for (var i = 0; i < Melody.Notes.Count; i++)
        {
            var component = Enumerable.Range(0, rank).Except(notes).MaxBy(k => power[i, k]);
            notes.Add(component);
        }

        int[] order = [.. notes, .. Enumerable.Range(0, rank).Except(notes)];
        var transitions = Ordered(system, order);
        var count = notes.Count;
        var successors = Enumerable.Range(0, count).Count(
            j => Enumerable.Range(0, count).Where(i => i != j).MaxBy(i => transitions[i, j]) == (j + 1) % count);
        return new LearntNotes(
            [.. order.Select((_, i) => i < count ? Name(Melody.Notes[i]) : "rest")], transitions, successors);
    }

    private static double[,] Ordered(SequenceNmfTransformer system, int[] order)
    {
        var transitions = new double[order.Length, order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            for (var j = 0; j < order.Length; j++)
                transitions[i, j] = system.Transitions![(order[i] * order.Length) + order[j]];
        }

        return transitions;
    }

    private static double Around(float[] spectrum, double frequency)
    {
        var bin = (int)Math.Round(frequency * Melody.FrameLength / Melody.SampleRate);
        return spectrum[Math.Max(0, bin - 1)..Math.Min(spectrum.Length, bin + 2)].Sum();
    }

    private static string Name(int note) => $"{NoteNames[note % 12]}{(note / 12) - 1}";
}

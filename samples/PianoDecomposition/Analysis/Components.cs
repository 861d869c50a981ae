using Nmf;

namespace PianoDecomposition.Analysis;

/// <summary>Tells what the components of a model are: notes by their pitch, the others by when they sound.</summary>
internal static class Components
{
    // Found by looking at decompositions of the synthesised and of the sampled piano: notes are above
    // 0.5, noise is below 0.3.
    private const double LeastHarmonicity = 0.4;

    // Frames around a beginning or an end that belong to it, and the part of a component that has to lie there.
    private const int Before = 2;
    private const int After = 4;
    private const double LeastShare = 0.5;

    /// <summary>Describes all components.</summary>
    /// <param name="model">A model of power or of magnitude spectra.</param>
    /// <param name="isPower">Whether the spectra were powers.</param>
    /// <param name="binWidth">Distance of two frequencies in Hz.</param>
    public static Component[] Describe(NmfModel<float> model, bool isPower, double binWidth)
    {
        var rank = model.Dictionary.Columns;
        var pitches = new Pitch[rank];
        var amplitudes = new double[rank][];
        var activations = new double[rank][];
        for (var k = 0; k < rank; k++)
        {
            var index = k;
            amplitudes[k] = [.. Enumerable.Range(0, model.Dictionary.Rows).Select(
                f => isPower ? Math.Sqrt(model.Dictionary[f, index]) : model.Dictionary[f, index])];
            activations[k] = [
                .. Enumerable.Range(0, model.Activations.Rows).Select(n => (double)model.Activations[n, index])];
            pitches[k] = Pitch.Of(amplitudes[k], binWidth);
        }

        var (begins, ends) = Changes([.. Enumerable.Range(0, rank)
            .Where(k => pitches[k].Harmonicity >= LeastHarmonicity).Select(k => activations[k])]);
        return [.. Enumerable.Range(0, rank).Select(
            k => new Component(k, Kind(k), pitches[k], amplitudes[k], activations[k]))];

        ComponentKind Kind(int k) => pitches[k].Harmonicity >= LeastHarmonicity ? ComponentKind.Note
            : Share(activations[k], begins) >= LeastShare ? ComponentKind.Hammer
            : Share(activations[k], ends) >= LeastShare ? ComponentKind.Release
            : ComponentKind.Rest;
    }

    /// <summary>Frames near which the notes together become much louder, and much softer.</summary>
    private static (bool[] Begins, bool[] Ends) Changes(double[][] notes)
    {
        var frames = notes.Length == 0 ? 0 : notes[0].Length;
        var (begins, ends) = (new bool[frames], new bool[frames]);
        if (frames == 0)
            return (begins, ends);
        var level = Enumerable.Range(0, frames).Select(n => notes.Sum(a => a[n])).ToArray();
        var audible = 1e-3 * level.Max();
        for (var n = 2; n < frames; n++)
        {
            if (level[n] > audible && level[n] > 4 * level[n - 2])
                begins.AsSpan(Math.Max(0, n - Before)..Math.Min(frames, n + After)).Fill(true);
            if (level[n - 2] > audible && level[n - 2] > 4 * level[n])
                ends.AsSpan(Math.Max(0, n - Before)..Math.Min(frames, n + After)).Fill(true);
        }

        if (level[0] > audible)
            begins.AsSpan(0, Math.Min(frames, After)).Fill(true);
        return (begins, ends);
    }

    private static double Share(double[] activation, bool[] frames)
    {
        var total = activation.Sum();
        return total > 0 && frames.Length > 0 ? activation.Where((_, n) => frames[n]).Sum() / total : 0;
    }
}

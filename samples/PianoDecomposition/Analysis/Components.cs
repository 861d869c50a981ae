using Nmf;

namespace PianoDecomposition.Analysis;

/// <summary>Tells what the components of a model are: notes by their pitch, the others by when they sound.</summary>
internal static class Components
{
    // Found by looking at decompositions of the synthesised and of the sampled piano: notes are above
    // 0.5, noise is below 0.3.
    private const double LeastHarmonicity = 0.4;

    // Frames around a beginning or an end that belong to it, and the part of a component that has to lie there; chance
    // alone must not be that good.
    private const int Before = 2;
    private const int After = 4;
    private const double LeastShare = 0.5;
    private const double LeastLift = 2;

    // Strings that are damped fade within a few frames, the longer the lower they are and the more the room sounds; in
    // as many frames a string that rings on loses less than this, 6 dB.
    private const int Damping = 8;
    private const double Drop = 4;

    /// <summary>Describes all components.</summary>
    /// <param name="model">A model of power or of magnitude spectra.</param>
    /// <param name="isPower">Whether the spectra were powers.</param>
    /// <param name="binWidth">Distance of two frequencies in Hz.</param>
    public static Component[] Describe(NmfModel<float> model, bool isPower, double binWidth)
    {
        var ranks = Enumerable.Range(0, model.Dictionary.Columns).ToArray();
        return Describe(
            [.. ranks.Select(k => Enumerable.Range(0, model.Dictionary.Rows).Select(
                f => isPower ? Math.Sqrt(model.Dictionary[f, k]) : model.Dictionary[f, k]).ToArray())],
            [.. ranks.Select(k => Enumerable.Range(0, model.Activations.Rows).Select(
                n => (double)model.Activations[n, k]).ToArray())],
            binWidth);
    }

    /// <summary>Describes all components.</summary>
    /// <param name="amplitudes">For each the amplitude of every frequency.</param>
    /// <param name="activations">For each its activation in every frame.</param>
    /// <param name="binWidth">Distance of two frequencies in Hz.</param>
    public static Component[] Describe(double[][] amplitudes, double[][] activations, double binWidth)
    {
        var pitches = Array.ConvertAll(amplitudes, amplitude => Pitch.Of(amplitude, binWidth));
        var (begins, ends) = Changes([.. activations.Where((_, k) => pitches[k].Harmonicity >= LeastHarmonicity)]);
        return [.. pitches.Select((pitch, k) => Component(
            k, pitch, Share(activations[k], begins), Share(activations[k], ends)))];

        Component Component(int k, Pitch pitch, double hammer, double release) => new(
            k, pitch.Harmonicity >= LeastHarmonicity ? ComponentKind.Note
                : Math.Max(hammer, release) < LeastShare ? ComponentKind.Rest
                : hammer >= release ? Noise(ComponentKind.Hammer, hammer, begins)
                : Noise(ComponentKind.Release, release, ends),
            pitch, amplitudes[k], activations[k], hammer, release);

        // Where most frames are beginnings or ends, chance alone would put a component there.
        ComponentKind Noise(ComponentKind kind, double share, bool[] frames)
            => share >= LeastLift * frames.Count(isOne => isOne) / frames.Length ? kind : ComponentKind.Rest;
    }

    /// <summary>Frames near which the notes together become much louder, and those in which they are damped.</summary>
    private static (bool[] Begins, bool[] Ends) Changes(double[][] notes)
    {
        var frames = notes.Length == 0 ? 0 : notes[0].Length;
        var (begins, ends) = (new bool[frames], new bool[frames]);
        if (frames == 0)
            return (begins, ends);
        var level = Enumerable.Range(0, frames).Select(n => notes.Sum(a => a[n])).ToArray();
        var audible = 1e-3 * level.Max();
        if (level[0] > audible)
            begins.AsSpan(0, Math.Min(frames, After)).Fill(true);
        for (var n = 2; n < frames; n++)
        {
            if (level[n] > audible && level[n] > Drop * level[n - 2])
                begins.AsSpan(Math.Max(0, n - Before)..Math.Min(frames, n + After)).Fill(true);
        }

        for (var n = 0; n < frames; n++)
        {
            // The steepest fall of the frames that follow is where the dampers are.
            var until = Math.Min(frames - 1, n + Damping);
            if (level[n] > audible && level[n] > Drop * level[until] && !begins[n])
                ends.AsSpan(Math.Max(0, n - Before)..Math.Min(frames, until + Before)).Fill(true);
        }

        return (begins, ends);
    }

    private static double Share(double[] activation, bool[] frames)
    {
        var total = activation.Sum();
        return total > 0 && frames.Length > 0 ? activation.Where((_, n) => frames[n]).Sum() / total : 0;
    }
}

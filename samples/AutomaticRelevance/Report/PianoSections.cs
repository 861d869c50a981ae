using AutomaticRelevance.Piano;
using Nmf;
using PianoDecomposition.Analysis;

namespace AutomaticRelevance.Report;

/// <summary>The part of the report on the piano.</summary>
internal static class PianoSections
{
    public static void Add(HtmlPage page, PianoStudy study)
    {
        var (best, notes, loudness) = (study.Best, study.Piece.Notes, study.Loudness);
        var kept = best.Components.Count;
        var audible = loudness.Relevance.Concat(loudness.Plain).Where(deviation => deviation > 0).ToArray();
        var (least, greatest) = ((int)Math.Floor(Math.Log10(audible.Min())),
            (int)Math.Ceiling(Math.Log10(audible.Max())));
        (string, string)[] ofNotes = notes.Count == 0 ? [] : [
            ($"{best.Found(notes).Count} of {notes.Count}", "notes among them"),
            ($"{study.WithAllNotes} of {study.Fits.Count}", "seeds with all notes")];
        page.Part(notes.Count == 0 ? $"The parts of {study.Piece.Title}" : "The parts of a piano's sound")
            .Tiles([
                ($"{PianoFit.StartingRank}", "components at the start"),
                ($"{kept}", "kept by the best answer"), .. ofNotes,
                (FormattableString.Invariant($"{Loudness.Step(loudness.Relevance, kept):0} times"),
                    "louder than the loudest of the others is the softest kept component")])
            .Section(
                "Loudness of the components",
                Html.SideBySide(
                    Html.Chart(
                        Charts.Deviations(loudness.Relevance, kept, least, greatest),
                        $"Automatic relevance determination: {kept} of {PianoFit.StartingRank} components are kept",
                        "Bar chart on a logarithmic scale: it falls off a cliff behind the kept components."),
                    Html.Chart(
                        Charts.Deviations(loudness.Plain, loudness.Plain.Count, least, greatest),
                        $"Plain Itakura-Saito NMF with {PianoFit.StartingRank} components",
                        "Bar chart on a logarithmic scale without a cliff.")),
                Html.Note(
                    $"{study.Piece.Title}: standard deviations of the component signals, reconstructed with the Wiener "
                    + $"filter of all components, of the seed with the lowest objective, {best.Seed}. The softest kept "
                    + FormattableString.Invariant($"component is {Loudness.Step(loudness.Relevance, kept):0} times ")
                    + "as loud as the loudest that died out; the plain fit falls by a factor of "
                    + FormattableString.Invariant($"{Loudness.Step(loudness.Plain, kept):0.0} at the same place.")))
            .Section(
                "What is kept, seed by seed",
                study.Seeds().ToHtml(),
                Html.Note(
                    $"Each seed: {best.Objectives.Count} random starts of "
                    + $"at most {study.Fits.Max(fit => fit.Iterations)} iterations, "
                    + $"of which the one with the lowest objective counts; single starts kept {study.StartsKept}. "
                    + Conclusion(study) + " Itakura-Saito divergence on power, "
                    + $"{(study.Prior == RelevancePrior.HalfNormal ? "half-normal (ℓ2)" : "exponential (ℓ1)")} prior, "
                    + "dispersion 1, shape 5. A component is a note when a harmonic comb explains its spectrum, "
                    + "\"hammer\" or \"release\" when at least half of it lies where notes begin or end, "
                    + "and otherwise \"rest\"."));
    }

    // What these fits found, and what they did not.
    private static string Conclusion(PianoStudy study)
    {
        var with = (ComponentKind kind) => study.Fits.Count(fit => fit.Components.Any(c => c.Kind == kind));
        if (study.Piece.Notes.Count == 0)
        {
            return $"What was played is not known here; {with(ComponentKind.Note)} of {study.Fits.Count} seeds keep "
                + "a note.";
        }

        return $"All notes are kept for {study.WithAllNotes} of {study.Fits.Count} seeds, "
            + $"a hammer for {with(ComponentKind.Hammer)}, a release of its own for {with(ComponentKind.Release)}, "
            + $"and {with(ComponentKind.Rest)} keep something that is none of these.";
    }
}

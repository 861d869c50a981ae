using System.Net;
using AutomaticRelevance.Piano;
using Nmf;
using PianoDecomposition.Analysis;

namespace AutomaticRelevance.Report;

/// <summary>The part of the report on the piano.</summary>
internal static class PianoSections
{
    public static string Render(PianoStudy study)
    {
        var (best, notes, loudness) = (study.Best, study.Piece.Notes, study.Loudness);
        var kept = best.Components.Count;
        var audible = loudness.Relevance.Concat(loudness.Plain).Where(deviation => deviation > 0).ToArray();
        var (least, greatest) = ((int)Math.Floor(Math.Log10(audible.Min())), (int)Math.Ceiling(Math.Log10(audible.Max())));
        return FormattableString.Invariant($"""
            <h2 class="part">The parts of a piano's sound</h2>
            <section class="tiles">
            <div><b>{PianoFit.StartingRank}</b><span>components at the start</span></div>
            <div><b>{kept}</b><span>kept by the best answer</span></div>
            <div><b>{best.Found(notes).Count} of {notes.Count}</b><span>notes among them</span></div>
            <div><b>{study.WithAllNotes} of {study.Fits.Count}</b><span>seeds with all notes</span></div>
            <div><b>{Loudness.Step(loudness.Relevance, kept):0} times</b><span>louder than the loudest of the others is the softest kept component</span></div>
            </section>
            <section>
            <h2>Loudness of the components</h2>
            <div class="side">
            {HtmlReport.Figure(Charts.Deviations(loudness.Relevance, kept, least, greatest), $"Automatic relevance determination: {kept} of {PianoFit.StartingRank} components are kept", "Bar chart on a logarithmic scale: it falls off a cliff behind the kept components.")}
            {HtmlReport.Figure(Charts.Deviations(loudness.Plain, loudness.Plain.Count, least, greatest), $"Plain Itakura-Saito NMF with {PianoFit.StartingRank} components", "Bar chart on a logarithmic scale without a cliff.")}
            </div>
            <p class="note">{Encode(study.Piece.Title)}: standard deviations of the component signals, reconstructed with the Wiener filter of all components, of the seed with the lowest
            objective, {best.Seed}. The softest kept component is {Loudness.Step(loudness.Relevance, kept):0} times as loud as the loudest that died out; the plain fit falls by a factor of {Loudness.Step(loudness.Plain, kept):0.0} at the same place.</p>
            </section>
            <section>
            <h2>What is kept, seed by seed</h2>
            <table>
            <thead><tr><th>seed</th><th>objective</th><th>kept</th><th>notes</th><th>the others</th><th>kept by each start</th><th>seconds</th></tr></thead>
            <tbody>
            {string.Concat(study.Fits.Select(fit => Row(study, fit)))}
            </tbody>
            </table>
            <p class="note">Each seed: {best.Objectives.Count} random starts of at most {study.Fits.Max(fit => fit.Iterations)} iterations, of which the one with the lowest objective counts; single starts kept {study.StartsKept}.
            {Encode(Conclusion(study))} Itakura-Saito divergence on power, {(study.Prior == RelevancePrior.HalfNormal ? "half-normal (ℓ2)" : "exponential (ℓ1)")} prior, dispersion 1, shape 5. A component is a note when a harmonic comb explains its
            spectrum, "hammer" or "release" when at least half of it lies where notes begin or end, and otherwise "rest".</p>
            </section>

            """);
    }

    // What these fits found, and what they did not.
    private static string Conclusion(PianoStudy study)
    {
        var with = (ComponentKind kind) => study.Fits.Count(fit => fit.Components.Any(c => c.Kind == kind));
        return $"All notes are kept for {study.WithAllNotes} of {study.Fits.Count} seeds, a hammer for {with(ComponentKind.Hammer)}, a release of its own for {with(ComponentKind.Release)}, and "
            + $"{with(ComponentKind.Rest)} keep something that is none of these.";
    }

    private static string Row(PianoStudy study, PianoFit fit) => FormattableString.Invariant(
        $"<tr><td>{fit.Seed}</td><td>{fit.Objective:0}</td><td>{fit.Components.Count}</td><td>{Encode(string.Join(" ", fit.Found(study.Piece.Notes).Select(PianoDecomposition.Sound.Note.Name)))}</td><td>{Encode(fit.Others(study.Piece.Notes))}</td><td>{string.Join(", ", fit.Kept)}</td><td>{fit.Elapsed.TotalSeconds:0.0}</td></tr>\n");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}

using Nmf;
using PianoDecomposition.Sound;

namespace AutomaticRelevance.Piano;

/// <summary>What is kept of eighteen components of a piano, from several seeds, and how loud the components of the
/// best answer are.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="Prior">Prior of the entries.</param>
/// <param name="Fits">One answer for each seed.</param>
/// <param name="Loudness">Of the answer with the lowest objective.</param>
internal sealed record PianoStudy(Piece Piece, RelevancePrior Prior, IReadOnlyList<PianoFit> Fits, Loudness Loudness)
{
    public PianoFit Best => Fits.MinBy(fit => fit.Objective)!;

    /// <summary>Number of seeds whose answer has every note of the piece.</summary>
    public int WithAllNotes => Fits.Count(HasAllNotes);

    /// <summary>Number of single starts that ended with each number of components, as text.</summary>
    public string StartsKept => string.Join(", ", Fits.SelectMany(fit => fit.Kept)
        .GroupBy(kept => kept).OrderBy(group => group.Key).Select(group => $"{group.Key} ({group.Count()}x)"));

    public static PianoStudy Run(Piece piece, RelevancePrior prior, int seeds, int starts, int iterations)
    {
        var music = new PianoMusic(piece);
        var fits = Enumerable.Range(1, seeds)
            .Select(seed => PianoFit.Run(music, prior, seed, starts, iterations)).ToArray();
        return new PianoStudy(piece, prior, fits, Loudness.Of(music, prior, fits.MinBy(fit => fit.Objective)!));
    }

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine(
            $"{Piece.Title}, {Prior} prior: from {PianoFit.StartingRank} components, "
            + $"the best of {Fits[0].Objectives.Count} starts for each seed");
        Seeds().Print("  ");
        var kept = Best.Components.Count;
        Console.WriteLine($"  Single starts kept {StartsKept}.");
        var (step, plain) = (Loudness.Step(Loudness.Relevance, kept), Loudness.Step(Loudness.Plain, kept));
        Console.WriteLine(
            $"  Loudness of the {kept} components of seed {Best.Seed} over the next: "
            + FormattableString.Invariant($"{step:0} times; of plain Itakura-Saito NMF there: {plain:0.0} times."));
        Console.WriteLine();
    }

    /// <summary>One row per seed.</summary>
    public Table Seeds()
    {
        // Where the notes of the piece are not known there are components alone.
        var known = Piece.Notes.Count > 0;
        string[] names = known ? ["notes", "the others"] : ["components"];
        var table = new Table([">seed", ">objective", ">kept", .. names, "kept by each start", ">seconds"]);
        foreach (var fit in Fits)
        {
            string[] notes = known ? [string.Join(" ", fit.Found(Piece.Notes).Select(Note.Name))] : [];
            table.Add([$"{fit.Seed}", Format.Figure(fit.Objective, 0), $"{fit.Components.Count}", .. notes,
                fit.Others(Piece.Notes), string.Join(", ", fit.Kept), Format.Figure(fit.Elapsed.TotalSeconds, 1)]);
        }

        return table;
    }

    private bool HasAllNotes(PianoFit fit) => fit.Found(Piece.Notes).Count == Piece.Notes.Count;
}

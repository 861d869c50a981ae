using Nmf;
using PianoDecomposition.Sound;

namespace AutomaticRelevance.Piano;

/// <summary>What is kept of eighteen components of a piano, from several seeds, and how loud the components of the best answer are.</summary>
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
    public string StartsKept => string.Join(", ", Fits.SelectMany(fit => fit.Kept).GroupBy(kept => kept).OrderBy(group => group.Key).Select(group => $"{group.Key} ({group.Count()}x)"));

    public static PianoStudy Run(Piece piece, RelevancePrior prior, int seeds, int starts, int iterations)
    {
        using var music = new PianoMusic(piece);
        var fits = Enumerable.Range(1, seeds).Select(seed => PianoFit.Run(music, prior, seed, starts, iterations)).ToArray();
        return new PianoStudy(piece, prior, fits, Loudness.Of(music, prior, fits.MinBy(fit => fit.Objective)!));
    }

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine($"{Piece.Title}, {Prior} prior: from {PianoFit.StartingRank} components, the best of {Fits[0].Objectives.Count} starts for each seed");
        Console.WriteLine("  seed   objective   kept   notes   the others                               seconds");
        foreach (var fit in Fits)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"  {fit.Seed,4}   {fit.Objective,9:0}   {fit.Components.Count,4}   {fit.Found(Piece.Notes).Count} of {Piece.Notes.Count}  {fit.Others(Piece.Notes),-40} {fit.Elapsed.TotalSeconds,7:0.0}"));
        }

        var kept = Best.Components.Count;
        Console.WriteLine($"  Single starts kept {StartsKept}.");
        Console.WriteLine(FormattableString.Invariant(
            $"  Loudness of the {kept} components of seed {Best.Seed} over the next: {Loudness.Step(Loudness.Relevance, kept):0} times; of plain Itakura-Saito NMF there: {Loudness.Step(Loudness.Plain, kept):0.0} times."));
        Console.WriteLine();
    }

    private bool HasAllNotes(PianoFit fit) => fit.Found(Piece.Notes).Count == Piece.Notes.Count;
}

using System.Diagnostics;
using Nmf;
using Nmf.Kernels;
using PianoDecomposition.Analysis;

namespace AutomaticRelevance.Piano;

/// <summary>One answer of automatic relevance determination: of several starts that with the lowest objective,
/// C in the paper.</summary>
/// <param name="Seed">Seed of the answer; its starts count on from it.</param>
/// <param name="Start">Number of the start that was best.</param>
/// <param name="Objectives">The objective that every start ended with.</param>
/// <param name="Kept">Number of components that every start kept.</param>
/// <param name="Iterations">Iterations of the best start.</param>
/// <param name="Components">What the components of the best start are.</param>
/// <param name="Elapsed">Time for all starts.</param>
internal sealed record PianoFit(
    int Seed, int Start, IReadOnlyList<double> Objectives, IReadOnlyList<int> Kept, int Iterations,
    IReadOnlyList<Component> Components, TimeSpan Elapsed)
{
    public const int StartingRank = 18;

    public double Objective => Objectives[Start];

    /// <summary>The notes of the piece that are the pitch of some component.</summary>
    public IReadOnlyList<int> Found(IReadOnlyList<int> notes)
        => [.. notes.Where(note => Components.Any(c => c.Kind == ComponentKind.Note && c.Pitch.Note == note))];

    /// <summary>The components that are not the first of one of the piece's notes, as text.</summary>
    public string Others(IReadOnlyList<int> notes)
    {
        var first = Found(notes).Select(
            note => Components.First(c => c.Kind == ComponentKind.Note && c.Pitch.Note == note));
        return string.Join(
            ", ", Components.Except(first).GroupBy(c => c.Label).OrderBy(g => g.Key, StringComparer.Ordinal).Select(
                g => g.Count() == 1 ? g.Key : $"{g.Count()} x {g.Key}"));
    }

    public static PianoFit Run(PianoMusic music, RelevancePrior prior, int seed, int starts, int iterations)
    {
        var clock = Stopwatch.GetTimestamp();
        var (objectives, kept) = (new double[starts], new int[starts]);
        NmfModel<float>? best = null;
        var bestStart = 0;
        for (var start = 0; start < starts; start++)
        {
            var factors = Factors(music, prior, seed, start);
            var model = NmfFactorizer.Fit(music.Data, Options(prior, iterations), factors);
            (objectives[start], kept[start]) = (model.Report.Objective, model.Dictionary.Columns);
            if (best is null || objectives[start] < objectives[bestStart])
                (best, model, bestStart) = (model, best, start);
        }

        var components = PianoDecomposition.Analysis.Components.Describe(best!, isPower: true, music.BinWidth);
        return new PianoFit(
            seed, bestStart, objectives, kept, best!.Report.Iterations, components, Stopwatch.GetElapsedTime(clock));
    }

    /// <summary>Powers, so Itakura-Saito, whose dispersion is 1; nothing is removed on the way, so that the figure can
    /// show what has died out.</summary>
    public static NmfOptions Options(RelevancePrior prior, int iterations) => new()
    {
        Rank = StartingRank,
        Problem = new Nmf.AutomaticRelevance(BetaDivergence.ItakuraSaito) { Prior = prior, Shape = 5, Prune = false },
        Iterations = new() { MaximumIterations = iterations, Tolerance = 1e-6, CheckInterval = 50 },
    };

    /// <summary>The factors of a start, as the library makes them: those of the best of short plain runs.</summary>
    public static NmfStart<float> Factors(PianoMusic music, RelevancePrior prior, int seed, int start)
    {
        // Starts of one seed and of the next have nothing in common.
        var options = Options(prior, iterations: 0) with { Seed = (1000 * seed) + start };
        using var team = new WorkTeam(Environment.ProcessorCount);
        return options.Problem.CreateStart(music.Data, options, 0, team, default);
    }
}

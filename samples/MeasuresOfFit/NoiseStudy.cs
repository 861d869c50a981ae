using Nmf;

namespace MeasuresOfFit;

/// <summary>What the survey of measures says of the same data sets, which does not know their noise: it holds entries
/// out and looks under which noise they are likeliest.</summary>
internal sealed class NoiseStudy
{
    private const int Folds = 2;

    private NoiseStudy(IReadOnlyList<IReadOnlyList<MeasureSurveyResult>> results) => Results = results;

    /// <summary>For every noise the surveys of its data sets.</summary>
    public IReadOnlyList<IReadOnlyList<MeasureSurveyResult>> Results { get; }

    public static NoiseStudy Run(int draws, int seed) => new([.. Noise.All.Select(
        (noise, i) => (IReadOnlyList<MeasureSurveyResult>)[.. Enumerable.Range(0, draws).Select(draw =>
        {
            var truth = new Truth(Study.Samples, new Random(seed + draw));
            var rows = Study.Draw(noise, truth, new Random(seed + draw + (1000 * (i + 1))));
            var data = NmfData<float>.FromDense(
                rows.SelectMany(row => row.Values).ToArray(), Study.Samples, Truth.Features);
            return MeasureSurvey.Run(data, new MeasureSurveyOptions
            {
                Ranks = [Truth.Rank], Folds = Folds, Starts = 1,
                Fit = new NmfOptions
                {
                    Rank = 1, Seed = seed, Iterations = new() { MaximumIterations = 100, Tolerance = 1e-5 },
                },
            });
        })])]);

    /// <summary>Which noise was named how often, and how far behind the next one is.</summary>
    public Table ToTable()
    {
        var table = new Table(["data", "the survey names", ">β", ">next is behind by"]);
        for (var i = 0; i < Results.Count; i++)
        {
            var named = Results[i].GroupBy(r => r.Best.Noise.Kind()).OrderByDescending(g => g.Count()).ToArray();
            var behind = Results[i].Average(r => r.Entries[1].BehindBest);
            table.Add([
                Noise.All[i].Name,
                string.Join(", ", named.Select(g => $"{g.Key} ({g.Count()} of {Results[i].Count})")),
                $"{named[0].First().Best.Beta:0.##}",
                Format.Figure(behind, 2),
            ]);
        }

        return table;
    }
}

internal static class NoiseNames
{
    /// <summary>The kind of noise, without its dispersion.</summary>
    public static string Kind(this EntryNoiseModel noise) => noise.ToString().Split(',')[0];
}

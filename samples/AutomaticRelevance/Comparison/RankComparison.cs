using System.Diagnostics;
using Nmf;
using Nmf.Kernels;

namespace AutomaticRelevance.Comparison;

/// <summary>
/// Two ways to find the rank of counts in one run from too many components, maximum marginal likelihood and automatic
/// relevance determination, and a fit that keeps all: the rank they find, and the perplexity of half of each held-out
/// row given the other half, of ten seeds. Lower is better.
/// </summary>
internal static class RankComparison
{
    private static readonly IterationOptions Iterations = new()
    {
        MaximumIterations = 500, CheckInterval = 10, Tolerance = 1e-6,
    };

    /// <summary>Fits and tabulates.</summary>
    public static Table Run(HeldOutCounts counts, int rank, int seeds)
    {
        var (data, seen) = (counts.Data(), HeldOutCounts.DataOf(counts.Seen));
        var table = new Table(">method", "rank found", ">perplexity", ">from", ">to", ">seconds");
        AddRow(table, "marginal likelihood", seeds, seed =>
        {
            var model = MarginalLikelihood.Fit(
                data, new MarginalLikelihoodOptions { Rank = rank, Seed = seed, Iterations = Iterations });
            return (model.Rank, Perplexity(counts, model.Dictionary, model.Infer(seen).Mean));
        });
        AddRow(table, "marginal likelihood, shape estimated", seeds, seed =>
        {
            var model = MarginalLikelihood.Fit(
                data,
                new MarginalLikelihoodOptions { Rank = rank, Seed = seed, Iterations = Iterations, Shape = null });
            return (model.Rank, Perplexity(counts, model.Dictionary, model.Infer(seen).Mean));
        });
        AddRow(table, "automatic relevance", seeds, seed => Fit(
            data, seen, counts, rank, seed, new Nmf.AutomaticRelevance(BetaDivergence.KullbackLeibler)));
        AddRow(table, "all components", seeds, seed => Fit(
            data, seen, counts, rank, seed, new BetaNmf(BetaDivergence.KullbackLeibler)));
        return table;
    }

    private static (int Rank, double Perplexity) Fit(
        NmfData<float> data, NmfData<float> seen, HeldOutCounts counts, int rank, int seed, NmfProblem problem)
    {
        var model = NmfFactorizer.Fit(data, new NmfOptions
        {
            Rank = rank, Problem = problem, Seed = seed, Initialization = NmfInitialization.Random,
            Iterations = Iterations,
        });
        return (model.Dictionary.Columns, Perplexity(counts, model.Dictionary, model.Transform(seen)));
    }

    // Of what was not seen, features in the shares of W h. A share of nothing is one of a millionth of a feature.
    private static double Perplexity(HeldOutCounts counts, Matrix<float> dictionary, Matrix<float> activations)
    {
        double sum = 0, total = 0;
        var expected = new double[dictionary.Rows];
        for (var n = 0; n < counts.Unseen.Length; n++)
        {
            for (var f = 0; f < expected.Length; f++)
            {
                expected[f] = 0;
                for (var k = 0; k < dictionary.Columns; k++)
                    expected[f] += dictionary[f, k] * (double)activations[n, k];
            }

            var level = expected.Sum();
            for (var f = 0; f < expected.Length; f++)
            {
                var count = counts.Unseen[n][f];
                var share = level > 0 ? expected[f] / level : 0;
                sum -= count > 0 ? count * Math.Log(((1 - 1e-6) * share) + (1e-6 / expected.Length)) : 0;
                total += count;
            }
        }

        return Math.Exp(sum / total);
    }

    private static void AddRow(Table table, string method, int seeds, Func<int, (int Rank, double Perplexity)> fit)
    {
        var start = Stopwatch.GetTimestamp();
        var fits = Enumerable.Range(1, seeds).Select(fit).ToArray();
        var ranks = fits.GroupBy(found => found.Rank).OrderBy(group => group.Key)
            .Select(group => group.Count() == fits.Length ? $"{group.Key}" : $"{group.Key} ({group.Count()}x)");
        table.Add(
            method, string.Join(", ", ranks), Format.Figure(fits.Average(found => found.Perplexity), 1),
            Format.Figure(fits.Min(found => found.Perplexity), 1),
            Format.Figure(fits.Max(found => found.Perplexity), 1),
            Format.Figure(Stopwatch.GetElapsedTime(start).TotalSeconds / seeds, 1));
    }
}

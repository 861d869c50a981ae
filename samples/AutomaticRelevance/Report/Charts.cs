using Nmf;
using ScottPlot;

namespace AutomaticRelevance.Report;

/// <summary>The charts of the report.</summary>
internal static class Charts
{
    private static readonly int[] RelevanceTicks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    /// <summary>λ/B of all components at the start, on a logarithmic scale: relevant ones blue,
    /// dead ones at 1.</summary>
    public static string Relevances(ComponentRelevance relevance)
    {
        using var plot = Chart.New("component, by relevance", "relevance / that of a dead component");
        plot.Add.Bars(relevance.SortedWeights.Select((weight, k) => new Bar
        {
            Position = k + 1,
            Value = Math.Log10(weight / relevance.Parameters.Floor),
            FillColor = k < relevance.EffectiveRank ? Chart.Blue : Chart.Grey,
            LineWidth = 0,
            Size = 0.8,
        }).ToList());
        var top = Math.Log10(relevance.SortedWeights[0] / relevance.Parameters.Floor);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. RelevanceTicks.Where(t => Math.Log10(t) <= top + 0.1).Select(t => new Tick(Math.Log10(t), $"{t}"))]);
        plot.Axes.Margins(bottom: 0);
        return Chart.Render(plot);
    }

    /// <summary>Standard deviations of component signals, decreasing, on a logarithmic scale; those of the kept
    /// components blue.</summary>
    /// <param name="deviations">Standard deviations.</param>
    /// <param name="kept">Number of components that are kept, taken to be the loudest: what has
    /// died out is softer.</param>
    /// <param name="least">The power of ten at which the axis begins; charts that are to be
    /// compared have the same.</param>
    /// <param name="greatest">The power of ten at which it ends.</param>
    public static string Deviations(IReadOnlyList<double> deviations, int kept, int least, int greatest)
    {
        using var plot = Chart.New("component, by loudness", "standard deviation of its signal");
        plot.Add.Bars(deviations.Select((deviation, k) => new Bar
        {
            Position = k + 1,
            Value = Math.Log10(deviation),
            ValueBase = least,
            FillColor = k < kept ? Chart.Blue : Chart.Grey,
            LineWidth = 0,
            Size = 0.8,
        }).ToList());
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. Enumerable.Range(least, greatest - least + 1).Select(
                power => new Tick(power, FormattableString.Invariant($"{Math.Pow(10, power):0.######}")))]);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. Enumerable.Range(1, deviations.Count).Select(k => new Tick(k, $"{k}"))]);
        plot.Axes.SetLimits(0, deviations.Count + 1, least, greatest);
        return Chart.Render(plot);
    }
}

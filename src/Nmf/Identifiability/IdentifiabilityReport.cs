using System.Globalization;
using System.Text;

namespace Nmf;

/// <summary>What <see cref="Identifiability"/> found: an answer, its reason, and what it rests on.</summary>
public sealed class IdentifiabilityReport
{
    private readonly bool _unitSums;

    internal IdentifiabilityReport(
        int[] emptyComponents, FactorScatter dictionary, FactorScatter activations, ComponentExchange[] exchanges,
        bool unitSums)
    {
        EmptyComponents = emptyComponents;
        Dictionary = dictionary;
        Activations = activations;
        Exchanges = exchanges;
        _unitSums = unitSums;
        (Verdict, Reason) = Judge();
    }

    /// <summary>The answer.</summary>
    public Uniqueness Verdict { get; }

    /// <summary>Why, in a sentence.</summary>
    public string Reason { get; }

    /// <summary>The features: how the rows of W fill the orthant.</summary>
    public FactorScatter Dictionary { get; }

    /// <summary>The samples: how the rows of H fill the orthant.</summary>
    public FactorScatter Activations { get; }

    /// <summary>Pairs of components that can exchange something without changing WH, the largest part first.</summary>
    public IReadOnlyList<ComponentExchange> Exchanges { get; }

    /// <summary>Components that are zero in a factor; the rest is judged without them.</summary>
    public IReadOnlyList<int> EmptyComponents { get; }

    /// <summary>The answer and what it rests on, in plain text.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine(Reason);
        if (EmptyComponents.Count > 0)
            text.AppendLine(
                CultureInfo.InvariantCulture, $"Zero and left out: component {string.Join(", ", EmptyComponents)}.");
        foreach (var exchange in Exchanges.Take(5))
        {
            var (from, to) = (exchange.From, exchange.To);
            text.AppendLine(exchange.ActivationShare >= exchange.DictionaryShare
                ? $"Up to {exchange.ActivationShare:P1} of component {from} may as well be part of component {to}."
                : $"Up to {exchange.DictionaryShare:P1} of the column of component {to} may as well be left to "
                    + $"component {from}.");
        }

        Append(text, "samples", "H", Activations);
        Append(text, "features", "W", Dictionary);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string rows, string factor, FactorScatter scatter)
    {
        var condition = scatter.Condition switch
        {
            ScatterCondition.Holds => "sufficiently scattered",
            ScatterCondition.Fails => "not sufficiently scattered",
            _ => "too many to decide whether sufficiently scattered",
        };
        var ratio = scatter.LargestRatio is { } largest
            ? $" (largest ratio {largest:0.000})" : "";
        var purity = scatter.Purity.Count == 0 ? 0 : scatter.Purity.Min();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"The {rows} ({factor}): {condition}{ratio}; each component has one in which its share is at least "
            + $"{purity:P1}.");
    }

    private (Uniqueness Verdict, string Reason) Judge()
    {
        var rank = Activations.Purity.Count;
        if (rank == 0)
            return (Uniqueness.Unknown, "All components are zero: there is nothing to tell.");
        if (rank == 1)
            return (Uniqueness.Unique, "One component: the factorisation is the only one of its product.");
        if (Exchanges.Count > 0)
        {
            var (from, to) = (Exchanges[0].From, Exchanges[0].To);
            return (
                Uniqueness.NotUnique,
                $"Not unique: components {from} and {to} can be mixed without changing the product, by a part of "
                + $"{Exchanges[0].Share:P1}.");
        }

        var scale = _unitSums ? ", columns of W summing to one" : "";
        var scattered = Activations.Condition == ScatterCondition.Holds;
        if (scattered && Dictionary.Condition == ScatterCondition.Holds)
            return (Uniqueness.Unique, $"Unique: the samples and the features are sufficiently scattered{scale}.");
        if (scattered && Dictionary.Rank == rank)
        {
            var why = Activations.IsSeparable ? "every component has a sample of its own" : "the samples are "
                + "sufficiently scattered";
            return (
                Uniqueness.UniqueOfLeastVolume,
                $"Unique among the factorisations of least volume of W: {why}{scale}. A factorisation that does not "
                + "ask for the least volume may find others.");
        }

        return (
            Uniqueness.Unknown,
            Activations.Rank < rank || Dictionary.Rank < rank
                ? "Unknown: a factor has linearly dependent columns, for which no certificate exists."
                : "Unknown: no two components can be exchanged, and no certificate applies.");
    }
}

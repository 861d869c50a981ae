namespace Nmf;

/// <summary>Which components a fit with automatic relevance determination found relevant, and how relevant.</summary>
/// <remarks>
/// A component that has died out has λ = B = b/c exactly. After finitely many iterations dead components are near B but
/// not on it (with the half-normal prior they approach it as a power of the iterations only), so a small threshold
/// would count them. A component counts when <c>(λ - B)/B &gt; 1</c>: in recoveries of planted components the relevant
/// ones end at 5 B and more, the others below 1.4 B.
/// </remarks>
public sealed class ComponentRelevance
{
    /// <summary>A component is relevant when (λ - B)/B exceeds this.</summary>
    internal const double Threshold = 1;

    /// <summary>What a fit found.</summary>
    /// <param name="parameters">Hyper-parameters of the fit.</param>
    /// <param name="weights">λ of every component of the model.</param>
    /// <param name="sortedWeights">λ of all components at the start, decreasing.</param>
    internal ComponentRelevance(
        RelevanceParameters parameters, IReadOnlyList<double> weights, IReadOnlyList<double> sortedWeights)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(sortedWeights);
        Parameters = parameters;
        Weights = weights;
        SortedWeights = sortedWeights;
    }

    /// <summary>Hyper-parameters of the fit.</summary>
    public RelevanceParameters Parameters { get; }

    /// <summary>λ of every component of the model, in the order of the components.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>λ of all components that the fit started from, decreasing; those that were removed have λ = B. The
    /// first <see cref="EffectiveRank"/> are those of the model.</summary>
    public IReadOnlyList<double> SortedWeights { get; }

    /// <summary>Number of relevant components, the rank of the model.</summary>
    public int EffectiveRank => Weights.Count;

    /// <summary>Number of components that the fit started from.</summary>
    public int StartingRank => SortedWeights.Count;

    /// <summary>The relevances of some of the components, in another order; those that are left out count as components
    /// that were removed.</summary>
    /// <param name="order">For each new component the old one.</param>
    internal ComponentRelevance Of(IReadOnlyList<int> order) => new(
        Parameters, [.. order.Select(k => Weights[k])],
        [
            .. order.Select(k => Weights[k]).OrderDescending(),
            .. Enumerable.Repeat(Parameters.Floor, StartingRank - order.Count),
        ]);

    /// <summary>Whether a relevance is above that of dead components by more than the threshold.</summary>
    internal static bool IsRelevant(double weight, double floor) => weight - floor > Threshold * floor;
}

using Nmf.Kernels;

namespace Nmf;

/// <summary>What a model keeps of its solver beside the factors, in the order and scale that the solver left the
/// components in.</summary>
internal sealed record FittedTerms
{
    public static FittedTerms None { get; } = new();

    /// <summary>What inference adds to the divergence of a row, or null.</summary>
    public RowPenalty? Penalty { get; init; }

    /// <summary>Relevance of all components that are left, or null where it was not determined.</summary>
    public IReadOnlyList<double>? Relevance { get; init; }

    /// <summary>Hyper-parameters of the relevance.</summary>
    public RelevanceParameters? RelevanceParameters { get; init; }

    /// <summary>Whether inference finds the activations that the fit minimised: not where they depend
    /// on other rows.</summary>
    public bool RowsAreIndependent { get; init; } = true;

    /// <summary>Whether the components may be sorted: not where options name them by their index.</summary>
    public bool SortsComponents { get; init; } = true;
}

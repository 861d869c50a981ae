using Nmf.Kernels;

namespace Nmf;

public sealed partial record NmfOptions
{
    /// <summary>
    /// Components whose columns of W are known and stay as the start has them, to the bit, one flag per component; null
    /// for none. Their activations are fitted like all others: this is semi-supervised factorisation. Such a fit needs
    /// a start (<see cref="NmfStart{T}.WithKnown"/> makes one), its components keep their order, and
    /// <see cref="Scale"/> applies to the others. β-divergences, with penalties, missing entries and weights as usual;
    /// the solver must be <see cref="NmfSolver.Auto"/> or one that minimises a majoriser of single entries:
    /// <see cref="NmfSolver.ExtrapolatedMultiplicativeUpdate"/>, <see cref="NmfSolver.MultiplicativeUpdate"/> or
    /// <see cref="NmfSolver.MajorizationMinimization"/>.
    /// </summary>
    public IReadOnlyList<bool>? FixedComponents { get; init; }

    internal bool HasFixedComponents => FixedComponents is not null && FixedComponents.Contains(true);

    private void ValidateFixedComponents()
    {
        Require(
            FixedComponents is null || FixedComponents.Count == Rank, nameof(FixedComponents),
            $"There are {FixedComponents?.Count} flags of fixed components, but the rank is {Rank}.");
        if (!HasFixedComponents)
            return;
        Require(
            Solver is NmfSolver.Auto or NmfSolver.ExtrapolatedMultiplicativeUpdate or NmfSolver.MultiplicativeUpdate
                or NmfSolver.MajorizationMinimization, nameof(Solver),
            $"The solver {Solver} moves all components: with fixed ones choose Auto, ExtrapolatedMultiplicativeUpdate, "
            + "MultiplicativeUpdate or MajorizationMinimization.");
        Require(
            Measure is null && Outliers is null, nameof(FixedComponents),
            "Fixed components go with a beta-divergence, not with another measure of fit or an outlier term.");
        Require(
            Abundances == AbundanceConstraint.None, nameof(FixedComponents),
            "Fixed components do not go with abundances: endmembers that are known are a start without iterations.");
        Require(
            AutomaticRelevance is null && Annealing is null, nameof(FixedComponents),
            "Fixed components do not go with automatic relevance determination, which removes components, "
            + "or with annealing, which lifts their zeros.");
    }
}

using Nmf.Kernels;

namespace Nmf;

/// <content>Which solver serves which problem.</content>
public sealed partial record NmfOptions
{
    /// <summary>The solver that <see cref="NmfSolver.Auto"/> stands for whatever the data, or the one asked for;
    /// <see cref="EffectiveSolverFor"/> knows better.</summary>
    public NmfSolver EffectiveSolver => Solver != NmfSolver.Auto ? Solver
        : AutomaticRelevance is not null || Penalties.Count > 0 ? NmfSolver.MajorizationMinimization
        : Beta switch
        {
            _ when Abundances != AbundanceConstraint.None
                => Beta == BetaDivergence.Euclidean ? NmfSolver.Hals : NmfSolver.MajorizationMinimization,
            _ when Measure is not null || Outliers is not null => NmfSolver.MultiplicativeUpdate,
            _ when HasFixedComponents => Beta is >= 0 and <= 2
                ? NmfSolver.ExtrapolatedMultiplicativeUpdate
                : NmfSolver.MajorizationMinimization,
            BetaDivergence.Euclidean => NmfSolver.ExtrapolatedHals,
            >= 0 and < 2 => NmfSolver.ExtrapolatedMultiplicativeUpdate,
            _ => NmfSolver.MajorizationMinimization,
        };

    /// <summary>The solver for given data: <see cref="NmfSolver.Auto"/> takes one that knows weights where data
    /// have weights or missing entries, and for β = 1 <see cref="NmfSolver.SharedNewton"/> where they are dense
    /// and have none.</summary>
    /// <exception cref="ArgumentException">The solver asked for cannot leave entries out or weight them.</exception>
    public NmfSolver EffectiveSolverFor<T>(NmfData<T> data)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        if (AutomaticRelevance is not null || Penalties.Count > 0)
            return EffectiveSolver;
        Require(
            Abundances == AbundanceConstraint.None || !data.IsWeighted, nameof(Abundances),
            "Abundances need every entry, and all with the same weight, but the data have missing entries or weights.");
        if (!data.IsWeighted)
        {
            var dense = Solver == NmfSolver.Auto && Beta == BetaDivergence.KullbackLeibler && data.Dense is not null
                && !HasFixedComponents;
            return dense && EffectiveSolver == NmfSolver.ExtrapolatedMultiplicativeUpdate
                ? NmfSolver.SharedNewton
                : EffectiveSolver;
        }

        if (Solver == NmfSolver.Auto)
            return Beta is >= 0 and <= 2
                ? NmfSolver.ExtrapolatedMultiplicativeUpdate
                : NmfSolver.MajorizationMinimization;
        Require(
            Solver.SupportsWeights(),
            nameof(Solver),
            $"The solver {Solver} needs every entry, and all with the same weight, but the data have "
                + (data.HasMissingEntries ? "missing entries" : "weights") + ". "
                + $"Choose {NmfSolver.Auto}, {NmfSolver.ExtrapolatedMultiplicativeUpdate}, "
                + $"{NmfSolver.MultiplicativeUpdate} or {NmfSolver.MajorizationMinimization}.");
        return Solver;
    }
}

namespace Nmf;

/// <summary>How the factors are updated.</summary>
/// <remarks>No solver raises the objective, as computed in double precision from the factors, by more than their
/// rounding, as long as the values of the model stay above the floor at which divergences clip them (docs/math.md,
/// "Units and floors"); one that extrapolates takes back what does not lower it.</remarks>
public enum NmfSolver
{
    /// <summary><see cref="ExtrapolatedHals"/> for β = 2, <see cref="SharedNewton"/> for β = 1 and dense data,
    /// <see cref="ExtrapolatedMultiplicativeUpdate"/> for other 0 ≤ β &lt; 2 and for β = 1 and sparse data,
    /// <see cref="MajorizationMinimization"/> for other β. With weights, missing entries or known components
    /// <see cref="ExtrapolatedMultiplicativeUpdate"/> for all 0 ≤ β ≤ 2; with penalties or automatic relevance
    /// determination <see cref="MajorizationMinimization"/>; with another measure of fit or an outlier term
    /// <see cref="MultiplicativeUpdate"/>; with abundances <see cref="Hals"/> for β = 2 and
    /// <see cref="MajorizationMinimization"/> for other β.</summary>
    Auto,

    /// <summary>Multiplicative updates with the largest safe exponent. Any β.</summary>
    MultiplicativeUpdate,

    /// <summary>Multiplicative updates with the exponent γ(β) of the majorisation-minimisation proof. Any β.</summary>
    MajorizationMinimization,

    /// <summary>Hierarchical alternating least squares, exact coordinate minimisation. β = 2 only.</summary>
    Hals,

    /// <summary>HALS with several sweeps per product and extrapolation, guarded so that the objective never
    /// increases. β = 2 only.</summary>
    ExtrapolatedHals,

    /// <summary>Multiplicative updates with Nesterov extrapolation, guarded so that the objective never
    /// increases. Any β.</summary>
    ExtrapolatedMultiplicativeUpdate,

    /// <summary>Damped scalar Newton sweeps with extrapolation, guarded so that the objective never
    /// increases. β = 1 only.</summary>
    ExtrapolatedNewton,

    /// <summary>Multiplicative updates that minimise one majoriser in both factors: for β = 1 one walk over the data in
    /// place of two (PLSA). Any β.</summary>
    JointMajorizationMinimization,

    /// <summary>Newton steps on whole rows of a factor whose curvature all rows share up to a number, each cut to the
    /// part that lowers the objective. β = 1 only; made for dense data.</summary>
    SharedNewton,
}

/// <summary>Facts about solvers.</summary>
internal static class NmfSolverExtensions
{
    /// <summary>The only β that a solver minimises, or null when it minimises every divergence.</summary>
    public static double? RequiredBeta(this NmfSolver solver) => solver switch
    {
        NmfSolver.Hals or NmfSolver.ExtrapolatedHals => BetaDivergence.Euclidean,
        NmfSolver.ExtrapolatedNewton or NmfSolver.SharedNewton => BetaDivergence.KullbackLeibler,
        _ => null,
    };

    /// <summary>Whether the solver minimises weighted sums, and so can leave missing entries out.</summary>
    public static bool SupportsWeights(this NmfSolver solver)
        => solver is NmfSolver.MultiplicativeUpdate or NmfSolver.MajorizationMinimization
            or NmfSolver.ExtrapolatedMultiplicativeUpdate;

    /// <summary>Whether the solver multiplies entries, so that an entry that is zero stays zero.</summary>
    public static bool KeepsZeros(this NmfSolver solver)
        => solver is NmfSolver.MultiplicativeUpdate or NmfSolver.MajorizationMinimization
            or NmfSolver.ExtrapolatedMultiplicativeUpdate
            or NmfSolver.JointMajorizationMinimization;
}

namespace Nmf.Kernels;

/// <summary>The problem that a <see cref="RowSolver{T}"/> solves for each row, and how far.</summary>
public sealed record RowSolverOptions
{
    /// <summary>Divergence parameter β, finite.</summary>
    public required double Beta { get; init; }

    /// <summary>Largest relative move of an activation at which a row counts as converged: see the remarks of <see cref="RowSolver{T}"/>. 1e-6 to 1e-3 are usual.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Most iterations for one row, at least 1.</summary>
    public int MaximumIterations { get; init; } = 1000;

    /// <summary>What is added to the divergence, or null for nothing.</summary>
    public RowPenalty? Penalty { get; init; }

    /// <summary>
    /// Whether NaN means that a feature was not observed. The row is then solved over its observed features alone; without any the activations
    /// are zero. Otherwise rows must not hold NaN.
    /// </summary>
    public bool NaNIsMissing { get; init; }

    /// <summary>Whether a feature that a sparse row does not store was not observed; otherwise it is zero. A stored zero is observed.</summary>
    public bool AbsentIsMissing { get; init; }

    internal void Validate()
    {
        if (!double.IsFinite(Beta))
            throw new ArgumentOutOfRangeException(nameof(Beta), Beta, "β must be finite.");
        if (!(Tolerance > 0))
            throw new ArgumentOutOfRangeException(nameof(Tolerance), Tolerance, "The tolerance must be greater than zero.");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumIterations, 1, nameof(MaximumIterations));
    }
}

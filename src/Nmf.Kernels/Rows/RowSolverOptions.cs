namespace Nmf.Kernels;

/// <summary>The problem that a <see cref="RowSolver{T}"/> solves for each row, and how far.</summary>
internal sealed record RowSolverOptions
{
    /// <summary>Divergence parameter β, finite.</summary>
    public required double Beta { get; init; }

    /// <summary>A measure of fit in the place of the β-divergence, or null.</summary>
    public MeasureKernel? Measure { get; init; }

    /// <summary>An outlier term, v ≈ W h + r, for 0 ≤ β ≤ 2, or null.</summary>
    public OutlierKernel? Outliers { get; init; }

    /// <summary>What activations must satisfy beside being nonnegative, for any β. For β = 2 they are then exact: the
    /// tolerance does not matter.</summary>
    public SumConstraint Abundances { get; init; }

    /// <summary>Whether rows and columns may be rescaled: not where activations or the model have an upper bound or the
    /// measure is not homogeneous.</summary>
    internal bool IsHomogeneous => (Measure?.IsHomogeneous ?? true) && Abundances == SumConstraint.None;

    /// <summary>Whether features may be rescaled.</summary>
    internal bool SeesRatiosAlone
        => Beta == 0 && IsHomogeneous && Measure is null && Outliers is null && Penalty is not { IsZero: false };

    /// <summary>Largest relative move of an activation at which a row counts as converged: see the remarks of
    /// <see cref="RowSolver{T}"/>. 1e-6 to 1e-3 are usual.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Most iterations for one row, at least 1.</summary>
    public int MaximumIterations { get; init; } = 1000;

    /// <summary>What is added to the divergence, or null for nothing.</summary>
    public RowPenalty? Penalty { get; init; }

    /// <summary>
    /// Whether NaN means that a feature was not observed. The row is then solved over its observed features alone;
    /// without any the activations are zero. Otherwise rows must not hold NaN.
    /// </summary>
    public bool NaNIsMissing { get; init; }

    /// <summary>Whether a feature that a sparse row does not store was not observed; otherwise it is zero. A stored
    /// zero is observed.</summary>
    public bool AbsentIsMissing { get; init; }

    internal void Validate()
    {
        if (!double.IsFinite(Beta))
            throw new ArgumentOutOfRangeException(nameof(Beta), Beta, "β must be finite.");
        if (Measure is not null && Outliers is not null)
            throw new ArgumentException(
                "An outlier term goes with a beta-divergence, not with another measure of fit.", nameof(Outliers));
        if ((NaNIsMissing || AbsentIsMissing) && (Measure is not null || Outliers is not null))
            throw new ArgumentException(
                "Missing features go with beta-divergences, not with another measure of fit or an outlier term.",
                nameof(Measure));
        if (!Enum.IsDefined(Abundances))
            throw new ArgumentOutOfRangeException(nameof(Abundances), Abundances, "There is no such constraint.");
        if (Abundances != SumConstraint.None && (Measure is not null || Outliers is not null
            || (Penalty is not null && !(Abundances == SumConstraint.Nonnegative && Penalty.IsLinear))))
            throw new ArgumentException(
                "Abundances go with β-divergences, without another measure of fit, an outlier term or a penalty "
                + "(ℓ1 where they sum to nothing).", nameof(Abundances));
        if (Abundances == SumConstraint.Nonnegative && Beta != 2)
            throw new ArgumentException("Abundances that sum to nothing go with β = 2.", nameof(Abundances));
        if (Abundances != SumConstraint.None && (NaNIsMissing || AbsentIsMissing))
            throw new ArgumentException("Abundances need every feature: none may be missing.", nameof(Abundances));
        if (!(Tolerance > 0))
            throw new ArgumentOutOfRangeException(
                nameof(Tolerance), Tolerance, "The tolerance must be greater than zero.");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumIterations, 1, nameof(MaximumIterations));
    }
}

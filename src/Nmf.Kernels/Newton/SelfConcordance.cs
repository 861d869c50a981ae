namespace Nmf.Kernels;

/// <summary>How far along a step the Kullback-Leibler objective of a row, <c>Σ s x - Σ v log y</c>,
/// is sure to fall.</summary>
/// <remarks>
/// Let d be the step, m = -gᵀd / S with S = Σ v (W d)² / y², and ρ the largest part by which a model value falls. As
/// -log(1 - u) ≤ u + κ(ρ) u² for u ≤ ρ, with κ(ρ) = (-log(1 - ρ) - ρ) / ρ², a part a of the step changes the objective
/// by at most a gᵀd + a² κ(aρ) S. For a = 1 that is no increase where κ(ρ) ≤ m; it is smallest, and negative, at a =
/// m / (1 + mρ). The derivation is that of damped Newton steps for self-concordant functions (Nesterov and Nemirovskii
/// 1994), with the largest fall along this step in place of a bound for all steps.
/// </remarks>
internal static class SelfConcordance
{
    /// <summary>Whether the whole step is safe.</summary>
    /// <param name="slope">gᵀd, negative.</param>
    /// <param name="bend">S.</param>
    /// <param name="fall">ρ, at least 0.</param>
    public static bool IsWholeStepSafe(double slope, double bend, double fall)
    {
        // The series at 0, where the difference of nearly equal numbers would be noise.
        var bound = fall < 1e-3 ? 0.5 + (fall / 2)
            : fall < 1 ? (-Math.Log(1 - fall) - fall) / (fall * fall)
            : double.PositiveInfinity;
        return slope < 0 && bound * bend <= -slope;
    }

    /// <summary>A part of the step, from 0 to 1, that lowers the objective; 0 only where the step does not
    /// lead downhill.</summary>
    /// <inheritdoc cref="IsWholeStepSafe"/>
    public static double SafePart(double slope, double bend, double fall)
    {
        if (!(slope < 0) || !double.IsFinite(bend))
            return 0;
        return IsWholeStepSafe(slope, bend, fall) ? 1 : Math.Min(1, -slope / (bend - (slope * fall)));
    }
}

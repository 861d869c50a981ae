namespace Nmf.Kernels;

/// <summary>What counts as an outlier.</summary>
public enum OutlierKind
{
    /// <summary>Whole samples: λ Σ_n ‖r_n‖₂. Most samples have no outlier part at all, the others may differ from the
    /// model in many features.</summary>
    Samples,

    /// <summary>Single entries: λ Σ_fn r_fn.</summary>
    Entries,
}

/// <summary>
/// The outlier term of robust NMF, <c>V ≈ H Wᵀ + R</c> with R ≥ 0 and sparse: D_β(V | H Wᵀ + R) + λ Ω(R), after Févotte
/// and Dobigeon, "Nonlinear hyperspectral unmixing with robust nonnegative matrix factorization", 2015.
/// </summary>
/// <param name="Lambda">
/// λ &gt; 0, in units of the derivative of the divergence, that is of data^(β-1): free of units for counts (β = 1), a
/// length in the space of the data for β = 2. An entry keeps R = 0 while y^(β-2) (v - y) ≤ λ; a sample keeps it while
/// the Euclidean norm of the positive parts of these numbers is at most λ.
/// </param>
/// <param name="Kind">What counts as an outlier.</param>
public sealed record OutlierPenalty(double Lambda, OutlierKind Kind = OutlierKind.Samples)
{
    /// <summary>Checks the parameters, and that β is in [0, 2].</summary>
    /// <param name="beta">Divergence parameter of the fit.</param>
    /// <exception cref="ArgumentException">A parameter is out of range; the message names it.</exception>
    public void Validate(double beta)
    {
        if (Problem() is { } problem)
            throw new ArgumentException(problem.Message, problem.Name);
        if (!(beta is >= 0 and <= 2))
            throw new ArgumentException($"Robust factorization needs beta between 0 and 2, not {beta}.", nameof(beta));
    }

    private (string Message, string Name)? Problem()
    {
        if (!(Lambda > 0 && double.IsFinite(Lambda)))
            return ($"The outlier penalty lambda must be finite and greater than zero, not {Lambda}.", nameof(Lambda));
        return Enum.IsDefined(Kind) ? null : ($"There is no kind of outliers {Kind}.", nameof(Kind));
    }
}

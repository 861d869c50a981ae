namespace Nmf;

/// <summary>What is to be sparse in <see cref="SparseUnmixing"/>.</summary>
public enum LibrarySparsity
{
    /// <summary>The list of spectra that the picture has at all, collaborative regression: <c>λ Σ_m w_m ‖x_m‖₂</c>, x_m
    /// being the map of spectrum m (Iordache, Bioucas-Dias and Plaza, "Collaborative sparse regression for
    /// hyperspectral unmixing", 2014). It selects; abundances are then those of the spectra selected, pixel by pixel
    /// and without the penalty.</summary>
    Picture,

    /// <summary>The spectra of every pixel by itself, ℓ1: <c>λ Σ_m w_m x_mn</c> (Bioucas-Dias and Figueiredo,
    /// "Alternating direction algorithms for constrained sparse regression", 2010).</summary>
    Pixel,
}

/// <summary>How <see cref="SparseUnmixing"/> chooses among the spectra of a library.</summary>
public sealed record SparseUnmixingOptions
{
    /// <summary>What is to be sparse.</summary>
    public LibrarySparsity Sparsity { get; init; }

    /// <summary>
    /// Weight of the penalty in units of the noise: λ is this times its mean deviation, for
    /// <see cref="LibrarySparsity.Picture"/> times the root of the number of pixels, too. Greater than 0; the default
    /// is from the table of docs/unmixing.md.
    /// </summary>
    public double Weight { get; init; } = 0.1;

    /// <summary>
    /// Whether a spectrum costs in proportion to its distance from the subspace that the pixels span above the noise,
    /// which tells spectra apart that look much alike (after Iordache, Bioucas-Dias, Plaza and Somers, "MUSIC-CSR:
    /// hyperspectral unmixing via multiple signal classification and collaborative sparse regression", 2014): w_m =
    /// ‖a_m‖ d_m / d, d being that of the last spectrum that the dimension has room for. Without, every w_m is the mean
    /// length of the spectra, and the problem that of the papers.
    /// </summary>
    public bool WeightsBySubspace { get; init; } = true;

    /// <summary>What abundances sum to: with spectra in the unit of the pixels and even light
    /// <see cref="AbundanceConstraint.SumToOne"/>. With ℓ1 in every pixel only
    /// <see cref="AbundanceConstraint.Nonnegative"/>: of abundances that sum to one ℓ1 is a constant.</summary>
    public AbundanceConstraint Sum { get; init; } = AbundanceConstraint.Nonnegative;

    /// <summary>How far from its minimum the objective of the collaborative regression may be, relative to it: its
    /// duality gap.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>Most iterations of the collaborative regression.</summary>
    public int MaximumIterations { get; init; } = 5000;

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    internal void Validate()
    {
        Option.Require(Enum.IsDefined(Sparsity), nameof(Sparsity), $"There is no sparsity {Sparsity}.");
        Option.Require(
            Weight > 0 && double.IsFinite(Weight), nameof(Weight),
            "The weight of the sparsity must be finite and greater than zero.");
        Option.Require(
            Sum is AbundanceConstraint.Nonnegative or AbundanceConstraint.SumToOne
                or AbundanceConstraint.SumToAtMostOne, nameof(Sum),
            $"Abundances of library spectra are Nonnegative, SumToOne or SumToAtMostOne, not {Sum}.");
        Option.Require(
            Sparsity == LibrarySparsity.Picture || Sum == AbundanceConstraint.Nonnegative, nameof(Sum),
            "l1 of abundances with a given sum is a constant: sparsity by pixels goes with Nonnegative alone.");
        Option.Require(
            Tolerance > 0 && double.IsFinite(Tolerance), nameof(Tolerance), "The tolerance must be greater than zero.");
        Option.Require(
            MaximumIterations > 0, nameof(MaximumIterations), "There must be at least one iteration.");
        Option.RequirePositive(Threads, "number of threads");
    }
}

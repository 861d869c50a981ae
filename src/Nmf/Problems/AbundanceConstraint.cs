namespace Nmf;

/// <summary>What the activations of a sample must satisfy beside being nonnegative: abundances are the shares of
/// materials in a pixel.</summary>
public enum AbundanceConstraint
{
    /// <summary>
    /// <see cref="Shaded"/> where the pixels are spread in all K directions of their subspace, as by light that
    /// changes, by more than the noise; otherwise <see cref="SumToOne"/>. Also <see cref="SumToOne"/> where endmembers
    /// or another start are given, and for β other than 2.
    /// </summary>
    Auto = 0,

    /// <summary>They sum to one: fully constrained unmixing (Heinz and Chang 2001).</summary>
    SumToOne = 1,

    /// <summary>They sum to at most one; the rest is shade, a material without reflectance.</summary>
    SumToAtMostOne = 2,

    /// <summary>
    /// They sum to one, and each pixel has a brightness of its own, which is no abundance: v ≈ s W h with s > 0, the
    /// extended linear mixing model with one scale for a pixel (Veganzones et al., "A new extended linear mixing model
    /// to address spectral variability", 2014). Shadow and slopes are no dark material. s = vᵀW h / ‖W h‖². For β = 2
    /// and dense data.
    /// </summary>
    Shaded = 3,

    /// <summary>They are nonnegative and sum to nothing in particular: nonnegative least squares, for spectra that are
    /// known. For β = 2.</summary>
    Nonnegative = 4,
}

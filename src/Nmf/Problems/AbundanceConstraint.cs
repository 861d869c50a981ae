namespace Nmf;

/// <summary>What the activations of a sample must satisfy beside being nonnegative: abundances are the shares of
/// materials in a pixel.</summary>
public enum AbundanceConstraint
{
    /// <summary>They sum to one: fully constrained unmixing (Heinz and Chang 2001).</summary>
    SumToOne = 1,

    /// <summary>They sum to at most one; the rest is shade, a material without reflectance.</summary>
    SumToAtMostOne = 2,
}

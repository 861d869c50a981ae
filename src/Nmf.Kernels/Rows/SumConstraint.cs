namespace Nmf.Kernels;

/// <summary>What the activations of a sample must sum to. The values are those of the option of the models.</summary>
internal enum SumConstraint
{
    /// <summary>Nothing: they need only be nonnegative.</summary>
    None,

    /// <summary>One.</summary>
    SumToOne,

    /// <summary>At most one.</summary>
    SumToAtMostOne,

    /// <summary>One, after every sample was divided by a brightness of its own.</summary>
    Shaded,

    /// <summary>Nothing, but exactly: nonnegative least squares by an active-set method.</summary>
    Nonnegative,
}

namespace Nmf;

/// <summary>How the scale that W and H share is fixed once the fit has ended; WH is the same for all.</summary>
public enum ComponentScale
{
    /// <summary>Every dictionary column sums to one; an activation is the amount of data that its
    /// component accounts for.</summary>
    UnitSum,

    /// <summary>Every dictionary column has Euclidean norm one.</summary>
    UnitNorm,

    /// <summary>As the solver left them.</summary>
    None,
}

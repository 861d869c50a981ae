namespace Nmf.Kernels.Dense;

/// <summary>
/// One β-divergence, entry by entry: the two parts of its derivative and its value. With <c>weight = Weight(y)</c>
/// computed once, <c>Negative = v y^(β-2)</c> and <c>Positive = y^(β-1)</c>.
/// </summary>
/// <remarks>
/// A struct given as a type argument, with instance members so that it can carry β: the JIT inlines it into the loops.
/// The model y has been clipped from below (<see cref="ModelFloor"/>); the data v are nonnegative.
/// </remarks>
internal interface IDivergence<TVector>
    where TVector : unmanaged
{
    /// <summary>Where the positive part comes from.</summary>
    static abstract PositivePart PositivePart { get; }

    /// <summary>The datum whose value for y = 1 is exactly 0: it fills vectors beyond the end of a row.</summary>
    static virtual double NeutralDatum => 1;

    /// <summary>The power of y that both parts share.</summary>
    TVector Weight(TVector y);

    /// <summary>v y^(β-2), and 0 where v = 0.</summary>
    TVector Negative(TVector v, TVector y, TVector weight);

    /// <summary>y^(β-1).</summary>
    TVector Positive(TVector y, TVector weight);

    /// <summary>d_β(v | y), accurate relative to itself also where v and y nearly agree, and exactly 0 for
    /// <see cref="NeutralDatum"/> and y = 1.</summary>
    TVector Value(TVector v, TVector y);
}

/// <summary>How the positive part of a gradient is computed.</summary>
internal enum PositivePart
{
    /// <summary>A product with the powers of the model, like the negative part.</summary>
    Product,

    /// <summary>β = 1: the powers are all 1, so every row is the vector of column sums of the other factor.</summary>
    ColumnSums,

    /// <summary>β = 2: the factor times the Gram matrix of the other one; the model itself is not needed.</summary>
    Gram,
}

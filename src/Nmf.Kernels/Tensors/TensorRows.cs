using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// The model of a tensor as that of a matrix whose last mode are the columns: <c>Y = H Wᵀ</c>, W the factor of the last
/// mode, and rows of H, one for every place in the other modes, that are made when a tile needs them. What a pass finds
/// out about such a row is passed on to the factors that it was made of.
/// </summary>
internal abstract unsafe class TensorRows<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Components of the last factor: the width of a row.</summary>
    public abstract int Rank { get; }

    /// <summary>Takes over the factors as they are.</summary>
    public abstract void Prepare(Matrix<T>[] factors);

    /// <summary>Checks the shapes of all factors.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public abstract void Require(Matrix<T>[] factors);

    /// <summary>Rows and columns of what a target gathers.</summary>
    public abstract (int Rows, int Columns) ShapeOf(int target);

    /// <summary>Which rows of a target the rows of H from one to another belong to.</summary>
    public abstract (int First, int Count) Reached(int target, long firstRow, long endRow);

    /// <summary>Writes rows of H.</summary>
    /// <param name="firstRow">First of them.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="samples">Receives them.</param>
    /// <param name="stride">Distance between them.</param>
    /// <param name="worker">Whose scratch to use.</param>
    public abstract void Pack(long firstRow, nint rows, T* samples, nint stride, int worker);

    /// <summary>Adds derivatives with respect to rows of H to those with respect to a target.</summary>
    /// <param name="target">A factor other than the last.</param>
    /// <param name="firstRow">First row of H.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="gradient">Derivatives with respect to these.</param>
    /// <param name="stride">Distance between them, 0 where all are the same.</param>
    /// <param name="sums">Where the target's rows stand, from the first that the caller's rows reach.</param>
    /// <param name="firstOfSums">The index of that first one.</param>
    /// <param name="worker">Whose scratch to use.</param>
    public abstract void Add(
        int target, long firstRow, nint rows, T* gradient, nint stride, T* sums, int firstOfSums, int worker);
}

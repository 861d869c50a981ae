using System.Numerics;

namespace Nmf.Kernels;

/// <summary>One side of a pass: which data, which factor is given row by row, which factor its rows are
/// combined from.</summary>
/// <remarks>
/// For the activations: rows of V, H given, W the basis. For the dictionary: rows of Vᵀ, W given, H the basis.
/// Rows that are given or computed are pointers to where row 0 of the factor is, or would be where scratch
/// memory holds a few rows only.
/// </remarks>
internal readonly unsafe struct SparseSide<T>(
    SparseMatrix<T> data, T* given, Matrix<T> basis, Matrix<T>? negativeBasis = null, Matrix<T>? positiveBasis = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public SparseMatrix<T> Data { get; } = data;

    public T* Given { get; } = given;

    public Matrix<T> Basis { get; } = basis;

    /// <summary>What the negative part is combined from: the basis, but for a majoriser's gradient.</summary>
    public Matrix<T> NegativeBasis { get; } = negativeBasis ?? basis;

    /// <summary>What the positive part is combined from.</summary>
    public Matrix<T> PositiveBasis { get; } = positiveBasis ?? basis;

    /// <summary>The first non-zero of every row: of all, or of a band of the columns.</summary>
    public long* Starts { get; init; } = data.RowStarts;

    /// <summary>The end of the non-zeros of every row.</summary>
    public long* Ends { get; init; } = data.RowStarts + 1;

    /// <summary>Whether the non-zeros are those of a band: what follows them in a row is of another.</summary>
    public bool IsBand { get; init; }

    /// <summary>Whether the results have those of the bands before already.</summary>
    public bool Continues { get; init; }
}

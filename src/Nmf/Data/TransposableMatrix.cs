using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>A sparse matrix and its transpose, which is made when it is first needed where it was not given.</summary>
internal sealed class TransposableMatrix<T>(SparseMatrix<T> matrix, SparseMatrix<T>? transposed = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Lazy<SparseMatrix<T>> _transposed = transposed is null ? new(matrix.Transpose) : new(transposed);

    public SparseMatrix<T> Matrix { get; } = matrix;

    public SparseMatrix<T> Transposed => _transposed.Value;

    /// <summary>Multiplies all values by 2^exponent, in place.</summary>
    public void Multiply(int exponent)
    {
        Scale(Matrix);
        if (_transposed.IsValueCreated)
            Scale(Transposed);

        void Scale(SparseMatrix<T> matrix)
        {
            for (var i = 0; i < matrix.Rows; i++)
                PowerOfTwo.Scale(matrix.RowMemory(i), exponent);
        }
    }
}

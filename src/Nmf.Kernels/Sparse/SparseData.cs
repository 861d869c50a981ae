using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// Sparse data as a pass has seen them: checked once, so that no kernel reads outside a factor, and known again at
/// every call. A matrix that was resized since then
/// has other rows in its blocks.
/// </summary>
/// <param name="matrix">V, samples x features.</param>
/// <param name="transposed">Its transpose, or null where the pass does without.</param>
internal sealed class SparseData<T>(SparseMatrix<T> matrix, SparseMatrix<T>? transposed)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private (long OfMatrix, long OfTransposed) _layouts;

    public SparseMatrix<T> Matrix { get; } = matrix;

    public SparseMatrix<T> Transposed => transposed!;

    private (long OfMatrix, long OfTransposed) Layouts => (Matrix.Layout, transposed?.Layout ?? 0);

    /// <summary>The data, checked.</summary>
    /// <exception cref="ArgumentException">An index is out of range, or the second matrix is not the transpose of the
    /// first.</exception>
    public static SparseData<T> Of(SparseMatrix<T> matrix, SparseMatrix<T>? transposed)
    {
        var data = new SparseData<T>(matrix, transposed);
        data.Check();
        return data;
    }

    /// <summary>Checks the matrices as they are now.</summary>
    public void Check()
    {
        Matrix.RequireValid();
        transposed?.RequireTransposeOf(Matrix, nameof(transposed));
        _layouts = Layouts;
    }

    /// <exception cref="ArgumentException">A matrix was resized since the check.</exception>
    public void RequireUnchanged()
    {
        if (_layouts != Layouts)
            throw new ArgumentException(
                $"The data were resized, to {Matrix.Rows} x {Matrix.Columns} now, since the pass looked at them.");
    }
}

using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels.Products;

/// <summary>
/// The inverse, in place, of a matrix whose symmetric part is positive definite (I - E/2 with a skew E, for one): no
/// pivot is needed, because that holds of every leading block and its Schur complement too. By halves,
/// <code>
///   [A B; C D]⁻¹ = [A⁻¹ + P S⁻¹ R, -P S⁻¹; -S⁻¹ R, S⁻¹],   P = A⁻¹B, R = C A⁻¹, S = D - C P
/// </code>
/// so that nearly all of it is products; blocks of 32 rows by elimination. 2 n³ operations.
/// </summary>
internal sealed class DefiniteInverse<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Block = 32;

    private readonly MatrixProduct<T> _product;
    private readonly Dictionary<(int, int), (Matrix<T> P, Matrix<T> R)> _scratch = [];

    public DefiniteInverse(MatrixProduct<T> product, int size)
    {
        _product = product;
        Reserve(size);
    }

    /// <summary>Inverts.</summary>
    /// <param name="matrix">A square matrix of the size that was reserved; receives its inverse.</param>
    public void Invert(MatrixPart<T> matrix)
    {
        if (matrix.Rows <= Block)
        {
            Eliminate(matrix);
            return;
        }

        var half = Half(matrix.Rows);
        MatrixPart<T> a = matrix.Part(..half, ..half), b = matrix.Part(..half, half..);
        MatrixPart<T> c = matrix.Part(half.., ..half), d = matrix.Part(half.., half..);
        var (p, r) = _scratch[(half, matrix.Rows - half)];
        Invert(a);
        _product.Multiply(a, b, p, T.One);
        _product.Multiply(c, a, r, T.One);
        _product.Multiply(c, p, d, T.NegativeOne, accumulate: true);
        Invert(d);
        _product.Multiply(p, d, b, T.NegativeOne);
        _product.Multiply(d, r, c, T.NegativeOne);
        _product.Multiply(b, r, a, T.NegativeOne, accumulate: true);
    }

    private static int Half(int size) => (size / 2 / 16 * 16) is > 0 and var half ? half : size / 2;

    private void Reserve(int size)
    {
        if (size <= Block)
            return;
        var (first, second) = (Half(size), size - Half(size));
        _scratch.TryAdd((first, second), (new Matrix<T>(first, second), new Matrix<T>(second, first)));
        Reserve(first);
        Reserve(second);
    }

    private static unsafe void Eliminate(MatrixPart<T> matrix)
    {
        for (var k = 0; k < matrix.Rows; k++)
        {
            var row = Row(matrix, k);
            var pivot = T.One / row[k];
            row[k] = T.One;
            TensorPrimitives.Multiply(row, pivot, row);
            for (var i = 0; i < matrix.Rows; i++)
            {
                if (i == k)
                    continue;
                var other = Row(matrix, i);
                var factor = other[k];
                other[k] = T.Zero;
                TensorPrimitives.MultiplyAdd<T>(row, -factor, other, other);
            }
        }

        GC.KeepAlive(matrix.Whole);

        static Span<T> Row(MatrixPart<T> matrix, int i) => new(matrix.Data + (i * matrix.RowStride), matrix.Columns);
    }
}

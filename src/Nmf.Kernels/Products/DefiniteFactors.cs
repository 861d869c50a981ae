using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels.Products;

/// <summary>
/// Solves X ← X M⁻¹ for a matrix M whose symmetric part is positive definite (I + E with a skew E, for one): no pivot
/// is needed, because that holds of every leading block and its Schur complement too. By halves,
/// <code>
///   [A B; C D] = [A 0; C S] [I P; 0 I],   P = A⁻¹B,   S = D - C P
///   X₂ ← X₂ - X₁ P,   X₂ ← X₂ S⁻¹,   X₁ ← X₁ - X₂ C,   X₁ ← X₁ A⁻¹
/// </code>
/// so that nearly all of it is products; blocks of 32 rows by elimination. 2/3 n³ operations to factorise, 2 n² for
/// every row of X (<see cref="RowSolve{T}"/>).
/// </summary>
internal sealed class DefiniteFactors<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Block = RowSolve<T>.Block;

    private readonly MatrixProduct<T> _product;
    private readonly RowSolve<T> _rows;
    private readonly Matrix<T> _wide;

    /// <summary>Prepares.</summary>
    /// <param name="product">Products.</param>
    /// <param name="rows">Solves for rows, of the size of M.</param>
    /// <param name="size">Size of M.</param>
    public DefiniteFactors(MatrixProduct<T> product, RowSolve<T> rows, int size)
        => (_product, _rows, _wide) = (product, rows, new Matrix<T>(Block, size));

    /// <summary>Factorises.</summary>
    /// <param name="matrix">M, square; replaced.</param>
    public void Factorize(Matrix<T> matrix)
    {
        Halve(matrix);
        _rows.Take(matrix);
    }

    /// <summary>X ← X M⁻¹.</summary>
    /// <param name="rows">X, in place; as many columns as M.</param>
    public void Solve(Matrix<T> rows) => _rows.Solve(rows);

    private void Halve(MatrixPart<T> matrix)
    {
        if (matrix.Rows <= Block)
        {
            Eliminate(matrix);
            return;
        }

        var half = RowSolve<T>.Half(matrix.Rows);
        MatrixPart<T> a = matrix.Part(..half, ..half), b = matrix.Part(..half, half..);
        MatrixPart<T> c = matrix.Part(half.., ..half), d = matrix.Part(half.., half..);
        Halve(a);
        SolveLeft(a, b);
        _product.Multiply(c, b, d, T.NegativeOne, accumulate: true);
        Halve(d);
    }

    // B ← M⁻¹B: [A 0; C S]⁻¹ and then [I P; 0 I]⁻¹, from the left.
    private void SolveLeft(MatrixPart<T> factors, MatrixPart<T> b)
    {
        if (factors.Rows <= Block)
        {
            var wide = new MatrixPart<T>(_wide).Part(..b.Rows, ..b.Columns);
            _product.Multiply(factors, b, wide, T.One);
            Copy(wide, b);
            return;
        }

        var half = RowSolve<T>.Half(factors.Rows);
        MatrixPart<T> first = b.Part(..half, ..), second = b.Part(half.., ..);
        SolveLeft(factors.Part(..half, ..half), first);
        _product.Multiply(factors.Part(half.., ..half), first, second, T.NegativeOne, accumulate: true);
        SolveLeft(factors.Part(half.., half..), second);
        _product.Multiply(factors.Part(..half, half..), second, first, T.NegativeOne, accumulate: true);
    }

    // The inverse, in place.
    private static void Eliminate(MatrixPart<T> matrix)
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
    }

    private static void Copy(MatrixPart<T> source, MatrixPart<T> target)
    {
        for (var i = 0; i < source.Rows; i++)
            Row(source, i).CopyTo(Row(target, i));
        GC.KeepAlive(source.Whole);
        GC.KeepAlive(target.Whole);
    }

    private static unsafe Span<T> Row(MatrixPart<T> matrix, int i)
        => new(matrix.Data + (i * matrix.RowStride), matrix.Columns);
}

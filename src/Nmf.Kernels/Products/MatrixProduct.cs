using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Products;

/// <summary>
/// Products of matrices of some size, <c>C = s A B</c> or <c>C += s A B</c>: for models in which no factor is thin.
/// (The passes over data never make such a product.) Either operand may be a transpose.
/// </summary>
/// <remarks>Sums run over the depth in order, so that a result depends on the operands alone. Scratch grows with the
/// largest right operand; a second product of a size allocates nothing. One caller at a time.</remarks>
internal abstract class MatrixProduct<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Products on a team, with the widest vectors there are.</summary>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <param name="maximumBits">Widest vectors to consider.</param>
    public static MatrixProduct<T> Create(WorkTeam team, int maximumBits = 512)
        => SimdWidth.Dispatch<T, Maker, MatrixProduct<T>>(new Maker(team), maximumBits);

    /// <summary>Multiplies.</summary>
    /// <param name="a">A, rows x depth.</param>
    /// <param name="b">B, depth x columns.</param>
    /// <param name="c">C, rows x columns, no transpose; it shares no element with A or B.</param>
    /// <param name="scale">s.</param>
    /// <param name="accumulate">Whether to add to C instead of overwriting it.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void Multiply(MatrixPart<T> a, MatrixPart<T> b, MatrixPart<T> c, T scale, bool accumulate = false)
    {
        if (a.Columns != b.Rows || c.Rows != a.Rows || c.Columns != b.Columns || c.ColumnStride != 1)
        {
            throw new ArgumentException(
                $"{a.Rows} x {a.Columns} times {b.Rows} x {b.Columns} is not {c.Rows} x {c.Columns}.", nameof(c));
        }

        Run(a, b, c, scale, accumulate);
    }

    private protected abstract void Run(
        MatrixPart<T> a, MatrixPart<T> b, MatrixPart<T> c, T scale, bool accumulate);

    private readonly struct Maker(WorkTeam team) : ISimdVisitor<T, MatrixProduct<T>>
    {
        public MatrixProduct<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => new PackedProduct<T, TVector, TSimd>(team);
    }
}

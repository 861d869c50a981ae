using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Products;

/// <summary>The rows of <see cref="DefiniteFactors{T}"/>: X ← X M⁻¹ with factors that are there.</summary>
/// <remarks>A row depends on itself and the factors alone, so that it has the same bits among any others.</remarks>
internal abstract class RowSolve<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Blocks of factors up to this size hold the inverse.</summary>
    public const int Block = 32;

    /// <summary>Solves on a team, with the widest vectors there are.</summary>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <param name="size">Size of M.</param>
    /// <param name="maximumBits">Widest vectors to consider.</param>
    public static RowSolve<T> Create(WorkTeam team, int size, int maximumBits = 512)
        => SimdWidth.Dispatch<T, Maker, RowSolve<T>>(new Maker(team, size), maximumBits);

    /// <summary>Size of the first part where a matrix is cut in two.</summary>
    public static int Half(int size) => (size / 2 / 16 * 16) is > 0 and var half ? half : size / 2;

    /// <summary>Takes factors over.</summary>
    /// <param name="factors">What <see cref="DefiniteFactors{T}"/> has made of M; not kept.</param>
    public abstract void Take(Matrix<T> factors);

    /// <summary>X ← X M⁻¹.</summary>
    /// <param name="rows">X, in place; as many columns as M.</param>
    public abstract void Solve(Matrix<T> rows);

    private readonly struct Maker(WorkTeam team, int size) : ISimdVisitor<T, RowSolve<T>>
    {
        public RowSolve<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => new PackedRowSolve<T, TVector, TSimd>(team, size);
    }
}

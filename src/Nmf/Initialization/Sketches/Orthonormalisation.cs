using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// An orthonormal basis of the span of the columns of a tall matrix by Cholesky factors of its Gram matrix, shifted by
/// what rounding can have done to it, as often as needed (Fukaya, Kannan, Nakatsukasa, Yamamoto and Yanagisawa,
/// "Shifted Cholesky QR for computing the QR factorization of ill-conditioned matrices", 2020). Nothing of the height
/// of the matrix is in double precision.
/// </summary>
/// <remarks>Columns that depend on others become short or zero ones, which a projection on the basis does not
/// notice.</remarks>
internal static class Orthonormalisation
{
    private const int MostRounds = 4;
    private const double Tolerance = 1e-3;

    /// <summary>Replaces the columns by the basis.</summary>
    /// <param name="tall">Rows x columns; replaced.</param>
    /// <param name="scratch">Memory of the same shape.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="rounds">Most rounds. One leaves columns that are independent, but not orthonormal where the matrix
    /// is ill-conditioned: enough between two products of a subspace iteration.</param>
    public static void Run<T>(Matrix<T> tall, Matrix<T> scratch, WorkTeam team, int rounds = MostRounds)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = tall.Columns;
        var gram = new Matrix<T>(size, size);
        var (source, target) = (tall, scratch);
        for (var round = 0; round < rounds; round++)
        {
            FactorKernels.Gram(source, gram, team);
            if (round > 0 && IsIdentity(gram))
                break;
            InvertFactor(gram);
            DivergencePass<T>.Create(source, size, BetaDivergence.Euclidean, team).ActivationProduct(gram, target);
            (source, target) = (target, source);
        }

        if (source != tall)
            source.CopyTo(tall);
    }

    private static bool IsIdentity<T>(Matrix<T> gram)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < gram.Rows; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                if (Math.Abs(double.CreateTruncating(gram[i, j]) - (i == j ? 1 : 0)) > Tolerance)
                    return false;
            }
        }

        return true;
    }

    // G + s I = L Lᵀ; what is asked for is L⁻ᵀ, in the place of G.
    private static void InvertFactor<T>(Matrix<T> gram)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = gram.Rows;
        double trace = 0;
        for (var i = 0; i < size; i++)
            trace += double.CreateTruncating(gram[i, i]);
        if (!(trace > 0))
            return;
        var shift = 4 * double.CreateTruncating(T.BitIncrement(T.One) - T.One) * trace;
        var factor = new double[size][];
        for (var i = 0; i < size; i++)
        {
            var row = factor[i] = new double[size];
            for (var j = 0; j <= i; j++)
            {
                var rest = double.CreateTruncating(gram[i, j])
                    - System.Numerics.Tensors.TensorPrimitives.Dot<double>(row.AsSpan(0, j), factor[j].AsSpan(0, j));
                row[j] = j < i ? rest / factor[j][j] : Math.Sqrt(Math.Max(rest + shift, shift));
            }
        }

        // The inverse of L row by row: row i is (e_i - Σ_j<i l_ij row j) / l_ii.
        var inverse = new double[size][];
        for (var i = 0; i < size; i++)
        {
            var row = inverse[i] = new double[size];
            for (var j = 0; j < i; j++)
            {
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd<double>(
                    inverse[j].AsSpan(0, j + 1), -factor[i][j], row.AsSpan(0, j + 1), row.AsSpan(0, j + 1));
            }

            row[i] = 1;
            System.Numerics.Tensors.TensorPrimitives.Divide<double>(
                row.AsSpan(0, i + 1), factor[i][i], row.AsSpan(0, i + 1));
        }

        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
                gram[i, j] = j >= i ? T.CreateChecked(inverse[j][i]) : T.Zero;
        }
    }
}

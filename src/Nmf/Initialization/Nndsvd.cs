using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Nonnegative double singular value decomposition: each component is the larger of the positive and the negative
/// part of a singular pair (Boutsidis and Gallopoulos, "SVD based initialization: A head start for nonnegative
/// matrix factorization", 2008).
/// </summary>
internal static class Nndsvd
{
    /// <summary>W (features x rank) and H (samples x rank), with the zeros of the method.</summary>
    public static NmfStart<T> Create<T>(
        NmfData<T> data, int rank, CounterRandom random, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (left, values, right) = TruncatedSvd.ComputeForStart(
            data, rank, random, team, cancellationToken);
        var w = new Matrix<T>(data.Features, rank);
        var h = new Matrix<T>(data.Samples, rank);
        for (var k = 0; k < rank; k++)
        {
            // The first pair of a nonnegative matrix has no negative part but for rounding and the common sign.
            var positive = PartNorm(left, k, 1) * PartNorm(right, k, 1);
            var negative = PartNorm(left, k, -1) * PartNorm(right, k, -1);
            var sign = positive >= negative ? 1 : -1;
            var scale = Math.Sqrt(values[k] * Math.Max(positive, negative));
            CopyPart(left, k, sign, scale, h);
            CopyPart(right, k, sign, scale, w);
        }

        return new NmfStart<T>(w, h);
    }

    private static double PartNorm<T>(Matrix<T> vectors, int k, int sign)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (var i = 0; i < vectors.Rows; i++)
        {
            var part = Math.Max(0, sign * double.CreateTruncating(vectors[i, k]));
            sum += part * part;
        }

        return Math.Sqrt(sum);
    }

    private static void CopyPart<T>(Matrix<T> vectors, int k, int sign, double scale, Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var norm = PartNorm(vectors, k, sign);
        if (norm == 0)
            return;
        for (var i = 0; i < vectors.Rows; i++)
        {
            var part = sign * double.CreateTruncating(vectors[i, k]) / norm;
            factor[i, k] = part > SmallestPart ? T.CreateChecked(scale * part) : T.Zero;
        }
    }

    // Entries of a unit vector below this are rounding: without the cut the zeros of the method would depend on it.
    private const double SmallestPart = 1e-9;
}

using System.Numerics;
using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Nmf;

/// <summary>
/// The extreme rays of {y : m_n·y ≥ 0 for all rows m_n}, the dual of the cone that the rows of a nonnegative factor
/// span, by the double description method (Motzkin, Raiffa, Thompson and Thrall 1953; adjacency by zero sets as in
/// Fukuda and Prodon 1996). Rows that cut nothing off are passed over, so that what counts is the number of rays, which
/// may grow exponentially with K; hence the budget.
/// </summary>
internal static class DualCone
{
    private const double Tolerance = 1e-9;
    private const long Budget = 100_000_000;

    /// <summary>The rays, of length one, or null where they are more than the budget allows.</summary>
    /// <param name="rows">Rows of length one and full column rank, K entries each.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    public static IReadOnlyList<double[]>? Rays(IReadOnlyList<double[]> rows, CancellationToken cancellationToken)
    {
        var rank = rows[0].Length;
        var basis = Basis(rows, rank);
        var inverse = DenseMatrix.OfRowArrays([.. basis.Select(n => rows[n])]).Inverse();
        var rays = new List<Ray>();
        for (var k = 0; k < rank; k++)
        {
            var ray = new Ray(inverse.Column(k).AsArray() ?? inverse.Column(k).ToArray(), new ulong[1]);
            for (var i = 0; i < rank; i++)
            {
                if (i != k)
                    ray.Mark(i);
            }

            rays.Add(ray);
        }

        var (inserted, work) = (rank, 0L);
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            work += rays.Count * rank;
            var values = rays.ConvertAll(ray => TensorPrimitives.Dot<double>(row, ray.Direction));
            if (values.TrueForAll(value => value >= -Tolerance))
                continue;
            if (Cut(rays, values, inserted++, rank, ref work) is not { } left)
                return null;
            rays = left;
        }

        return rays.ConvertAll(ray => ray.Direction);
    }

    // Rows far from what the ones before them span, as the successive projection algorithm picks them.
    private static int[] Basis(IReadOnlyList<double[]> rows, int rank)
    {
        var left = rows.Select(row => (double[])row.Clone()).ToArray();
        var basis = new int[rank];
        for (var k = 0; k < rank; k++)
        {
            var norms = left.Select(row => TensorPrimitives.SumOfSquares<double>(row)).ToArray();
            basis[k] = Array.IndexOf(norms, norms.Max());
            var direction = (double[])left[basis[k]].Clone();
            TensorPrimitives.Divide(direction, Math.Sqrt(norms[basis[k]]), direction);
            foreach (var row in left)
                TensorPrimitives.MultiplyAdd(direction, -TensorPrimitives.Dot<double>(direction, row), row, row);
        }

        return basis;
    }

    // What is left of the cone on the right side of one more row: its rays there, and a new one on every edge that the
    // row cuts. Two rays span an edge when no third one lies in every face that both lie in.
    private static List<Ray>? Cut(List<Ray> rays, List<double> values, int number, int rank, ref long work)
    {
        var left = new List<Ray>();
        for (var r = 0; r < rays.Count; r++)
        {
            if (Math.Abs(values[r]) <= Tolerance)
                rays[r].Mark(number);
            if (values[r] >= -Tolerance)
                left.Add(rays[r]);
        }

        for (var p = 0; p < rays.Count; p++)
        {
            for (var q = 0; values[p] > Tolerance && q < rays.Count; q++)
            {
                if (values[q] >= -Tolerance)
                    continue;
                var common = Ray.Common(rays[p].Faces, rays[q].Faces);
                if ((work += common.Length) > Budget)
                    return null;
                if (common.Sum(word => BitOperations.PopCount(word)) < rank - 2)
                    continue;
                if ((work += (long)rays.Count * common.Length) > Budget)
                    return null;
                if (IsEdge(rays, p, q, common))
                    left.Add(Ray.Between(rays[p], values[p], rays[q], values[q], common, number));
            }
        }

        return left;
    }

    private static bool IsEdge(List<Ray> rays, int p, int q, ulong[] common)
    {
        for (var r = 0; r < rays.Count; r++)
        {
            if (r != p && r != q && rays[r].LiesIn(common))
                return false;
        }

        return true;
    }

    // A direction, and the numbers of the rows that it is orthogonal to, as bits.
    private sealed class Ray
    {
        public Ray(double[] direction, ulong[] faces)
        {
            TensorPrimitives.Divide(direction, TensorPrimitives.Norm<double>(direction), direction);
            (Direction, Faces) = (direction, faces);
        }

        public double[] Direction { get; }

        public ulong[] Faces { get; private set; }

        public static ulong[] Common(ulong[] first, ulong[] second)
        {
            var common = new ulong[Math.Min(first.Length, second.Length)];
            for (var i = 0; i < common.Length; i++)
                common[i] = first[i] & second[i];
            return common;
        }

        public static Ray Between(Ray inside, double value, Ray outside, double negative, ulong[] common, int number)
        {
            var direction = new double[inside.Direction.Length];
            for (var k = 0; k < direction.Length; k++)
                direction[k] = (value * outside.Direction[k]) - (negative * inside.Direction[k]);
            var ray = new Ray(direction, common);
            ray.Mark(number);
            return ray;
        }

        public void Mark(int number)
        {
            if (number / 64 >= Faces.Length)
            {
                var longer = new ulong[(number / 64) + 1];
                Faces.CopyTo(longer, 0);
                Faces = longer;
            }

            Faces[number / 64] |= 1UL << (number % 64);
        }

        public bool LiesIn(ulong[] faces)
        {
            for (var i = 0; i < faces.Length; i++)
            {
                if ((faces[i] & ~(i < Faces.Length ? Faces[i] : 0)) != 0)
                    return false;
            }

            return true;
        }
    }
}

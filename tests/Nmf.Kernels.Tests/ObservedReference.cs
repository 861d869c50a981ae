using System.Numerics;

namespace Nmf.Kernels.Tests;

/// <summary>Weighted sums over observed entries, written out in double: an entry counts where its
/// weight is positive.</summary>
internal sealed class ObservedReference
{
    public ObservedReference(double[,] v, double[,] m, double[,] w, double[,] h, double beta, double fill)
    {
        int samples = v.GetLength(0), features = v.GetLength(1), rank = w.GetLength(1);
        (NegativeH, PositiveH, ProductH) = (new double[samples, rank], new double[samples, rank],
            new double[samples, rank]);
        (NegativeW, PositiveW, ProductW) = (new double[features, rank], new double[features, rank],
            new double[features, rank]);
        for (var n = 0; n < samples; n++)
        {
            for (var f = 0; f < features; f++)
            {
                double y = 0;
                for (var k = 0; k < rank; k++)
                    y += h[n, k] * w[f, k];
                var observed = m[n, f] > 0;
                var negative = observed ? m[n, f] * v[n, f] * Math.Pow(y, beta - 2) : 0;
                var positive = observed ? m[n, f] * Math.Pow(y, beta - 1) : 0;
                Objective += observed ? m[n, f] * Reference.Divergence(v[n, f], y, beta) : 0;
                for (var k = 0; k < rank; k++)
                {
                    NegativeH[n, k] += negative * w[f, k];
                    PositiveH[n, k] += positive * w[f, k];
                    NegativeW[f, k] += negative * h[n, k];
                    PositiveW[f, k] += positive * h[n, k];
                    ProductH[n, k] += (observed ? v[n, f] : fill) * w[f, k];
                    ProductW[f, k] += (observed ? v[n, f] : fill) * h[n, k];
                }
            }
        }
    }

    public double[,] NegativeH { get; }

    public double[,] PositiveH { get; }

    public double[,] NegativeW { get; }

    public double[,] PositiveW { get; }

    public double[,] ProductH { get; }

    public double[,] ProductW { get; }

    public double Objective { get; }
}

/// <summary>Random data with holes in the two storages that allow them, and everything a pass
/// over them needs.</summary>
internal sealed unsafe class ObservedProblem<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public const double Fill = 0.375;

    public ObservedProblem(int samples, int features, int rank, double missing, bool weighted, bool zeros)
    {
        var random = new Random((features * 7919) + (samples * 104729) + rank);
        (Dense, Weights) = (new(samples, features), new(samples, features));
        (V, M) = (new double[samples, features], new double[samples, features]);
        (W, H) = (Factor(features, rank, random), Factor(samples, rank, random));
        var stored = 0L;
        for (var n = 0; n < samples; n++)
        {
            for (var f = 0; f < features; f++)
            {
                // Sample 1 and feature 2 are missing altogether.
                var observed = random.NextDouble() >= missing && n != 1 && f != 2;
                var value = T.CreateChecked(zeros && random.NextDouble() < 0.15 ? 0 : 0.05 + random.NextDouble());
                var weight = T.CreateChecked(!observed ? 0 : weighted ? 0.25 + random.NextDouble() : 1);
                Dense[n, f] = observed ? value : T.NaN;
                Weights[n, f] = weight;
                V[n, f] = double.CreateChecked(Dense[n, f]);
                M[n, f] = double.CreateChecked(weight);
                stored += observed ? 1 : 0;
            }
        }

        (Sparse, SparseWeights) = (new(samples, features, stored), new(samples, features, stored));
        long at = 0;
        for (var n = 0; n < samples; n++)
        {
            for (var f = 0; f < features; f++)
            {
                if (T.IsNaN(Dense[n, f]))
                    continue;
                Sparse.ColumnIndices[at] = SparseWeights.ColumnIndices[at] = f;
                Sparse.Values[at] = Dense[n, f];
                SparseWeights.Values[at++] = Weights[n, f];
            }

            Sparse.RowStarts[n + 1] = SparseWeights.RowStarts[n + 1] = at;
        }

        (Transposed, TransposedWeights) = (Sparse.Transpose(), SparseWeights.Transpose());
        (NegativeH, PositiveH) = (new(samples, rank), new(samples, rank));
        (NegativeW, PositiveW) = (new(features, rank), new(features, rank));
    }

    public Matrix<T> Dense { get; }

    public Matrix<T> Weights { get; }

    public SparseMatrix<T> Sparse { get; }

    public SparseMatrix<T> Transposed { get; }

    public SparseMatrix<T> SparseWeights { get; }

    public SparseMatrix<T> TransposedWeights { get; }

    public double[,] V { get; }

    public double[,] M { get; }

    public Matrix<T> W { get; }

    public Matrix<T> H { get; }

    public Matrix<T> NegativeH { get; }

    public Matrix<T> PositiveH { get; }

    public Matrix<T> NegativeW { get; }

    public Matrix<T> PositiveW { get; }

    public ObservedReference Reference(double beta)
        => new(V, M, MatrixAssert.ToArray(W), MatrixAssert.ToArray(H), beta, Fill);

    public DivergencePass<T> SparsePass(double beta, bool weighted, WorkTeam team)
        => DivergencePass<T>.CreateObserved(
            Sparse, Transposed, weighted ? SparseWeights : null, weighted ? TransposedWeights : null,
            T.CreateChecked(Fill), W.Columns, beta, team);

    private static Matrix<T> Factor(int rows, int rank, Random random)
    {
        var matrix = new Matrix<T>(rows, rank);
        for (var i = 0; i < rows; i++)
            foreach (ref var x in matrix.Row(i))
                x = T.CreateChecked(0.05 + random.NextDouble());
        return matrix;
    }
}

using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace PeerComparison;

/// <summary>
/// The objective as the peer scripts score it, so that every program is judged by the same formula and not by its own:
/// summed over all cells in double precision, 0 log 0 = 0, model values floored at 1e-10 where the formula divides by
/// them or takes their logarithm.
/// </summary>
/// <remarks>Independent of the library's kernels on purpose. O(N F K), for sparse data O(nnz K); never timed.</remarks>
internal sealed class Scorer<T>(LoadedData<T> data, double beta)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Floor = 1e-10;
    private const int Blocks = 64;

    /// <summary>D_β(V | H Wᵀ).</summary>
    /// <param name="h">Activations, samples x rank.</param>
    /// <param name="w">Dictionary, features x rank.</param>
    public double Score(Matrix<T> h, Matrix<T> w)
    {
        if (data.Dense is { } dense)
        {
            var transposed = Transposed(w);
            return SumOverRows(h.Rows, (from, to) => DenseRows(dense, h, transposed, from, to));
        }

        var dictionary = ToDouble(w);
        var sparse = data.Sparse!;
        var nonZeros = SumOverRows(h.Rows, (from, to) => SparseRows(sparse, h, dictionary, from, to));
        return beta switch
        {
            1 => nonZeros - data.Data.Sum + Dot(ColumnSums(w), ColumnSums(h)),
            2 => nonZeros + (0.5 * (data.Data.SumOfSquares + Dot(Gram(w), Gram(h)))),
            _ => throw new UsageException("Sparse data are scored for beta = 1 and 2 only."),
        };
    }

    private double DenseRows(Matrix<T> x, Matrix<T> h, double[][] transposed, int from, int to)
    {
        var y = new double[x.Columns];
        var sum = 0.0;
        for (var n = from; n < to; n++)
        {
            Array.Clear(y);
            for (var k = 0; k < transposed.Length; k++)
                TensorPrimitives.MultiplyAdd(transposed[k], double.CreateTruncating(h[n, k]), y, y);
            sum += DenseRow(x.Row(n), y);
        }

        return sum;
    }

    private double DenseRow(ReadOnlySpan<T> row, ReadOnlySpan<double> model)
    {
        var sum = 0.0;
        for (var f = 0; f < row.Length; f++)
        {
            var x = double.CreateTruncating(row[f]);
            var y = model[f];
            var floored = Math.Max(y, Floor);
            sum += beta switch
            {
                2 => 0.5 * (x - y) * (x - y),
                1 => (x > 0 ? x * Math.Log(x / floored) : 0) - x + y,
                0 => (x / floored) - Math.Log(x / floored) - 1,
                _ => (Math.Pow(x, beta) + ((beta - 1) * Math.Pow(floored, beta))
                    - (beta * x * Math.Pow(floored, beta - 1))) / (beta * (beta - 1)),
            };
        }

        return sum;
    }

    // What the non-zeros contribute: Σ x log(x/y) for β = 1, -Σ x y for β = 2.
    private double SparseRows(SparseMatrix<T> x, Matrix<T> h, double[][] dictionary, int from, int to)
    {
        var activations = new double[h.Columns];
        var sum = 0.0;
        for (var n = from; n < to; n++)
        {
            for (var k = 0; k < activations.Length; k++)
                activations[k] = double.CreateTruncating(h[n, k]);
            var indices = x.RowIndices(n);
            var values = x.RowValues(n);
            for (var j = 0; j < indices.Length; j++)
            {
                var v = double.CreateTruncating(values[j]);
                var y = TensorPrimitives.Dot<double>(activations, dictionary[indices[j]]);
                sum += beta == 2 ? -v * y : v > 0 ? v * Math.Log(v / Math.Max(y, Floor)) : 0;
            }
        }

        return sum;
    }

    // Blocks of rows in parallel, added in order: the same sum in every run.
    private static double SumOverRows(int rows, Func<int, int, double> part)
    {
        var sums = new double[Blocks];
        Parallel.For(0, Blocks, b => sums[b] = part(Start(b, rows), Start(b + 1, rows)));
        return sums.Sum();
    }

    private static int Start(int block, int rows) => (int)((long)rows * block / Blocks);

    private static double Dot(double[] a, double[] b) => TensorPrimitives.Dot<double>(a, b);

    private static double[][] Transposed(Matrix<T> factor)
    {
        var columns = new double[factor.Columns][];
        for (var k = 0; k < columns.Length; k++)
        {
            columns[k] = new double[factor.Rows];
            for (var i = 0; i < factor.Rows; i++)
                columns[k][i] = double.CreateTruncating(factor[i, k]);
        }

        return columns;
    }

    private static double[][] ToDouble(Matrix<T> factor)
    {
        var rows = new double[factor.Rows][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new double[factor.Columns];
            for (var k = 0; k < factor.Columns; k++)
                rows[i][k] = double.CreateTruncating(factor[i, k]);
        }

        return rows;
    }

    private static double[] ColumnSums(Matrix<T> factor)
        => [.. Transposed(factor).Select(column => TensorPrimitives.Sum<double>(column))];

    private static double[] Gram(Matrix<T> factor)
    {
        var columns = Transposed(factor);
        var gram = new double[columns.Length * columns.Length];
        Parallel.For(0, columns.Length, i =>
        {
            for (var j = 0; j < columns.Length; j++)
                gram[(i * columns.Length) + j] = Dot(columns[i], columns[j]);
        });
        return gram;
    }
}

using System.Numerics.Tensors;
using MathNet.Numerics.Statistics;
using Nmf.Kernels;
using SmallMatrix = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix;
using SmallVector = MathNet.Numerics.LinearAlgebra.Double.DenseVector;

namespace Nmf;

/// <summary>
/// How bright the endmembers are against each other, where every pixel has a brightness of its own: their directions
/// follow from the data and their lengths do not. Light changes slowly over a picture, materials do not; so the lengths
/// are those for which the brightness Σ_k h_k d_k of a row differs least from that of the row before, and a little, in
/// case the rows have no order, for which it is most even: Σ |Δ log s| + μ Σ |log s - median|, by reweighted
/// Gauss-Newton steps. The derivative of log s by log d_k is the share of k.
/// </summary>
internal static class BrightnessBalance
{
    private const int Iterations = 60;
    private const double Evenness = 0.1;
    private const double Smallest = 0.01;

    /// <summary>d, one for each component, with product one.</summary>
    /// <param name="shares">rows x components, nonnegative: activations for the directions as they are.</param>
    /// <param name="weights">How much a row counts: 0 where there is no light, but not for all.</param>
    /// <param name="cancellationToken">Looked at in every iteration.</param>
    public static double[] Lengths(
        Matrix<double> shares, ReadOnlySpan<double> weights, CancellationToken cancellationToken)
    {
        var (rows, rank) = (shares.Rows, shares.Columns);
        var logs = Start(shares);
        var (brightness, parts) = (new double[rows], new Matrix<double>(rows, rank));
        var sorted = new double[rows - weights.Count(0)];
        var (matrix, target) = (new double[rank * rank], new double[rank]);
        var (mean, change) = (new double[rank], new double[rank]);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Evaluate(shares, logs, brightness, parts);
            for (var (n, lit) = (0, 0); n < rows; n++)
            {
                if (weights[n] != 0)
                    sorted[lit++] = brightness[n];
            }

            var centre = ArrayStatistics.OrderStatisticInplace(sorted, (sorted.Length / 2) + 1);
            Array.Clear(matrix);
            Array.Clear(target);
            Array.Clear(mean);
            for (var n = 0; n < rows; n++)
                TensorPrimitives.Add<double>(mean, parts.Row(n), mean);
            TensorPrimitives.Divide(mean, rows, mean);
            for (var n = 0; n < rows; n++)
            {
                TensorPrimitives.Subtract<double>(parts.Row(n), mean, change);
                Add(brightness[n] - centre, 10 * Smallest, Evenness * weights[n]);
                if (n == 0)
                    continue;
                TensorPrimitives.Subtract<double>(parts.Row(n), parts.Row(n - 1), change);
                Add(brightness[n] - brightness[n - 1], Smallest, Math.Min(weights[n], weights[n - 1]));
            }

            for (var k = 0; k < rank; k++)
                matrix[k * (rank + 1)] += 1e-3 * rows;
            var step = new SmallMatrix(rank, rank, matrix).Solve(new SmallVector(target));
            double largest = 0;
            var average = step.Sum() / rank;
            for (var k = 0; k < rank; k++)
            {
                logs[k] -= Math.Clamp(step[k] - average, -0.5, 0.5);
                largest = Math.Max(largest, Math.Abs(step[k] - average));
            }

            if (largest < 1e-4)
                break;

            void Add(double difference, double least, double weight)
            {
                weight /= Math.Sqrt((difference * difference) + (least * least));
                for (var i = 0; i < rank; i++)
                {
                    var scaled = weight * change[i];
                    target[i] += scaled * difference;
                    var row = matrix.AsSpan(i * rank, rank);
                    for (var j = 0; j < row.Length; j++)
                        row[j] += scaled * change[j];
                }
            }
        }

        return Array.ConvertAll(logs, Math.Exp);
    }

    // Every component as bright at its brightest; one that no row has is as bright as the others.
    private static double[] Start(Matrix<double> shares)
    {
        var (brightest, column) = (new double[shares.Columns], new double[shares.Rows]);
        for (var k = 0; k < brightest.Length; k++)
        {
            for (var n = 0; n < column.Length; n++)
                column[n] = shares[n, k];
            Array.Sort(column);
            brightest[k] = column[(int)(0.98 * (column.Length - 1))];
            if (brightest[k] == 0)
                brightest[k] = column[^1];
        }

        var least = 1e-6 * brightest.Max();
        var present = brightest.Where(x => x > least).Select(x => -Math.Log(x)).ToArray();
        var mean = present.DefaultIfEmpty(0).Average();
        return Array.ConvertAll(brightest, x => x > least ? -Math.Log(x) - mean : 0);
    }

    private static void Evaluate(Matrix<double> shares, double[] logs, double[] brightness, Matrix<double> parts)
    {
        var lengths = Array.ConvertAll(logs, Math.Exp);
        for (var n = 0; n < shares.Rows; n++)
        {
            var row = parts.Row(n);
            TensorPrimitives.Multiply(shares.Row(n), lengths, row);
            var sum = TensorPrimitives.Sum<double>(row);
            if (sum > 0)
                TensorPrimitives.Divide(row, sum, row);
            brightness[n] = Math.Log(Math.Max(sum, double.Epsilon));
        }
    }
}

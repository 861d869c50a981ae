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
    /// <param name="weights">How much a row counts.</param>
    public static double[] Lengths(Matrix<double> shares, ReadOnlySpan<double> weights)
    {
        var (rows, rank) = (shares.Rows, shares.Columns);
        var logs = Start(shares);
        var (brightness, parts) = (new double[rows], new Matrix<double>(rows, rank));
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            Evaluate(shares, logs, brightness, parts);
            var matrix = new SmallMatrix(rank, rank);
            var target = new SmallVector(rank);
            var centre = Median(brightness);
            var mean = new double[rank];
            for (var n = 0; n < rows; n++)
            {
                for (var k = 0; k < rank; k++)
                    mean[k] += parts[n, k] / rows;
            }

            var change = new double[rank];
            for (var n = 0; n < rows; n++)
            {
                for (var k = 0; k < rank; k++)
                    change[k] = parts[n, k] - mean[k];
                Add(brightness[n] - centre, 10 * Smallest, Evenness * weights[n]);
                if (n == 0)
                    continue;
                for (var k = 0; k < rank; k++)
                    change[k] = parts[n, k] - parts[n - 1, k];
                Add(brightness[n] - brightness[n - 1], Smallest, Math.Min(weights[n], weights[n - 1]));
            }

            for (var k = 0; k < rank; k++)
                matrix[k, k] += 1e-3 * rows;
            var step = matrix.Solve(target);
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
                    target[i] += weight * change[i] * difference;
                    for (var j = 0; j < rank; j++)
                        matrix[i, j] += weight * change[i] * change[j];
                }
            }
        }

        return Array.ConvertAll(logs, Math.Exp);
    }

    // Every component as bright at its brightest.
    private static double[] Start(Matrix<double> shares)
    {
        var logs = new double[shares.Columns];
        for (var k = 0; k < logs.Length; k++)
        {
            var column = new double[shares.Rows];
            for (var n = 0; n < column.Length; n++)
                column[n] = shares[n, k];
            Array.Sort(column);
            logs[k] = -Math.Log(Math.Max(column[(int)(0.98 * (column.Length - 1))], 1e-6));
        }

        var mean = logs.Average();
        return Array.ConvertAll(logs, x => x - mean);
    }

    private static void Evaluate(Matrix<double> shares, double[] logs, double[] brightness, Matrix<double> parts)
    {
        for (var n = 0; n < shares.Rows; n++)
        {
            double sum = 0;
            for (var k = 0; k < logs.Length; k++)
                sum += parts[n, k] = shares[n, k] * Math.Exp(logs[k]);
            for (var k = 0; k < logs.Length; k++)
                parts[n, k] = sum > 0 ? parts[n, k] / sum : 0;
            brightness[n] = Math.Log(Math.Max(sum, 1e-12));
        }
    }

    private static double Median(double[] values)
    {
        var sorted = (double[])values.Clone();
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }
}

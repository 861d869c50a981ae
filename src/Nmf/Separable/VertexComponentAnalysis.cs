using System.Numerics;
using Nmf.Kernels;
using SmallMatrix = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix;

namespace Nmf;

/// <summary>
/// VCA (Nascimento and Bioucas-Dias 2005). The samples are brought into the subspace of the first K singular vectors.
/// Where the signal is strong they are then divided by their component along the mean, which makes differently bright
/// mixtures points of one simplex; where it is weak, which would magnify the noise of dark samples, they are centred,
/// reduced to K - 1 principal directions, and given one constant coordinate. Each step takes the sample that is most
/// extreme along a random direction orthogonal to those taken before.
/// </summary>
internal static class VertexComponentAnalysis
{
    // The threshold of the paper, in dB, for one component.
    private const double StrongSignal = 15;

    public static int[] Pick<T>(
        NmfData<T> data, int rank, int seed, WorkTeam team, IProgress<int>? progress,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = Math.Min(rank, Math.Min(data.Samples, data.Features));
        cancellationToken.ThrowIfCancellationRequested();
        var (left, values, right) = TruncatedSvd.Compute(
            data, size, new CounterRandom(seed, 0), team, cancellationToken);
        var points = left;
        var signs = Signs(right);
        double inside = 0;
        for (var n = 0; n < points.Rows; n++)
        {
            var row = points.Row(n);
            for (var k = 0; k < size; k++)
            {
                row[k] *= signs[k] * values[k];
                inside += row[k] * row[k];
            }
        }

        if (IsStrong(data.SumOfSquares, inside, size, data.Features))
            DivideByMean(points);
        else
            Centre(points);
        return Extremes(points, new CounterRandom(seed, 1), progress, cancellationToken);
    }

    // The sign of a singular vector is an accident of rounding, but random directions are not symmetric to it: the
    // largest entry becomes positive.
    private static double[] Signs(Matrix<double> vectors)
    {
        var signs = new double[vectors.Columns];
        for (var k = 0; k < signs.Length; k++)
        {
            double largest = 0;
            for (var f = 0; f < vectors.Rows; f++)
                largest = Math.Abs(vectors[f, k]) > Math.Abs(largest) ? vectors[f, k] : largest;
            signs[k] = largest < 0 ? -1 : 1;
        }

        return signs;
    }

    private static bool IsStrong(double total, double inside, int size, int features)
    {
        var noise = total - inside;
        return noise <= 0 || inside <= (double)size / features * total || 10
            * Math.Log10((inside - ((double)size / features * total)) / noise) > StrongSignal + (10 * Math.Log10(size));
    }

    private static void DivideByMean(Matrix<double> points)
    {
        var mean = new double[points.Columns];
        FactorKernels.ColumnSums(points, mean);
        var norm = Math.Sqrt(mean.Sum(value => value * value));
        for (var n = 0; n < points.Rows; n++)
        {
            var row = points.Row(n);
            double along = 0;
            for (var k = 0; k < row.Length; k++)
                along += row[k] * mean[k] / norm;

            // Samples of nonnegative data are never behind the mean, but for rounding; a sample of
            // zeros stays where it is.
            for (var k = 0; k < row.Length; k++)
                row[k] = along > 0 ? row[k] / along : 0;
        }
    }

    private static void Centre(Matrix<double> points)
    {
        var size = points.Columns;
        var mean = new double[size];
        FactorKernels.ColumnSums(points, mean);
        var covariance = new SmallMatrix(size, size);
        for (var n = 0; n < points.Rows; n++)
        {
            var row = points.Row(n);
            for (var k = 0; k < size; k++)
                row[k] -= mean[k] / points.Rows;
            for (var k = 0; k < size; k++)
            {
                for (var j = 0; j < size; j++)
                    covariance[k, j] += row[k] * row[j];
            }
        }

        var vectors = covariance.Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenVectors;
        var rotated = new double[size];
        double longest = 0;
        for (var n = 0; n < points.Rows; n++)
        {
            var row = points.Row(n);

            // Eigenvalues increase: the first direction, with the least variance, is dropped.
            double squares = 0;
            for (var k = 1; k < size; k++)
            {
                rotated[k] = 0;
                for (var j = 0; j < size; j++)
                    rotated[k] += vectors[j, k] * row[j];
                squares += rotated[k] * rotated[k];
            }

            rotated.CopyTo(row);
            longest = Math.Max(longest, Math.Sqrt(squares));
        }

        for (var n = 0; n < points.Rows; n++)
            points[n, 0] = longest > 0 ? longest : 1;
    }

    private static int[] Extremes(
        Matrix<double> points, CounterRandom random, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var size = points.Columns;
        var picked = new List<int>(size);
        var basis = new List<double[]>(size);
        for (var i = 0; i < size; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var direction = new double[size];
            for (var k = 0; k < size; k++)
                direction[k] = random.Uniform(((long)i * size) + k) - 0.5;
            Orthogonalise(direction, basis);
            var (best, largest) = (-1, 0.0);
            for (var n = 0; n < points.Rows; n++)
            {
                var product = Math.Abs(System.Numerics.Tensors.TensorPrimitives.Dot<double>(points.Row(n), direction));
                if (product > largest && !picked.Contains(n))
                    (best, largest) = (n, product);
            }

            if (best < 0)
                break;
            picked.Add(best);
            progress?.Report(picked.Count);
            var added = points.Row(best).ToArray();
            if (Orthogonalise(added, basis))
                basis.Add(added);
        }

        return [.. picked];
    }

    // Takes earlier directions out, twice against rounding, and normalises; false where nothing is left.
    private static bool Orthogonalise(double[] vector, List<double[]> basis)
    {
        var before = Math.Sqrt(vector.Sum(value => value * value));
        for (var round = 0; round < 2; round++)
        {
            foreach (var direction in basis)
            {
                var product = System.Numerics.Tensors.TensorPrimitives.Dot<double>(vector, direction);
                for (var k = 0; k < vector.Length; k++)
                    vector[k] -= product * direction[k];
            }
        }

        var norm = Math.Sqrt(vector.Sum(value => value * value));
        for (var k = 0; k < vector.Length; k++)
            vector[k] = norm > 0 ? vector[k] / norm : 0;
        return norm > 1e-10 * before;
    }
}

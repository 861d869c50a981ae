namespace Microsoft.ML.Transforms.Onnx;

/// <summary>The little linear algebra that the export needs, on K x K row-major matrices that are symmetric and
/// positive definite.</summary>
internal static class PositiveDefinite
{
    /// <summary>The inverse, by Gauss-Jordan elimination; positive definiteness makes pivoting unnecessary.</summary>
    public static double[] Inverse(double[] matrix, int rank)
    {
        var left = (double[])matrix.Clone();
        var inverse = new double[rank * rank];
        for (var k = 0; k < rank; k++)
            inverse[(k * rank) + k] = 1;
        for (var p = 0; p < rank; p++)
        {
            var pivot = 1 / left[(p * rank) + p];
            for (var b = 0; b < rank; b++)
            {
                left[(p * rank) + b] *= pivot;
                inverse[(p * rank) + b] *= pivot;
            }

            for (var a = 0; a < rank; a++)
            {
                var factor = left[(a * rank) + p];
                if (a == p || factor == 0)
                    continue;
                for (var b = 0; b < rank; b++)
                {
                    left[(a * rank) + b] -= factor * left[(p * rank) + b];
                    inverse[(a * rank) + b] -= factor * inverse[(p * rank) + b];
                }
            }
        }

        return inverse;
    }

    /// <summary>The largest eigenvalue of G, or of <c>shift I - G</c>, by power iteration: good enough to choose
    /// a penalty with.</summary>
    public static double LargestEigenvalue(double[] gram, int rank, double shift)
    {
        const int Iterations = 300;
        var vector = new double[rank];
        var next = new double[rank];
        for (var k = 0; k < rank; k++)
            vector[k] = 1 + (k % 3 * 0.5);
        double size = 0;
        for (var i = 0; i < Iterations; i++)
        {
            size = 0;
            for (var a = 0; a < rank; a++)
            {
                double sum = 0;
                for (var b = 0; b < rank; b++)
                    sum += gram[(a * rank) + b] * vector[b];
                next[a] = shift > 0 ? (shift * vector[a]) - sum : sum;
                size += next[a] * next[a];
            }

            size = Math.Sqrt(size);
            if (size == 0)
                return 0;
            for (var a = 0; a < rank; a++)
                vector[a] = next[a] / size;
        }

        return size;
    }
}

using System.Numerics;

namespace Nmf.Kernels;

/// <summary>Operations of the size of a factor (rows x rank): updates, Gram matrices, sums and scaling.</summary>
public static class FactorKernels
{
    /// <summary>
    /// The MM update <c>factor ← factor ∘ (negative / positive)^exponent</c>, in place. Where both parts are zero the entry is kept;
    /// where only <paramref name="positive"/> is zero it is kept too, because then the entry does not touch the model.
    /// </summary>
    /// <param name="factor">Factor, rows x rank.</param>
    /// <param name="negative">Negative part of the gradient, same shape.</param>
    /// <param name="positive">Positive part of the gradient, same shape.</param>
    /// <param name="exponent">γ(β) of Févotte and Idier (2011), or 1.</param>
    /// <param name="team">Threads to use.</param>
    public static void MultiplicativeUpdate<T>(Matrix<T> factor, Matrix<T> negative, Matrix<T> positive, double exponent, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < factor.Rows; i++)
        {
            for (var k = 0; k < factor.Columns; k++)
            {
                if (positive[i, k] > T.Zero)
                    factor[i, k] *= T.CreateChecked(Math.Pow(double.CreateChecked(negative[i, k] / positive[i, k]), exponent));
            }
        }
    }

    /// <summary>The Gram matrix <c>AᵀA</c>, rank x rank, summed in double.</summary>
    public static void Gram<T>(Matrix<T> factor, Matrix<T> gram, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var a = 0; a < factor.Columns; a++)
        {
            for (var b = 0; b < factor.Columns; b++)
            {
                double sum = 0;
                for (var i = 0; i < factor.Rows; i++)
                    sum += double.CreateChecked(factor[i, a]) * double.CreateChecked(factor[i, b]);
                gram[a, b] = T.CreateChecked(sum);
            }
        }
    }

    /// <summary>Sum of every column, in double.</summary>
    /// <param name="factor">rows x rank.</param>
    /// <param name="sums">Receives rank sums.</param>
    public static void ColumnSums<T>(Matrix<T> factor, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        sums.Clear();
        for (var i = 0; i < factor.Rows; i++)
            for (var k = 0; k < factor.Columns; k++)
                sums[k] += double.CreateChecked(factor[i, k]);
    }

    /// <summary>Multiplies every column by a number of its own.</summary>
    public static void ScaleColumns<T>(Matrix<T> factor, ReadOnlySpan<double> scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < factor.Rows; i++)
            for (var k = 0; k < factor.Columns; k++)
                factor[i, k] *= T.CreateChecked(scale[k]);
    }

    /// <summary>Sum of the products of corresponding elements of two factors, in double.</summary>
    public static double InnerProduct<T>(Matrix<T> a, Matrix<T> b, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (var i = 0; i < a.Rows; i++)
            for (var k = 0; k < a.Columns; k++)
                sum += double.CreateChecked(a[i, k]) * double.CreateChecked(b[i, k]);
        return sum;
    }

    /// <summary>
    /// One sweep of hierarchical alternating least squares over a factor, in place: for each component k in turn,
    /// <c>x_k ← max(0, x_k + (product_k - x gram_k) / gram_kk)</c> (Cichocki and Phan 2009). Rows are independent of each other.
    /// A component with gram_kk = 0 is left as it is.
    /// </summary>
    /// <param name="factor">Factor to update, rows x rank.</param>
    /// <param name="product">V W for activations, Vᵀ H for the dictionary, same shape as the factor.</param>
    /// <param name="gram">Gram matrix of the other factor, rank x rank.</param>
    /// <param name="team">Threads to use.</param>
    /// <returns>Squared Frobenius norm of the change, for the stopping rule of accelerated sweeps.</returns>
    public static double HalsSweep<T>(Matrix<T> factor, Matrix<T> product, Matrix<T> gram, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double change = 0;
        for (var i = 0; i < factor.Rows; i++)
        {
            for (var k = 0; k < factor.Columns; k++)
            {
                if (gram[k, k] <= T.Zero)
                    continue;
                var gradient = product[i, k];
                for (var j = 0; j < factor.Columns; j++)
                    gradient -= factor[i, j] * gram[j, k];
                var updated = T.Max(T.Zero, factor[i, k] + (gradient / gram[k, k]));
                var step = double.CreateChecked(updated - factor[i, k]);
                change += step * step;
                factor[i, k] = updated;
            }
        }

        return change;
    }
}

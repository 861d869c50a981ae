using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>Sums of the samples and of the features of data, in double precision, in one walk. Missing entries (NaN)
/// are left out.</summary>
/// <remarks>Every sum is taken in the order of its entries, whatever is done side by side.</remarks>
internal static unsafe class DataSums
{
    /// <summary>Adds the sums of dense data to what is there.</summary>
    /// <param name="data">V, samples x features.</param>
    /// <param name="features">One sum for every feature.</param>
    /// <param name="samples">One for every sample, without weights.</param>
    /// <param name="weights">What samples count for in the sums of the features, or null for 1.</param>
    public static void Add<T>(Matrix<T> data, double[] features, double[] samples, double[]? weights = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(data.Rows, data.Columns, features, samples, weights);
        var n = 0;
        for (; n + 4 <= data.Rows; n += 4)
            AddFour(data.Data + (n * data.Stride), data.Stride, features, samples.AsSpan(n, 4), weights, n);
        for (; n < data.Rows; n++)
        {
            var weight = weights?[n] ?? 1;
            var row = data.Data + (n * data.Stride);
            for (var f = 0; f < features.Length; f++)
            {
                var value = ValueOf(row[f]);
                features[f] += value * weight;
                samples[n] += value;
            }
        }

        GC.KeepAlive(data);
    }

    /// <summary>The same of sparse data.</summary>
    /// <inheritdoc cref="Add{T}(Matrix{T}, double[], double[], double[])"/>
    public static void Add<T>(SparseMatrix<T> data, double[] features, double[] samples, double[]? weights = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(data.Rows, data.Columns, features, samples, weights);
        for (var n = 0; n < data.Rows; n++)
        {
            var (weight, sum) = (weights?[n] ?? 1, samples[n]);
            for (var at = data.RowStarts[n]; at < data.RowStarts[n + 1]; at++)
            {
                var value = ValueOf(data.Values[at]);
                features[data.ColumnIndices[at]] += value * weight;
                sum += value;
            }

            samples[n] = sum;
        }

        GC.KeepAlive(data);
    }

    // Four samples, whose sums wait for one another no more.
    private static void AddFour<T>(
        T* rows, nint stride, Span<double> features, Span<double> samples, double[]? weights, int first)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* row1 = rows + stride, row2 = row1 + stride, row3 = row2 + stride;
        double sum0 = samples[0], sum1 = samples[1], sum2 = samples[2], sum3 = samples[3];
        double weight0 = 1, weight1 = 1, weight2 = 1, weight3 = 1;
        if (weights is not null)
        {
            (weight0, weight1) = (weights[first], weights[first + 1]);
            (weight2, weight3) = (weights[first + 2], weights[first + 3]);
        }

        for (var f = 0; f < features.Length; f++)
        {
            double a = ValueOf(rows[f]), b = ValueOf(row1[f]), c = ValueOf(row2[f]), d = ValueOf(row3[f]);
            features[f] = features[f] + (a * weight0) + (b * weight1) + (c * weight2) + (d * weight3);
            sum0 += a;
            sum1 += b;
            sum2 += c;
            sum3 += d;
        }

        (samples[0], samples[1], samples[2], samples[3]) = (sum0, sum1, sum2, sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ValueOf<T>(T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var wide = typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(value) : Unsafe.BitCast<T, double>(value);
        return double.IsNaN(wide) ? 0 : wide;
    }

    private static void Check(int rows, int columns, double[] features, double[] samples, double[]? weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.Length, columns, nameof(features));
        ArgumentOutOfRangeException.ThrowIfNotEqual(samples.Length, rows, nameof(samples));
        if (weights is not null)
            ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, rows, nameof(weights));
    }
}

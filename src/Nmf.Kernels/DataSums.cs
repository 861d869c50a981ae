using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
        var squares = typeof(T) == typeof(float) && Sse.IsSupported ? features.Length / 4 * 4 : 0;
        if (squares > 0)
        {
            fixed (double* f = features, s = samples)
            {
                for (; n + 4 <= data.Rows; n += 4)
                {
                    var rows = (float*)data.Data + (n * data.Stride);
                    AddSquares(rows, data.Stride, squares, f, s + n, weights, n);
                    if (squares < features.Length)
                    {
                        AddFour(
                            (T*)rows + squares, data.Stride, features.AsSpan(squares), samples.AsSpan(n, 4), weights,
                            n);
                    }
                }
            }
        }

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

    // The same in squares of four samples and four features: a feature is a lane of one vector, and a sample, after
    // transposition, one of another.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddSquares(
        float* rows, nint stride, int count, double* features, double* samples, double[]? weights, int first)
    {
        float* row1 = rows + stride, row2 = row1 + stride, row3 = row2 + stride;
        var sums = Vector256.Load(samples);
        var weighs = weights is not null;
        Vector256<double> weight0 = Vector256<double>.One, weight1 = weight0, weight2 = weight0, weight3 = weight0;
        if (weights is not null)
        {
            weight0 = Vector256.Create(weights[first]);
            weight1 = Vector256.Create(weights[first + 1]);
            weight2 = Vector256.Create(weights[first + 2]);
            weight3 = Vector256.Create(weights[first + 3]);
        }

        for (var f = 0; f < count; f += 4)
        {
            Vector128<float> a = Observed(rows + f), b = Observed(row1 + f), c = Observed(row2 + f),
                d = Observed(row3 + f);
            Vector256<double> wideA = Widen(a), wideB = Widen(b), wideC = Widen(c), wideD = Widen(d);
            if (weighs)
                (wideA, wideB, wideC, wideD) = (wideA * weight0, wideB * weight1, wideC * weight2, wideD * weight3);
            (Vector256.Load(features + f) + wideA + wideB + wideC + wideD).Store(features + f);
            Vector128<float> low = Sse.UnpackLow(a, b), lowOther = Sse.UnpackLow(c, d);
            Vector128<float> high = Sse.UnpackHigh(a, b), highOther = Sse.UnpackHigh(c, d);
            sums = sums + Widen(Sse.MoveLowToHigh(low, lowOther)) + Widen(Sse.MoveHighToLow(lowOther, low))
                + Widen(Sse.MoveLowToHigh(high, highOther)) + Widen(Sse.MoveHighToLow(highOther, high));
        }

        sums.Store(samples);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Observed(float* values)
    {
        var four = Vector128.Load(values);
        return four & Vector128.Equals(four, four);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Widen(Vector128<float> values)
    {
        if (Avx.IsSupported)
            return Avx.ConvertToVector256Double(values);
        var (low, high) = Vector128.Widen(values);
        return Vector256.Create(low, high);
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

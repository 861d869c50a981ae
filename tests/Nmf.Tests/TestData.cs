using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Small problems made on the spot, the same in every run.</summary>
internal static class TestData
{
    /// <summary>H Wᵀ of gamma-like factors plus a little, samples x features, strictly positive.</summary>
    public static double[] Positive(int samples, int features, int rank, int seed)
    {
        var random = new Random(seed);
        double Draw() => -Math.Log(1 - random.NextDouble());
        var w = Enumerable.Range(0, features * rank).Select(_ => Draw() * Draw()).ToArray();
        var h = Enumerable.Range(0, samples * rank).Select(_ => Draw() * Draw()).ToArray();
        var values = new double[samples * features];
        for (var n = 0; n < samples; n++)
        {
            for (var f = 0; f < features; f++)
            {
                var y = 0.01;
                for (var k = 0; k < rank; k++)
                    y += h[(n * rank) + k] * w[(f * rank) + k];
                values[(n * features) + f] = y * (0.5 + random.NextDouble());
            }
        }

        return values;
    }

    /// <summary>Counts with many zeros, samples x features.</summary>
    public static double[] Counts(int samples, int features, int rank, int seed)
        => Array.ConvertAll(Positive(samples, features, rank, seed), v => Math.Floor(v));

    public static NmfData<T> Dense<T>(double[] values, int samples, int features)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => NmfData<T>.FromDense(Array.ConvertAll(values, T.CreateChecked), samples, features);

    /// <summary>Data of which the entries that are NaN are missing.</summary>
    public static NmfData<T> DenseObserved<T>(double[] values, int samples, int features)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => NmfData<T>.FromDense(Array.ConvertAll(values, T.CreateChecked), samples, features, MissingValues.NaN);

    /// <summary>The same in sparse storage: what is observed is stored, zeros among it.</summary>
    public static NmfData<T> SparseObserved<T>(double[] values, int samples, int features)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => NmfData<T>.FromMatrix(Stored<T>(values, samples, features, v => !double.IsNaN(v)), AbsentEntries.Missing);

    public static NmfData<T> Sparse<T>(double[] values, int samples, int features)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => NmfData<T>.FromMatrix(Stored<T>(values, samples, features, v => v != 0));

    public static unsafe SparseMatrix<T> Stored<T>(
        double[] values, int samples, int features, Predicate<double> isStored)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = new SparseMatrix<T>(samples, features, values.LongCount(v => isStored(v)));
        long at = 0;
        for (var n = 0; n < samples; n++)
        {
            for (var f = 0; f < features; f++)
            {
                var value = values[(n * features) + f];
                if (!isStored(value))
                    continue;
                matrix.ColumnIndices[at] = f;
                matrix.Values[at++] = T.CreateChecked(value);
            }

            matrix.RowStarts[n + 1] = at;
        }

        return matrix;
    }

    public static NmfStart<T> Start<T>(int samples, int features, int rank, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        T[] Draw(int count)
            => Enumerable.Range(0, count).Select(_ => T.CreateChecked((float)(0.1 + random.NextDouble()))).ToArray();
        return NmfStart<T>.FromRowMajor(Draw(features * rank), Draw(samples * rank), rank);
    }

    public static double[] ToDoubles<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Array.ConvertAll(matrix.ToRowMajor(), double.CreateChecked);
}

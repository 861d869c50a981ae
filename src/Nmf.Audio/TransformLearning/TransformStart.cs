using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>From where a transform is learnt.</summary>
public enum TransformStart
{
    /// <summary>The discrete cosine transform of type IV, √(2/M) cos(π/M (i + ½)(t + ½)).</summary>
    Cosine,

    /// <summary>A random orthogonal matrix: Gaussian numbers, orthogonalised.</summary>
    Random,
}

/// <summary>Transforms to start from.</summary>
internal static class StartTransforms
{
    /// <summary>An orthogonal matrix.</summary>
    /// <param name="start">Of which kind.</param>
    /// <param name="size">Its size M.</param>
    /// <param name="random">Random numbers.</param>
    public static Matrix<T> Create<T>(TransformStart start, int size, CounterRandom random)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rows = start == TransformStart.Cosine ? Cosine(size) : Random(size, random);
        var result = new Matrix<T>(size, size);
        for (var i = 0; i < size; i++)
            TensorPrimitives.ConvertTruncating<double, T>(rows[i], result.Row(i));
        return result;
    }

    private static double[][] Cosine(int size)
        => [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size).Select(t => Math.Sqrt(2.0 / size)
            * Math.Cos(Math.PI / size * (i + 0.5) * (t + 0.5))).ToArray())];

    // Gram and Schmidt's way, twice, which is as good as any.
    private static double[][] Random(int size, CounterRandom random)
    {
        var rows = new double[size][];
        for (var i = 0; i < size; i++)
        {
            var row = rows[i] = new double[size];
            for (var t = 0; t < size; t++)
            {
                var at = 2 * (((long)i * size) + t);
                row[t] = Math.Sqrt(-2 * Math.Log(1 - random.Uniform(at)))
                    * Math.Cos(2 * Math.PI * random.Uniform(at + 1));
            }

            for (var pass = 0; pass < 2; pass++)
            {
                for (var j = 0; j < i; j++)
                    TensorPrimitives.MultiplyAdd(rows[j], -TensorPrimitives.Dot<double>(rows[j], row), row, row);
                TensorPrimitives.Divide(row, TensorPrimitives.Norm<double>(row), row);
            }
        }

        return rows;
    }
}

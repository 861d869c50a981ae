using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>Positive factors from a seed.</summary>
internal static class RandomFactor
{
    public static Matrix<float> Create(int rows, int rank, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix<float>(rows, rank);
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var x in matrix.Row(i))
                x = 0.1f + random.NextSingle();
        }

        return matrix;
    }
}

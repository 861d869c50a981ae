using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels;

/// <summary>Steps beyond the newest iterate, along the line from the one before.</summary>
public static class Extrapolation
{
    /// <summary><c>result ← next + weight (next - previous)</c>, clipped at zero if asked for.</summary>
    /// <param name="next">Newest factor, rows x rank.</param>
    /// <param name="previous">Factor before it, same shape.</param>
    /// <param name="weight">How far to go beyond; 0 gives <paramref name="next"/>.</param>
    /// <param name="nonnegative">Whether negative entries become zero.</param>
    /// <param name="result">Receives the factor; may be <paramref name="previous"/>, not <paramref name="next"/>.</param>
    public static void Run<T>(Matrix<T> next, Matrix<T> previous, double weight, bool nonnegative, Matrix<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = T.CreateChecked(weight);
        for (var i = 0; i < next.Rows; i++)
        {
            var target = result.Row(i);
            TensorPrimitives.Subtract(next.Row(i), previous.Row(i), target);
            TensorPrimitives.MultiplyAdd(target, factor, next.Row(i), target);
            if (nonnegative)
                TensorPrimitives.Max(target, T.Zero, target);
        }
    }

    /// <summary><c>result ← next + weight max(next - previous, 0)</c>: entries that shrink are left where they are, so that nothing becomes
    /// negative.</summary>
    /// <param name="next">Newest factor, rows x rank.</param>
    /// <param name="previous">Factor before it, same shape.</param>
    /// <param name="weight">How far to go beyond; 0 gives <paramref name="next"/>.</param>
    /// <param name="result">Receives the factor; may be <paramref name="previous"/>, not <paramref name="next"/>.</param>
    public static void RunPositivePart<T>(Matrix<T> next, Matrix<T> previous, double weight, Matrix<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = T.CreateChecked(weight);
        for (var i = 0; i < next.Rows; i++)
        {
            var target = result.Row(i);
            TensorPrimitives.Subtract(next.Row(i), previous.Row(i), target);
            TensorPrimitives.Max(target, T.Zero, target);
            TensorPrimitives.MultiplyAdd(target, factor, next.Row(i), target);
        }
    }
}

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

    /// <summary>
    /// Moves a factor beyond its newest value, in place: <c>factor ← factor + weight max(factor - previous, 0)</c>, and keeps that newest value
    /// in <c>previous</c>. Entries that shrink are left where they are, so that nothing becomes negative.
    /// </summary>
    /// <param name="factor">Newest factor, rows x rank; moved.</param>
    /// <param name="previous">Factor before it, same shape; receives the newest.</param>
    /// <param name="weight">How far to go beyond; 0 leaves the factor as it is.</param>
    public static void MoveBeyond<T>(Matrix<T> factor, Matrix<T> previous, double weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int strip = 128;
        Span<T> newest = stackalloc T[strip];
        var multiplier = T.CreateChecked(weight);
        for (var i = 0; i < factor.Rows; i++)
        {
            for (var first = 0; first < factor.Columns; first += strip)
            {
                var width = Math.Min(strip, factor.Columns - first);
                var ahead = factor.Row(i).Slice(first, width);
                var behind = previous.Row(i).Slice(first, width);
                var copy = newest[..width];
                ahead.CopyTo(copy);
                TensorPrimitives.Subtract(copy, behind, ahead);
                TensorPrimitives.Max(ahead, T.Zero, ahead);
                TensorPrimitives.MultiplyAdd(ahead, multiplier, copy, ahead);
                copy.CopyTo(behind);
            }
        }
    }
}

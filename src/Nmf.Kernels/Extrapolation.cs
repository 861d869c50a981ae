using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels;

/// <summary>Steps beyond the newest iterate, along the line from the one before. In place: no method needs room for a
/// third factor.</summary>
internal static unsafe class Extrapolation
{
    private const int Strip = 512;

    // What is not let below zero.
    private enum Clip
    {
        Nothing,
        Entries,
        Steps,
    }

    /// <summary><c>next ← next + weight (next - previous)</c>, clipped at zero if asked for.</summary>
    /// <param name="next">Newest factor, rows x rank; moved.</param>
    /// <param name="previous">Factor before it, same shape.</param>
    /// <param name="weight">How far to go beyond; 0 leaves the factor as it is, but for the clip.</param>
    /// <param name="nonnegative">Whether negative entries become zero.</param>
    public static void MoveOn<T>(Matrix<T> next, Matrix<T> previous, double weight, bool nonnegative)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Walk(next, previous, weight, nonnegative ? Clip.Entries : Clip.Nothing, remember: false);

    /// <summary>As <see cref="MoveOn"/>, and the newest factor takes the place of the one before: <c>(next, previous) ←
    /// (next + weight (next - previous), next)</c>.</summary>
    /// <param name="next">Newest factor, rows x rank; moved.</param>
    /// <param name="previous">Factor before it, same shape; receives the newest.</param>
    /// <param name="weight">How far to go beyond.</param>
    /// <param name="nonnegative">Whether negative entries of the moved factor become zero.</param>
    public static void MoveOnAndRemember<T>(Matrix<T> next, Matrix<T> previous, double weight, bool nonnegative)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Walk(next, previous, weight, nonnegative ? Clip.Entries : Clip.Nothing, remember: true);

    /// <summary>
    /// Moves a factor beyond its newest value, in place:
    /// <c>factor ← factor + weight max(factor - previous, 0)</c>, and keeps that newest value in <c>previous</c>.
    /// Entries that shrink are left where they are, so that nothing becomes negative.
    /// </summary>
    /// <param name="factor">Newest factor, rows x rank; moved.</param>
    /// <param name="previous">Factor before it, same shape; receives the newest.</param>
    /// <param name="weight">How far to go beyond; 0 leaves the factor as it is.</param>
    public static void MoveBeyond<T>(Matrix<T> factor, Matrix<T> previous, double weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Walk(factor, previous, weight, Clip.Steps, remember: true);

    private static void Walk<T>(Matrix<T> next, Matrix<T> previous, double weight, Clip clip, bool remember)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(previous);
        if (next.Rows != previous.Rows || next.Columns != previous.Columns)
        {
            throw new ArgumentException(
                $"The factor before is {previous.Rows} x {previous.Columns}, not {next.Rows} x {next.Columns}.",
                nameof(previous));
        }

        // The padding of the rows is zero and stays so: both factors are one long row.
        Span<T> newest = stackalloc T[Strip];
        var multiplier = T.CreateChecked(weight);
        var count = next.Rows * next.Stride;
        for (nint first = 0; first < count; first += Strip)
        {
            var width = (int)nint.Min(Strip, count - first);
            var ahead = new Span<T>(next.Data + first, width);
            var behind = new Span<T>(previous.Data + first, width);
            var copy = newest[..width];
            ahead.CopyTo(copy);
            TensorPrimitives.Subtract(copy, behind, ahead);
            if (clip == Clip.Steps)
                TensorPrimitives.Max(ahead, T.Zero, ahead);
            TensorPrimitives.MultiplyAdd(ahead, multiplier, copy, ahead);
            if (clip == Clip.Entries)
                TensorPrimitives.Max(ahead, T.Zero, ahead);
            if (remember)
                copy.CopyTo(behind);
        }

        GC.KeepAlive(next);
        GC.KeepAlive(previous);
    }
}

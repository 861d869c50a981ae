using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nmf.Kernels;

/// <summary>What one walk over the values of a sample finds.</summary>
/// <param name="IsValid">Whether all of them are finite and at least 0; where not, the other
/// numbers mean nothing.</param>
/// <param name="NonZeros">How many are not 0.</param>
/// <param name="Sum">Their sum: short runs in T, the runs in double.</param>
/// <param name="SumOfSquares">The sum of their squares, likewise.</param>
internal readonly record struct RowSummary(bool IsValid, int NonZeros, double Sum, double SumOfSquares);

/// <summary>
/// One walk over the values of a sample that has just come in: copied, checked, counted and summed while they are in
/// registers. Everything else that looks at a value of a stream once would cost as much again.
/// </summary>
internal static class RowKernels
{
    // So many values are summed in T before the sum goes on in double.
    private const int LongestRun = 4096;

    /// <summary>Checks, counts and sums values.</summary>
    /// <param name="values">The values.</param>
    public static RowSummary Summarize<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Walk(values, ref Unsafe.NullRef<T>());

    /// <summary>Copies values, and checks, counts and sums them on the way: the same bits as
    /// <see cref="Summarize"/>.</summary>
    /// <param name="values">The values.</param>
    /// <param name="destination">Receives all of them, whether they are valid or not.</param>
    /// <exception cref="ArgumentException">There is no room for the values.</exception>
    public static RowSummary Copy<T>(ReadOnlySpan<T> values, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (destination.Length < values.Length)
            throw new ArgumentException(
                $"There are {values.Length} values, but room for {destination.Length}.", nameof(destination));
        return Walk(values, ref MemoryMarshal.GetReference(destination));
    }

    private static RowSummary Walk<T>(ReadOnlySpan<T> values, ref T destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (zeros, sum, squares) = (0, 0.0, 0.0);
        var maybeNegative = false;
        for (var from = 0; from < values.Length; from += LongestRun)
        {
            var run = values.Slice(from, Math.Min(LongestRun, values.Length - from));
            ref var target =
                ref Unsafe.IsNullRef(ref destination) ? ref destination : ref Unsafe.Add(ref destination, from);
            maybeNegative |= WalkRun(run, ref target, ref zeros, ref sum, ref squares);
        }

        // A NaN or an infinity shows in the sums; a negative zero and sums that leave the range
        // of T need a closer look.
        return maybeNegative || !double.IsFinite(sum) || !double.IsFinite(squares)
            ? WalkCarefully(values)
            : new RowSummary(true, values.Length - zeros, sum, squares);
    }

    /// <returns>Whether a sign bit is set.</returns>
    private static bool WalkRun<T>(
        ReadOnlySpan<T> values, ref T destination, ref int zeros, ref double sum, ref double squares)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var copies = !Unsafe.IsNullRef(ref destination);
        ref var source = ref MemoryMarshal.GetReference(values);
        var at = 0;
        var negative = false;
        if (Vector.IsHardwareAccelerated && values.Length >= 2 * Vector<T>.Count)
        {
            var signs = Vector<T>.Zero;
            var zeroCounts = Vector<T>.Zero;
            var (sum0, sum1) = (Vector<T>.Zero, Vector<T>.Zero);
            var (squares0, squares1) = (Vector<T>.Zero, Vector<T>.Zero);
            for (; at <= values.Length - (2 * Vector<T>.Count); at += 2 * Vector<T>.Count)
            {
                var first = Vector.LoadUnsafe(ref source, (nuint)at);
                var second = Vector.LoadUnsafe(ref source, (nuint)(at + Vector<T>.Count));
                if (copies)
                {
                    first.StoreUnsafe(ref destination, (nuint)at);
                    second.StoreUnsafe(ref destination, (nuint)(at + Vector<T>.Count));
                }

                signs |= first | second;
                zeroCounts += (Vector.Equals(first, Vector<T>.Zero) & Vector<T>.One)
                    + (Vector.Equals(second, Vector<T>.Zero) & Vector<T>.One);
                sum0 += first;
                sum1 += second;
                squares0 += first * first;
                squares1 += second * second;
            }

            negative = HasSign(signs);
            zeros += int.CreateTruncating(Vector.Sum(zeroCounts));
            sum += double.CreateTruncating(Vector.Sum(sum0 + sum1));
            squares += double.CreateTruncating(Vector.Sum(squares0 + squares1));
        }

        for (; at < values.Length; at++)
        {
            var value = values[at];
            if (copies)
                Unsafe.Add(ref destination, at) = value;
            negative |= T.IsNegative(value);
            zeros += value == T.Zero ? 1 : 0;
            var wide = double.CreateTruncating(value);
            sum += wide;
            squares += wide * wide;
        }

        return negative;
    }

    private static unsafe bool HasSign<T>(Vector<T> vector)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => sizeof(T) == sizeof(float)
            ? Vector.LessThanAny(Vector.As<T, int>(vector), Vector<int>.Zero)
            : Vector.LessThanAny(Vector.As<T, long>(vector), Vector<long>.Zero);

    private static RowSummary WalkCarefully<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (nonZeros, sum, squares) = (0, 0.0, 0.0);
        foreach (var value in values)
        {
            if (!(value >= T.Zero && T.IsFinite(value)))
                return default;
            nonZeros += value == T.Zero ? 0 : 1;
            var wide = double.CreateTruncating(value);
            sum += wide;
            squares += wide * wide;
        }

        return new RowSummary(true, nonZeros, sum, squares);
    }
}

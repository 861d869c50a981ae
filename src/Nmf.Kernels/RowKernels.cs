using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nmf.Kernels;

/// <summary>What one walk over the values of a sample finds.</summary>
/// <param name="IsValid">Whether all of them are finite and at least 0, but for those that are missing; where not, the
/// other numbers mean nothing.</param>
/// <param name="NonZeros">How many are not 0; what is missing counts.</param>
/// <param name="Sum">Their sum, in double.</param>
/// <param name="SumOfSquares">The sum of their squares, likewise.</param>
/// <param name="Missing">How many are NaN and may be.</param>
internal readonly record struct RowSummary(
    bool IsValid, int NonZeros, double Sum, double SumOfSquares, int Missing = 0);

/// <summary>
/// One walk over the values of a sample that has just come in: copied, checked, counted and summed while they are in
/// registers. Everything else that looks at a value once would cost as much again.
/// </summary>
internal static class RowKernels
{
    // Lanes of T count: so many values that a count stays exact.
    private const int LongestRun = 1 << 16;

    /// <summary>Checks, counts and sums values.</summary>
    /// <param name="values">The values.</param>
    /// <param name="nanIsMissing">Whether NaN is a missing value, which is left out of the sums.</param>
    public static RowSummary Summarize<T>(ReadOnlySpan<T> values, bool nanIsMissing = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => nanIsMissing
            ? Walk<T, NanIsMissing>(values, ref Unsafe.NullRef<T>())
            : Walk<T, NanIsInvalid>(values, ref Unsafe.NullRef<T>());

    /// <summary>Copies values, and checks, counts and sums them on the way: the same bits as
    /// <see cref="Summarize"/>.</summary>
    /// <param name="values">The values.</param>
    /// <param name="destination">Receives all of them, whether they are valid or not.</param>
    /// <param name="nanIsMissing">Whether NaN is a missing value, which is left out of the sums.</param>
    /// <exception cref="ArgumentException">There is no room for the values.</exception>
    public static RowSummary Copy<T>(ReadOnlySpan<T> values, Span<T> destination, bool nanIsMissing = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (destination.Length < values.Length)
            throw new ArgumentException(
                $"There are {values.Length} values, but room for {destination.Length}.", nameof(destination));
        ref var target = ref MemoryMarshal.GetReference(destination);
        return nanIsMissing
            ? Walk<T, NanIsMissing>(values, ref target)
            : Walk<T, NanIsInvalid>(values, ref target);
    }

    private static RowSummary Walk<T, TNan>(ReadOnlySpan<T> values, ref T destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNan : struct, INan
    {
        var counts = new Counts();
        for (var from = 0; from < values.Length; from += LongestRun)
        {
            var run = values.Slice(from, Math.Min(LongestRun, values.Length - from));
            ref var target =
                ref Unsafe.IsNullRef(ref destination) ? ref destination : ref Unsafe.Add(ref destination, from);
            WalkRun<T, TNan>(run, ref target, ref counts);
        }

        // A NaN or an infinity shows in the sums; a negative zero and sums that leave the range of double need
        // a closer look.
        return counts.MaybeNegative || !double.IsFinite(counts.Sum) || !double.IsFinite(counts.Squares)
            ? WalkCarefully(values, TNan.IsMissing)
            : new RowSummary(true, values.Length - counts.Zeros, counts.Sum, counts.Squares, counts.Missing);
    }

    private static void WalkRun<T, TNan>(ReadOnlySpan<T> values, ref T destination, ref Counts counts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNan : struct, INan
    {
        var copies = !Unsafe.IsNullRef(ref destination);
        ref var source = ref MemoryMarshal.GetReference(values);
        var at = 0;
        if (Vector.IsHardwareAccelerated && values.Length >= 2 * Vector<T>.Count)
        {
            var signs = Vector<T>.Zero;
            var (zeros, missing) = (Vector<T>.Zero, Vector<T>.Zero);
            var (sum0, sum1) = (Vector<double>.Zero, Vector<double>.Zero);
            var (squares0, squares1) = (Vector<double>.Zero, Vector<double>.Zero);
            for (; at <= values.Length - (2 * Vector<T>.Count); at += 2 * Vector<T>.Count)
            {
                var first = Vector.LoadUnsafe(ref source, (nuint)at);
                var second = Vector.LoadUnsafe(ref source, (nuint)(at + Vector<T>.Count));
                if (copies)
                {
                    first.StoreUnsafe(ref destination, (nuint)at);
                    second.StoreUnsafe(ref destination, (nuint)(at + Vector<T>.Count));
                }

                zeros += (Vector.Equals(first, Vector<T>.Zero) & Vector<T>.One)
                    + (Vector.Equals(second, Vector<T>.Zero) & Vector<T>.One);
                if (TNan.IsMissing)
                {
                    var (isFirst, isSecond) = (Vector.Equals(first, first), Vector.Equals(second, second));
                    missing += Vector.AndNot(Vector<T>.One, isFirst) + Vector.AndNot(Vector<T>.One, isSecond);
                    (first, second) = (first & isFirst, second & isSecond);
                }

                signs |= first | second;
                sum0 += Wide(first, out var squares);
                squares0 += squares;
                sum1 += Wide(second, out squares);
                squares1 += squares;
            }

            counts.MaybeNegative |= HasSign(signs);
            counts.Zeros += int.CreateTruncating(Vector.Sum(zeros));
            counts.Missing += int.CreateTruncating(Vector.Sum(missing));
            counts.Sum += Vector.Sum(sum0 + sum1);
            counts.Squares += Vector.Sum(squares0 + squares1);
        }

        for (; at < values.Length; at++)
        {
            var value = values[at];
            if (copies)
                Unsafe.Add(ref destination, at) = value;
            if (TNan.IsMissing && T.IsNaN(value))
            {
                counts.Missing++;
                continue;
            }

            counts.MaybeNegative |= T.IsNegative(value);
            counts.Zeros += value == T.Zero ? 1 : 0;
            var wide = double.CreateTruncating(value);
            counts.Sum += wide;
            counts.Squares += wide * wide;
        }
    }

    // Both halves of a vector of floats, added in double.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Wide<T>(Vector<T> vector, out Vector<double> squares)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            Vector.Widen(Vector.As<T, float>(vector), out var low, out var high);
            squares = (low * low) + (high * high);
            return low + high;
        }

        var wide = Vector.As<T, double>(vector);
        squares = wide * wide;
        return wide;
    }

    private static unsafe bool HasSign<T>(Vector<T> vector)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => sizeof(T) == sizeof(float)
            ? Vector.LessThanAny(Vector.As<T, int>(vector), Vector<int>.Zero)
            : Vector.LessThanAny(Vector.As<T, long>(vector), Vector<long>.Zero);

    private static RowSummary WalkCarefully<T>(ReadOnlySpan<T> values, bool nanIsMissing)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (nonZeros, missing, sum, squares) = (0, 0, 0.0, 0.0);
        foreach (var value in values)
        {
            if (nanIsMissing && T.IsNaN(value))
            {
                missing++;
                nonZeros++;
                continue;
            }

            if (!(value >= T.Zero && T.IsFinite(value)))
                return default;
            nonZeros += value == T.Zero ? 0 : 1;
            var wide = double.CreateTruncating(value);
            sum += wide;
            squares += wide * wide;
        }

        return new RowSummary(true, nonZeros, sum, squares, missing);
    }

    private interface INan
    {
        static abstract bool IsMissing { get; }
    }

    private struct Counts
    {
        public bool MaybeNegative;
        public int Zeros;
        public int Missing;
        public double Sum;
        public double Squares;
    }

    private readonly struct NanIsMissing : INan
    {
        public static bool IsMissing => true;
    }

    private readonly struct NanIsInvalid : INan
    {
        public static bool IsMissing => false;
    }
}

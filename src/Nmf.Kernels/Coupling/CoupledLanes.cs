using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>Powers and roots of whole vectors that coupled updates need.</summary>
internal static class CoupledLanes<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostSteps = 200;
    private static readonly Vector<T> Rounding = new(T.BitIncrement(T.One) - T.One);

    /// <summary>x^exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Power(Vector<T> x, double exponent)
        => exponent == 1 ? x
            : exponent == 0 ? Vector<T>.One
            : exponent == -1 ? Vector<T>.One / x
            : exponent == -2 ? Vector<T>.One / (x * x)
            : exponent == 0.5 ? Vector.SquareRoot(x)
            : AnyPower(x, exponent);

    /// <summary>The positive root of κ x² + d x = neg, without cancellation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> QuadraticRoot(Vector<T> curvature, Vector<T> d, Vector<T> negative)
    {
        var two = Vector<T>.One + Vector<T>.One;
        var root = Vector.SquareRoot((d * d) + ((two + two) * curvature * negative));
        return Vector.ConditionalSelect(
            Vector.GreaterThan(d, Vector<T>.Zero), two * negative / (d + root), (root - d) / (two * curvature));
    }

    /// <summary>The positive root of κ x³ + d x² = neg, κ &gt; 0 or d &gt; 0.</summary>
    /// <remarks>Newton's method from the right of the root, where the cubic is convex: from 1, where that is right of
    /// it, else from a bound that holds for roots above 1. Written without cubes of x, which may be as large as the
    /// inverse of the smallest activation.</remarks>
    public static Vector<T> CubicRoot(Vector<T> curvature, Vector<T> d, Vector<T> negative)
    {
        Vector<T> one = Vector<T>.One, two = one + one, three = two + one;
        var square = Vector.ConditionalSelect(
            Vector.GreaterThan(d, Vector<T>.Zero), Vector.SquareRoot(negative / d), new Vector<T>(T.PositiveInfinity));
        var bound = Vector.Min((negative - d) / curvature, square);
        var x = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(curvature + d, negative), one, bound);
        var isZero = Vector.Equals(negative, Vector<T>.Zero);
        x = Vector.ConditionalSelect(isZero, Vector<T>.Zero, x);
        for (var i = 0; i < MostSteps; i++)
        {
            var move = ((curvature * x) + d - (negative / x / x)) / ((three * curvature) + (two * d / x));
            var next = x - move;

            // Past the root there is rounding alone.
            var goesOn = Vector.BitwiseAnd(
                Vector.GreaterThan(move, x * Rounding), Vector.GreaterThan(next, Vector<T>.Zero));
            if (Vector.EqualsAll(Vector.ConditionalSelect(goesOn, one, Vector<T>.Zero), Vector<T>.Zero))
                break;
            x = Vector.ConditionalSelect(goesOn, next, x);
        }

        return Vector.ConditionalSelect(isZero, Vector.Max(Vector<T>.Zero, -d / curvature), x);
    }

    private static Vector<T> AnyPower(Vector<T> x, double exponent)
    {
        var (power, result) = (T.CreateTruncating(exponent), Vector<T>.Zero);
        for (var i = 0; i < Vector<T>.Count; i++)
            result = Vector.WithElement(result, i, T.Pow(x[i], power));
        return result;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>Powers and roots of whole vectors that coupled updates need.</summary>
internal static class CoupledLanes<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // From at most √2 times the root, Newton's method on a convex cubic has every digit of a double after six steps.
    private const int NewtonSteps = 6;

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

    /// <summary>The positive root of κ x³ + d x² = neg.</summary>
    public static Vector<T> CubicRoot(Vector<T> curvature, Vector<T> d, Vector<T> negative)
    {
        var roots = Vector<T>.Zero;
        for (var i = 0; i < Vector<T>.Count; i++)
            roots = Vector.WithElement(roots, i, CubicRoot(curvature[i], d[i], negative[i]));
        return roots;
    }

    // With d < 0 the root is e + t with e = -d/κ and (e + t)² t = neg/κ; either of ∛(neg/κ) and (neg/κ)/e² bounds t.
    private static T CubicRoot(T curvature, T d, T negative)
    {
        if (negative == T.Zero)
            return d < T.Zero ? -d / curvature : T.Zero;
        var third = T.Cbrt(negative / curvature);
        var x = d >= T.Zero ? T.MinNumber(T.Sqrt(negative / d), third)
            : (-d / curvature) + T.MinNumber(third, negative * curvature / (d * d));
        for (var i = 0; i < NewtonSteps; i++)
        {
            var (square, cube) = (d * x, curvature * x * x);
            x = (((cube + cube + square) * x) + negative) / ((T.CreateTruncating(3) * cube) + square + square);
        }

        return x;
    }

    private static Vector<T> AnyPower(Vector<T> x, double exponent)
    {
        var (power, result) = (T.CreateTruncating(exponent), Vector<T>.Zero);
        for (var i = 0; i < Vector<T>.Count; i++)
            result = Vector.WithElement(result, i, T.Pow(x[i], power));
        return result;
    }
}

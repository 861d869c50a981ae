using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf;

/// <summary>Where the majorisers of the models of sequences are stationary.</summary>
internal static class PositiveRoot
{
    /// <summary>The positive roots of a h² + b h - c, a and c at least 0, in the form in which nothing cancels; x where
    /// a = b = 0, where every h will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Of<T>(Vector<T> a, Vector<T> b, Vector<T> c, Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var zero = Vector<T>.Zero;
        var two = new Vector<T>(T.CreateChecked(2));
        var root = Vector.SquareRoot((b * b) + (two * two * a * c));
        var falling = (root - b) / (two * a);
        var rising = two * c / (root + b);
        var pure = Vector.SquareRoot(c / a);
        var result = Vector.ConditionalSelect(
            Vector.GreaterThan(b, zero), rising, Vector.ConditionalSelect(Vector.Equals(b, zero), pure, falling));
        return Vector.ConditionalSelect(Vector.Equals(a, zero) & Vector.Equals(b, zero), x, result);
    }
}

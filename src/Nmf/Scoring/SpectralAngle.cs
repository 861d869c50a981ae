using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf;

/// <summary>
/// The angle between two spectra as vectors of their bands (Kruse et al. 1993): it does not see how bright they are.
/// </summary>
public static class SpectralAngle
{
    /// <summary>The angle in radians: 0 to π/2 for nonnegative spectra. A spectrum of zeros has the angle π/2
    /// to every other.</summary>
    /// <param name="first">A spectrum.</param>
    /// <param name="second">Another with as many bands.</param>
    /// <remarks>Accurate for small angles too, where the arc cosine of the normalised product is not. Takes O(F) time
    /// and two copies in double.</remarks>
    /// <exception cref="ArgumentException">The numbers of bands differ.</exception>
    public static double Radians<T>(ReadOnlySpan<T> first, ReadOnlySpan<T> second)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (first.Length != second.Length)
            throw new ArgumentException(
                $"The spectra have {first.Length} and {second.Length} bands. They must be the same.", nameof(second));
        return BetweenDirections(Direction(first), Direction(second));
    }

    /// <summary>The angle in degrees.</summary>
    /// <inheritdoc cref="Radians"/>
    public static double Degrees<T>(ReadOnlySpan<T> first, ReadOnlySpan<T> second)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => double.RadiansToDegrees(Radians(first, second));

    /// <summary>The angle between two vectors of norm one, or zero.</summary>
    internal static double BetweenDirections(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        // For unit vectors |u - v| = 2 sin(α/2) and |u + v| = 2 cos(α/2).
        double difference = 0, sum = 0;
        var zeroFirst = true;
        var zeroSecond = true;
        for (var f = 0; f < first.Length; f++)
        {
            zeroFirst &= first[f] == 0;
            zeroSecond &= second[f] == 0;
            difference += (first[f] - second[f]) * (first[f] - second[f]);
            sum += (first[f] + second[f]) * (first[f] + second[f]);
        }

        return zeroFirst || zeroSecond ? Math.PI / 2 : 2 * Math.Atan2(Math.Sqrt(difference), Math.Sqrt(sum));
    }

    private static double[] Direction<T>(ReadOnlySpan<T> spectrum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var direction = new double[spectrum.Length];
        TensorPrimitives.ConvertTruncating<T, double>(spectrum, direction);
        ComponentDistances.Normalize(direction);
        return direction;
    }
}

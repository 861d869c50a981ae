using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Smooth Itakura-Saito activations, β = 0: <c>λ Σ_k Σ_{n≥2} d_IS(h_k,n-1 | h_kn)</c>, or its reversal in time. With
/// c = h̃² neg, the majoriser in h_n given its neighbours has the minimiser
/// <c>√((c + λ h_{n-1}) / (pos + λ/h_{n+1}))</c>, at the ends the root of a quadratic; one sweep along the samples uses
/// the new left and the old right neighbour. Févotte, "Majorization-minimization algorithm for smooth Itakura-Saito
/// nonnegative matrix factorization", 2011.
/// </summary>
internal sealed class RatioSmoothness<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Entries are divided by, so they must stay away from zero; as low as the square of the inverse
    // allows in single precision.
    private static readonly T Floor =
        Unsafe.SizeOf<T>() == sizeof(float) ? T.CreateChecked(1e-18) : T.CreateChecked(1e-140);

    private readonly double _weight;
    private readonly bool _reversed;

    public RatioSmoothness(SmoothnessPenalty penalty)
    {
        _weight = penalty.Weight;
        _reversed = penalty.Measure == SmoothnessMeasure.ReversedItakuraSaito;
    }

    /// <summary>Value of the penalty.</summary>
    public double Value(Matrix<T> h)
    {
        double value = 0;
        for (var n = 1; n < h.Rows; n++)
        {
            Span<T> left = h.Row(Place(h, n - 1)), right = h.Row(Place(h, n));
            for (var k = 0; k < left.Length; k++)
            {
                var ratio = double.CreateTruncating(left[k]) / double.CreateTruncating(right[k]);
                value += ratio - Math.Log(ratio) - 1;
            }
        }

        return _weight * value;
    }

    /// <summary>Lifts entries to the floor: a start by NNDSVD has zeros.</summary>
    public static void LiftZeros(Matrix<T> h)
    {
        for (var n = 0; n < h.Rows; n++)
        {
            foreach (ref var entry in h.Row(n))
                entry = T.Max(entry, Floor);
        }
    }

    /// <summary>One sweep over the samples: a recursion, so it runs on the calling thread.</summary>
    public void Update(Matrix<T> h, Matrix<T> negative, Matrix<T> positive)
    {
        var last = h.Rows - 1;
        for (var n = 0; n <= last; n++)
        {
            var at = Place(h, n);
            Span<T> row = h.Row(at), p = negative.Row(at), q = positive.Row(at);
            var left = n > 0 ? h.Row(Place(h, n - 1)) : default;
            var right = n < last ? h.Row(Place(h, n + 1)) : default;
            for (var k = 0; k < row.Length; k++)
            {
                // In double: squares of both small and large numbers.
                var x = double.CreateTruncating(row[k]);
                var data = x * x * double.CreateTruncating(p[k]);
                var slope = double.CreateTruncating(q[k]);
                if (n < last)
                    slope += _weight / double.CreateTruncating(right[k]);
                if (n > 0)
                    data += _weight * double.CreateTruncating(left[k]);
                var root = n == 0 && n < last
                    ? (_weight + Math.Sqrt((_weight * _weight) + (4 * slope * data))) / (2 * slope)
                    : n == last && n > 0 ? 2 * data / (_weight + Math.Sqrt((_weight * _weight) + (4 * slope * data)))
                    : slope > 0 ? Math.Sqrt(data / slope)
                    : x;
                row[k] = T.Max(Floor, T.CreateSaturating(root));
            }
        }
    }

    // The reversed penalty is the same one along reversed time.
    private int Place(Matrix<T> h, int n) => _reversed ? h.Rows - 1 - n : n;
}

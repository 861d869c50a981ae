using System.Numerics;

namespace Nmf.Kernels.Dense;

/// <summary>
/// The smallest value that the model Y takes in a divergence. Y is clipped, never shifted: for y above the floor
/// nothing changes, so the descent of multiplicative updates is kept.
/// </summary>
/// <remarks>
/// The floor is as low as it can be while <c>v y^(β-2)</c> stays finite for data up to about 1e6 (float) or 1e60
/// (double): 10^(-30/p) and 10^(-240/p) with p = max(1, 2 - β). That is 1e-30 for β = 1 and 1e-15 for β = 0 in float;
/// data with a smaller scale than that want rescaling or double. A model value of 0 under v &gt; 0 thus gives a large
/// ratio, not NaN, and a large objective, not infinity.
/// </remarks>
internal static class ModelFloor
{
    public static T Of<T>(double beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // The Euclidean distance has no pole: extrapolated factors may even be negative.
        if (beta == 2)
            return typeof(T) == typeof(float) ? T.CreateChecked(float.MinValue) : T.CreateChecked(double.MinValue);
        var digits = typeof(T) == typeof(float) ? 30.0 : 240.0;
        return T.CreateChecked(Math.Pow(10, -digits / Math.Max(1, 2 - beta)));
    }
}

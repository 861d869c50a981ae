using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// Steps longer than the multiplicative update for β = 1: the entry is multiplied by <c>r · min(√r, 5/2)</c> with r =
/// negative / positive, so by r^(3/2) as long as r ≤ 25/4 (bound optimisation with overrelaxation: Salakhutdinov and
/// Roweis, "Adaptive overrelaxed bound optimization methods", 2003, who choose the exponent by trial).
/// </summary>
/// <remarks>
/// The objective never increases. From ĥ the update minimises <c>pos (h - ĥ r log h)</c>, which touches the objective
/// at ĥ and lies above it elsewhere. At h = x ĥ it is lower than at ĥ by <c>pos ĥ (1 - x + r log x)</c>. For x = s³,
/// r = s² that is 1 - s³ + 3 s² log s ≥ (x - 1)² / (6 max(x, 1)) for 0 ≤ s ≤ 5/2, and for r &gt; 25/4, x = 5r/2 the
/// same holds. Near the fixed point an exponent of 3/2 does the work of one and a half updates.
/// </remarks>
internal static class Overrelaxation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly T MostRoot = T.CreateChecked(2.5);

    /// <summary>Replaces ratios by multipliers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(Span<T> ratios)
    {
        var most = new Vector<T>(MostRoot);
        var j = 0;
        for (; j + Vector<T>.Count <= ratios.Length; j += Vector<T>.Count)
        {
            var ratio = new Vector<T>(ratios[j..]);
            (ratio * Vector.Min(Vector.SquareRoot(ratio), most)).CopyTo(ratios[j..]);
        }

        for (; j < ratios.Length; j++)
            ratios[j] *= T.Min(T.Sqrt(ratios[j]), MostRoot);
    }
}

namespace Nmf.Kernels;

/// <summary>
/// What coupled updates know of one view: a factor and the parts of its gradient, and the shape of the majoriser of d_β
/// (Févotte and Idier 2011). In x, the move of an entry, that has the derivative
/// <c>pos x^Growth - neg x^-Decay</c> with Growth = max(β - 1, 0) and Decay = max(2 - β, 0), which never decreases.
/// </summary>
/// <param name="beta">β of the view.</param>
/// <param name="weight">α, by which its divergence is multiplied.</param>
/// <param name="factor">Activations or dictionary; updated.</param>
/// <param name="negative">neg, of the shape of the factor, without the weight.</param>
/// <param name="positive">pos.</param>
internal sealed class CoupledView<T>(
    double beta, double weight, Matrix<T> factor, Matrix<T> negative, Matrix<T> positive)
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
{
    public double Beta { get; } = beta;

    public double Weight { get; } = weight;

    public Matrix<T> Factor { get; } = factor;

    public Matrix<T> Negative { get; } = negative;

    public Matrix<T> Positive { get; } = positive;

    public double Growth { get; } = Math.Max(beta - 1, 0);

    public double Decay { get; } = Math.Max(2 - beta, 0);

    /// <summary>The exponent of majorisation-minimisation, γ(β).</summary>
    public double Exponent => 1 / (Growth + Decay);

    /// <summary>The exponent where a quadratic is added and no root is taken.</summary>
    public double QuadraticExponent => 1 / (Math.Max(Growth, 1) + Decay);

    /// <summary>Whether all views have the same β.</summary>
    public static bool HaveOneBeta(CoupledView<T>[] views) => Array.TrueForAll(views, v => v.Beta == views[0].Beta);

    /// <summary>
    /// The exponent with which a move that all views make together, <c>x = (Σ neg / Σ pos)^γ</c>, minimises a sum of
    /// their majorisers: powers of x are bounded by those of the largest Growth and of the largest Decay, since
    /// (x^p - 1)/p increases with p.
    /// </summary>
    /// <param name="views">The views.</param>
    /// <param name="leastGrowth">1 where a quadratic takes part.</param>
    public static double CommonExponent(CoupledView<T>[] views, double leastGrowth = 0)
        => 1 / (Math.Max(leastGrowth, views.Max(v => v.Growth)) + views.Max(v => v.Decay));
}

namespace Nmf;

/// <summary>
/// The β-divergence, the ordinary measure of fit (<c>MeasureOfFit</c> has others): <c>d_β(x|y)</c> between a datum
/// x and its model y, summed over all entries.
/// </summary>
/// <remarks>
/// β = 2 is half the squared Euclidean distance, β = 1 the generalised Kullback-Leibler divergence (Poisson counts),
/// β = 0 the Itakura-Saito divergence (multiplicative noise, power spectra); see Févotte and Idier, "Algorithms for
/// nonnegative matrix factorization with the β-divergence", 2011.
/// </remarks>
public static class BetaDivergence
{
    /// <summary>β = 2: half the squared Euclidean distance (Frobenius norm).</summary>
    public const double Euclidean = 2;

    /// <summary>β = 1: the generalised Kullback-Leibler divergence, for counts.</summary>
    public const double KullbackLeibler = 1;

    /// <summary>β = 0: the Itakura-Saito divergence, for power spectra. Needs strictly positive data.</summary>
    public const double ItakuraSaito = 0;

    /// <summary>d_β(x|y) of one entry.</summary>
    /// <param name="x">Datum, at least 0 (greater than 0 for β ≤ 0, else the result is infinite).</param>
    /// <param name="y">Model, greater than 0.</param>
    /// <param name="beta">Any real β.</param>
    public static double Value(double x, double y, double beta) => beta switch
    {
        1 => x == 0 ? y : (x * Math.Log(x / y)) - x + y,
        0 => (x / y) - Math.Log(x / y) - 1,
        2 => 0.5 * (x - y) * (x - y),
        _ => (Math.Pow(x, beta) + ((beta - 1) * Math.Pow(y, beta))
            - (beta * x * Math.Pow(y, beta - 1))) / (beta * (beta - 1)),
    };

    /// <summary>
    /// The exponent γ(β) with which the multiplicative update minimises its majoriser, so that the objective never
    /// increases: 1/(2-β) below 1, 1 on [1, 2], 1/(β-1) above 2 (Févotte and Idier 2011).
    /// </summary>
    internal static double MajorizationExponent(double beta) => beta switch
    {
        < 1 => 1 / (2 - beta),
        > 2 => 1 / (beta - 1),
        _ => 1,
    };

    /// <summary>
    /// The exponent ξ(β) with which <c>h (neg / (pos + λ h))^ξ</c> minimises a majoriser where a quadratic penalty λ
    /// h²/2 is added: 1/(3-β) up to 2, 1/(β-1) above (Tan and Févotte 2013).
    /// </summary>
    internal static double QuadraticExponent(double beta) => beta <= 2 ? 1 / (3 - beta) : 1 / (beta - 1);

    /// <summary>
    /// The largest exponent with which the multiplicative update is known not to increase the objective: 1 for 0 ≤ β ≤
    /// 2 (on [0, 1) it lies between the majorisation-minimisation and the majorisation-equalisation step), else
    /// <see cref="MajorizationExponent"/>.
    /// </summary>
    internal static double FastExponent(double beta) => beta is >= 0 and <= 2 ? 1 : MajorizationExponent(beta);

    /// <summary>Whether the problem in H alone (W fixed) is convex, so that its minimum does not depend on the
    /// start: 1 ≤ β ≤ 2.</summary>
    internal static bool IsConvex(double beta) => beta is >= 1 and <= 2;
}

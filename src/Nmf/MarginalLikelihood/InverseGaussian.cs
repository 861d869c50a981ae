namespace Nmf;

/// <summary>
/// The generalised inverse Gaussian distribution with density proportional to <c>h^(α-1) exp(-ρ h - τ / h)</c>: its
/// moments for one order α. With τ = 0 it is Gamma(α, rate ρ).
/// </summary>
internal readonly struct InverseGaussian(double order)
{
    // Below, K is that of the Gamma distribution to all digits but those of a tiny order.
    private const double SmallestArgument = 1e-140;

    private readonly BesselRatio _bessel = new(order);

    /// <summary>Moments.</summary>
    /// <param name="rho">ρ, greater than 0.</param>
    /// <param name="tau">τ, at least 0.</param>
    /// <param name="mean">Receives E[h].</param>
    /// <param name="harmonic">Receives 1 / E[1/h]; 0 where that is infinite.</param>
    /// <param name="variance">Receives the variance.</param>
    /// <returns>The logarithm of <c>∫ h^(α-1) exp(-ρ h - τ / h) dh</c>.</returns>
    public double Moments(double rho, double tau, out double mean, out double harmonic, out double variance)
    {
        var x = 2 * Math.Sqrt(rho) * Math.Sqrt(tau);
        if (!(x >= SmallestArgument))
        {
            (mean, harmonic, variance) = (order / rho, order > 1 ? (order - 1) / rho : 0, order / (rho * rho));
            return MathNet.Numerics.SpecialFunctions.GammaLn(order) - (order * Math.Log(rho));
        }

        var logarithm = _bessel.Evaluate(x, out var below, out var above);
        var scale = Math.Sqrt(tau / rho);
        (mean, harmonic) = (scale * above, scale * below);
        var next = (2 * (order + 1) / x) + (1 / above);
        variance = scale * scale * above * Math.Max(0, next - above);
        return Math.Log(2) + (order * Math.Log(scale)) + logarithm - x;
    }
}

namespace SpeechEnhancement.Baseline;

/// <summary>
/// Gains of the log-spectral amplitude estimator. With γ = |Y|²/λ the signal-to-noise ratio as observed and ξ as
/// expected beforehand, v = γ ξ/(1 + ξ), the estimate of a speaker's amplitude with the least mean square error of its
/// logarithm is G |Y|, <c>G = ξ/(1 + ξ) exp(E₁(v)/2)</c> (Ephraim and Malah, "Speech enhancement using a minimum
/// mean-square error log-spectral amplitude estimator", 1985). Where speech is present with probability p only, the
/// gain is <c>G^p G_min^(1-p)</c>, <c>1/p = 1 + q/(1 - q) (1 + ξ) e^-v</c> with q the probability of its absence
/// beforehand (Cohen and Berdugo, "Speech enhancement for non-stationary noise environments", 2001).
/// </summary>
internal static class LogSpectralAmplitude
{
    // Below this the gain no longer depends on v in any way that can be heard, and E₁ goes to infinity.
    private const double LeastV = 1e-8;

    /// <summary>v, what the evidence of a frame is worth.</summary>
    public static double Evidence(double posterior, double prior) => posterior * prior / (1 + prior);

    /// <summary>G for speech that is present. It may exceed one where the observation is far below
    /// the expectation.</summary>
    public static double Gain(double posterior, double prior)
        => prior / (1 + prior) * Math.Exp(0.5 * ExponentialIntegral.E1(Math.Max(Evidence(posterior, prior), LeastV)));

    /// <summary>p, the probability that speech is present.</summary>
    /// <param name="absence">q, between 0 and 1.</param>
    /// <param name="posterior">γ.</param>
    /// <param name="prior">ξ.</param>
    public static double Presence(double absence, double posterior, double prior)
        => absence >= 1 ? 0 : 1 / (1 + (absence / (1 - absence) * (1 + prior) * Math.Exp(-Evidence(posterior, prior))));
}

using MathNet.Numerics;

namespace Nmf;

/// <summary>The shape of a Gamma distribution whose mean and geometric mean are known.</summary>
internal static class GammaShape
{
    /// <summary>The range of shapes.</summary>
    public const double Least = 1e-3, Most = 1e4;

    // Halvings of the logarithm of the range, until no digit is left.
    private const int Halvings = 60;

    /// <summary>The α of the largest likelihood: <c>log α - ψ(α) = log mean - mean log</c>, which decreases in
    /// α.</summary>
    /// <param name="difference">log E[h] - E[log h], which is not negative.</param>
    public static double Solve(double difference)
    {
        double low = Math.Log(Least), high = Math.Log(Most);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = 0.5 * (low + high);
            if (middle - SpecialFunctions.DiGamma(Math.Exp(middle)) > difference)
                low = middle;
            else
                high = middle;
        }

        return Math.Exp(0.5 * (low + high));
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// <c>-Σ_k Σ_f a_fk log(w_fk / s_k)</c>, s_k = Σ_f w_fk. The logarithm of s_k is concave, so that its tangent
/// <c>s_k A_k / s̃_k</c>, A_k = Σ_f a_fk, lies above it: a linear term. <c>-a log w</c> goes into the negative part of
/// the gradient, as a / w̃, which is a majoriser for every β with the right power: for β ≤ 1 it is a concave function
/// of w^(β-1), in which the majoriser of the divergence is linear (for β = 1 both are logarithms), so the exponent of
/// majorisation-minimisation stays; for β > 1 the concave part of the divergence is majorised by a logarithm too,
/// <c>-w ≤ -w̃ (1 + log(w/w̃))</c>, which with the convex part in w^β gives the exponent 1/β.
/// </summary>
internal sealed class SeedTerm<T>(int[][] seeds, double[][] amounts) : FactorPenalty<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // What an entry that has become zero counts for.
    private const double Smallest = 1e-300;

    /// <summary>The exponent of the update of W for β above 1.</summary>
    public static double Exponent(double beta) => 1 / beta;

    public override double Value(PenaltyPoint<T> at)
    {
        double value = 0;
        for (var k = 0; k < seeds.Length; k++)
        {
            for (var i = 0; i < seeds[k].Length; i++)
            {
                if (amounts[k][i] > 0 && at.SumW[k] > 0)
                    value -= amounts[k][i] * Math.Log(
                        Math.Max(Smallest, double.CreateTruncating(at.W[seeds[k][i], k]) / at.SumW[k]));
            }
        }

        return value;
    }

    public override void AddForActivations(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
    }

    public override void AddForDictionary(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
        for (var k = 0; k < seeds.Length; k++)
        {
            double amount = 0;
            for (var i = 0; i < seeds[k].Length; i++)
            {
                var weight = double.CreateTruncating(at.W[seeds[k][i], k]);
                if (weight == 0)
                    continue;
                amount += amounts[k][i];
                terms.Negative[seeds[k][i], k] += T.CreateSaturating(amounts[k][i] / weight);
            }

            if (at.SumW[k] > 0)
                terms.Linear[k] += amount / at.SumW[k];
        }
    }
}

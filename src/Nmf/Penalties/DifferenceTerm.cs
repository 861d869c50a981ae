using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Smoothness by squared differences, <c>λ/2 Σ_k s_k² Σ_n (h_kn - h_k,n-1)²</c>. Each square is convex in the two
/// entries and is majorised by separate ones about their current mean m, <c>(x - y)² ≤ 2 (x - m)² + 2 (y - m)²</c>
/// (De Pierro 1995): λ s² (h̃_n + h̃_neighbour) goes to neg, 2 λ s² h̃_n to the curvature, for each neighbour. In W,
/// s_k² is majorised as for ℓ2.
/// </summary>
internal sealed class DifferenceTerm<T>(double weight, bool guarded, int samples, int rank)
    : RowStructuredPenalty<T>(guarded, samples, rank)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override double ValueOf(Matrix<T> h, double[] scale, int from, int to)
    {
        double value = 0;
        for (var n = Math.Max(1, from); n < to; n++)
        {
            Span<T> row = h.Row(n), before = h.Row(n - 1);
            for (var k = 0; k < row.Length; k++)
            {
                var difference = scale[k] * (double.CreateTruncating(row[k]) - double.CreateTruncating(before[k]));
                value += difference * difference;
            }
        }

        return 0.5 * weight * value;
    }

    protected override void AddGradient(Matrix<T> h, double[] scale, PenaltyTerms<T> terms, int from, int to)
    {
        for (var n = from; n < to; n++)
        {
            if (n > 0)
                AddNeighbour(h.Row(n), h.Row(n - 1), scale, terms.Negative.Row(n), terms.Curvature.Row(n));
            if (n + 1 < h.Rows)
                AddNeighbour(h.Row(n), h.Row(n + 1), scale, terms.Negative.Row(n), terms.Curvature.Row(n));
        }
    }

    protected override void SumForDictionary(Matrix<T> h, double[] scale, int from, int to, Span<double> sums)
    {
        for (var n = Math.Max(1, from); n < to; n++)
        {
            Span<T> row = h.Row(n), before = h.Row(n - 1);
            for (var k = 0; k < row.Length; k++)
            {
                var difference = double.CreateTruncating(row[k]) - double.CreateTruncating(before[k]);
                sums[k] += difference * difference;
            }
        }
    }

    protected override void AddSums(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
        for (var k = 0; k < Sums.Length; k++)
            terms.ConstantCurvature[k] += weight * at.SumW[k] * Sums[k];
    }

    private void AddNeighbour(Span<T> row, Span<T> neighbour, double[] scale, Span<T> negative, Span<T> curvature)
    {
        for (var k = 0; k < row.Length; k++)
        {
            var part = T.CreateSaturating(weight * scale[k] * scale[k]);
            negative[k] += part * (row[k] + neighbour[k]);
            curvature[k] += part * (row[k] + row[k]);
        }
    }
}

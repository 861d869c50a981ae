using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// <c>Σ_n Σ_g λ_g log(b + Σ_{k∈g} s_k h_kn)</c>, or with <c>log(1 + …/b)</c>: the concave logarithm is majorised by
/// its tangent, which adds <c>λ_g s_k / (b + Σ s h)</c> to pos of H and, guarded, <c>Σ_n λ_g h_kn / (b + Σ s h)</c>
/// to pos of W (Lefèvre, Bach and Févotte 2011; Marmin, Goulart and Févotte 2023). Groups of one component each are
/// the log-sparsity penalty.
/// </summary>
internal sealed class GroupLogTerm<T>(
    int[][] groups, double[] weights, double offset, bool relative, bool guarded, int samples, int rank)
    : RowStructuredPenalty<T>(guarded, samples, rank)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override RowPenalty ForRows(PenaltyPoint<T> at) => new()
    {
        Groups = [.. groups.Select((group, g) => new RowPenaltyGroup(
            group, [.. group.Select(k => Guarded ? at.SumW[k] : 1)], weights[g], offset))],
    };

    protected override double ValueOf(Matrix<T> h, double[] scale, int from, int to)
    {
        double value = 0;
        var unit = relative ? offset : 1;
        for (var n = from; n < to; n++)
        {
            var row = h.Row(n);
            for (var g = 0; g < groups.Length; g++)
                value += weights[g] * Math.Log(Sum(row, scale, groups[g]) / unit);
        }

        return value;
    }

    protected override void AddGradient(Matrix<T> h, double[] scale, PenaltyTerms<T> terms, int from, int to)
    {
        for (var n = from; n < to; n++)
        {
            var row = h.Row(n);
            var positive = terms.Positive.Row(n);
            for (var g = 0; g < groups.Length; g++)
            {
                var slope = weights[g] / Sum(row, scale, groups[g]);
                foreach (var k in groups[g])
                    positive[k] += T.CreateSaturating(slope * scale[k]);
            }
        }
    }

    protected override void SumForDictionary(Matrix<T> h, double[] scale, int from, int to, Span<double> sums)
    {
        for (var n = from; n < to; n++)
        {
            var row = h.Row(n);
            for (var g = 0; g < groups.Length; g++)
            {
                var slope = weights[g] / Sum(row, scale, groups[g]);
                foreach (var k in groups[g])
                    sums[k] += slope * double.CreateTruncating(row[k]);
            }
        }
    }

    protected override void AddSums(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
        for (var k = 0; k < Sums.Length; k++)
            terms.Linear[k] += Sums[k];
    }

    private double Sum(Span<T> row, double[] scale, int[] group)
    {
        var sum = offset;
        foreach (var k in group)
            sum += scale[k] * double.CreateTruncating(row[k]);
        return sum;
    }
}

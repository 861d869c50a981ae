using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

// What other measures of fit and the outlier term need of the data.
public sealed partial class NmfData<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The passes of a measure of fit.</summary>
    internal DivergencePass<T> CreatePass(int rank, MeasureOfFit measure, WorkTeam team)
    {
        if (measure.Kernel is not { } kernel)
            return CreatePass(rank, measure.BetaOrNull!.Value, team);
        return Dense is { } dense
            ? DivergencePass<T>.Create(dense, rank, kernel, team)
            : DivergencePass<T>.Create(Stored.Matrix, Stored.Transposed, rank, kernel, team);
    }

    /// <summary>The passes over 1 - V of binary data.</summary>
    internal DivergencePass<T> CreateComplementPass(int rank, WorkTeam team) => Dense is { } dense
        ? DivergencePass<T>.CreateComplement(dense, rank, team)
        : DivergencePass<T>.CreateComplement(Stored.Matrix, rank, team);

    /// <summary>The passes of robust factorisation.</summary>
    internal DivergencePass<T> CreateRobustPass(int rank, double beta, OutlierKernel outliers, WorkTeam team)
        => Dense is { } dense
            ? DivergencePass<T>.CreateRobust(dense, rank, beta, outliers, team)
            : DivergencePass<T>.CreateRobust(Stored.Matrix, rank, beta, outliers, team);

    /// <summary>Checks that entries are neither missing nor weighted.</summary>
    /// <exception cref="NmfDataException">They are.</exception>
    internal void RequireUnweighted(string what)
    {
        if (IsWeighted)
        {
            throw new NmfDataException(
                $"Missing entries and weights go with beta-divergences, not with {what}. "
                + "Fill the missing entries first, or choose a beta-divergence.");
        }
    }

    /// <summary>Checks what a measure of fit needs of the values.</summary>
    /// <exception cref="NmfDataException">A value is zero where the measure is infinite, or above
    /// what it allows.</exception>
    internal void RequireValidFor(MeasureOfFit measure)
    {
        if (!measure.AllowsZeros && _summary.FirstZero.Sample >= 0)
        {
            var (sample, feature) = _summary.FirstZero;
            throw new NmfDataException(
                $"The entry at sample {sample}, feature {feature} is 0, where {measure} is infinite. "
                + $"Add a small positive constant to the data, or {measure.AdviceAboutZeros}.", sample, feature, 0);
        }

        if (double.IsFinite(measure.LargestDatum))
            RequireAtMost(measure.LargestDatum, measure);
    }

    private void RequireAtMost(double largest, MeasureOfFit measure)
    {
        for (var n = 0; n < Samples; n++)
        {
            ReadOnlySpan<T> values = Dense is { } dense ? dense.Row(n) : Sparse!.RowValues(n);
            for (var j = 0; j < values.Length; j++)
            {
                var value = double.CreateTruncating(values[j]);
                if (value <= largest)
                    continue;
                var feature = Dense is not null ? j : Sparse!.RowIndices(n)[j];
                throw new NmfDataException(
                    $"The entry at sample {n}, feature {feature} is {value:R}, "
                    + $"but {measure} needs data between 0 and {largest:R}.", n, feature, value);
            }
        }
    }
}

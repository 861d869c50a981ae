using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

// What other measures of fit and the outlier term need of the data.
public sealed partial class NmfData<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The passes of another measure of fit.</summary>
    internal DivergencePass<T> CreatePass(int rank, MeasureOfFit measure, WorkTeam team) => Dense is { } dense
        ? DivergencePass<T>.Create(dense, rank, measure, team)
        : DivergencePass<T>.Create(Stored.Matrix, Stored.Transposed, rank, measure, team);

    /// <summary>The passes over 1 - V of binary data.</summary>
    internal DivergencePass<T> CreateComplementPass(int rank, WorkTeam team) => Dense is { } dense
        ? DivergencePass<T>.CreateComplement(dense, rank, team)
        : DivergencePass<T>.CreateComplement(Stored.Matrix, rank, team);

    /// <summary>The passes of robust factorisation.</summary>
    internal DivergencePass<T> CreateRobustPass(int rank, double beta, OutlierPenalty penalty, WorkTeam team)
        => Dense is { } dense
            ? DivergencePass<T>.CreateRobust(dense, rank, beta, penalty, team)
            : DivergencePass<T>.CreateRobust(Stored.Matrix, rank, beta, penalty, team);

    /// <summary>Checks what depends on the measure of fit.</summary>
    /// <exception cref="NmfDataException">
    /// A value is zero where the measure is infinite there, or above what it allows; or entries are missing or
    /// weighted, and the measure has no passes for that.
    /// </exception>
    internal void RequireValidFor(NmfOptions options)
    {
        if (IsWeighted && (options.Measure is not null || options.Outliers is not null))
        {
            throw new NmfDataException(
                "Missing entries and weights go with beta-divergences, "
                + $"not with {options.Measure?.ToString() ?? "an outlier term"}. "
                + "Fill the missing entries first, or choose a beta-divergence.");
        }

        if (options.Measure is not { } measure)
        {
            RequireValidFor(options.Beta);
            return;
        }

        if (!measure.AllowsZeros && _summary.FirstZero.Sample >= 0)
        {
            var (sample, feature) = _summary.FirstZero;
            throw new NmfDataException(
                $"The entry at sample {sample}, feature {feature} is 0, where {measure} is infinite. "
                + "Add a small positive constant to the data, or choose another measure of fit.", sample, feature, 0);
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

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The model that is the same in every entry, with which fits are compared.</summary>
internal static class ConstantModel
{
    /// <summary>1 - D(V | WH) / D(V | c) with c the best constant, both with the weights of the data.</summary>
    public static double ExplainedPart<T>(NmfData<T> data, MeasureOfFit measure, double objective)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var best = measure.BestConstant(data);
        return ExplainedPart(
            objective, Objective(data, measure, best), data.TotalWeight * Math.Pow(best, measure.UnitPower ?? 1));
    }

    /// <summary>The same of two objectives that are known.</summary>
    /// <param name="objective">Of the fit.</param>
    /// <param name="constant">Of the best constant.</param>
    /// <param name="size">What an objective of these data is compared with: its weight in the unit of a
    /// divergence.</param>
    public static double ExplainedPart(double objective, double constant, double size)
    {
        // Constant data are explained by any fit; what is left of their objective is rounding.
        return constant > 1e-12 * size ? 1 - (objective / constant) : 1;
    }

    /// <summary>D(V | c).</summary>
    public static double Objective<T>(NmfData<T> data, MeasureOfFit measure, double constant)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (var n = 0; n < data.Samples; n++)
        {
            var ofSample = data.SampleWeight(n);
            if (ofSample == 0)
                continue;
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            var weights = data.EntryWeights(n);
            double row = 0;
            for (var j = 0; j < values.Length; j++)
            {
                var weight = weights.IsEmpty ? 1 : double.CreateTruncating(weights[j]);
                if (weight > 0 && !T.IsNaN(values[j]))
                    row += weight * measure.Value(double.CreateChecked(values[j]), constant);
            }

            if (data.IsSparse && data.AbsentEntries == AbsentEntries.Zero && values.Length < data.Features)
                row += (data.Features - values.Length) * measure.Value(0, constant);
            sum += ofSample * row;
        }

        return sum;
    }
}

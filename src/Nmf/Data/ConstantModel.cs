using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The model that is the same in every entry, with which fits are compared.</summary>
internal static class ConstantModel
{
    /// <summary>1 - D(V | WH) / D(V | c) with c the best constant, both with the weights of the data.</summary>
    public static double ExplainedPart<T>(NmfData<T> data, NmfOptions options, double objective)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mean = BestConstant(data, options);
        var constant = Objective(data, options, mean);

        // Constant data are explained by any fit; what is left of their objective is rounding.
        var rounding = 1e-12 * data.TotalWeight * Math.Pow(mean, options.Measure is null ? options.Beta : 1);
        return constant > rounding ? 1 - (objective / constant) : 1;
    }

    // The mean for every β- and Bregman divergence, the power mean for an α-divergence.
    private static double BestConstant<T>(NmfData<T> data, NmfOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (options.Measure is not AlphaDivergence { Alpha: not 1 and var alpha })
            return data.Mean;
        double sum = 0;
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            foreach (var value in values)
                sum += alpha == 0 ? Math.Log(double.CreateChecked(value))
                    : value == T.Zero ? 0
                    : Math.Pow(double.CreateChecked(value), alpha);
        }

        var mean = sum / ((double)data.Samples * data.Features);
        return alpha == 0 ? Math.Exp(mean) : Math.Pow(mean, 1 / alpha);
    }

    private static double Objective<T>(NmfData<T> data, NmfOptions options, double mean)
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
                    row += weight * options.Divergence(double.CreateChecked(values[j]), mean);
            }

            if (data.IsSparse && data.AbsentEntries == AbsentEntries.Zero && values.Length < data.Features)
                row += (data.Features - values.Length) * options.Divergence(0, mean);
            sum += ofSample * row;
        }

        return sum;
    }
}

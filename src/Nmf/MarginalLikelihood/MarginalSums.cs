using System.Numerics;

namespace Nmf;

/// <summary>Sums of samples and means of features, of observed entries; a sum is that of as many entries as there are
/// features.</summary>
internal static class MarginalSums
{
    public static (double[] SumOfSample, double[] MeanOfFeature) Of<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (bySample, byFeature) = (new double[data.Samples], new double[data.Features]);
        var observed = new int[data.Features];
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            ReadOnlySpan<int> indices = data.Dense is null ? data.Sparse!.RowIndices(n) : [];
            var ofSample = 0;
            for (var j = 0; j < values.Length; j++)
            {
                var value = double.CreateTruncating(values[j]);
                if (double.IsNaN(value))
                    continue;
                var feature = indices.IsEmpty && data.Dense is not null ? j : indices[j];
                bySample[n] += value;
                byFeature[feature] += value;
                observed[feature]++;
                ofSample++;
            }

            if (data.HasMissingEntries)
                bySample[n] = ofSample > 0 ? bySample[n] * data.Features / ofSample : data.Mean * data.Features;
        }

        for (var f = 0; f < byFeature.Length; f++)
            byFeature[f] /= data.HasMissingEntries ? Math.Max(observed[f], 1) : data.Samples;
        return (bySample, byFeature);
    }
}

using System.Numerics;

namespace Nmf;

/// <summary>Sums of the rows and columns of data.</summary>
internal static class MarginalSums
{
    public static (double[] BySample, double[] ByFeature) Of<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (bySample, byFeature) = (new double[data.Samples], new double[data.Features]);
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            ReadOnlySpan<int> indices = data.Dense is null ? data.Sparse!.RowIndices(n) : [];
            for (var j = 0; j < values.Length; j++)
            {
                var value = double.CreateTruncating(values[j]);
                bySample[n] += value;
                byFeature[indices.IsEmpty ? j : indices[j]] += value;
            }
        }

        return (bySample, byFeature);
    }
}

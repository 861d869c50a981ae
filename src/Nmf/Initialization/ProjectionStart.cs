using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A start from samples of the data: a column of W is a picked sample plus a tenth of the mean sample, both divided by
/// their sums before and the column after; a row of H is the sum of its sample, shared out evenly. W is positive
/// wherever any sample is, so that multiplicative updates can reach every dictionary that the data allow.
/// </summary>
internal static class ProjectionStart
{
    private const double PartOfMean = 0.1;

    public static NmfStart<T> Create<T>(
        NmfData<T> data, int rank, CounterRandom random, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var picked = SuccessiveProjection.Pick(data, rank, normalize: true, team, null, cancellationToken);
        var featureSums = new double[data.Features];
        var sampleSums = new double[data.Samples];
        AddUp(data, featureSums, sampleSums);
        var total = featureSums.Sum();
        var samples = SuccessiveProjection.Dictionary(data, picked);
        var w = new Matrix<T>(data.Features, rank);
        for (var k = 0; k < rank; k++)
        {
            var scale = (1 - (PartOfMean / (1 + PartOfMean))) / (k < picked.Length ? sampleSums[picked[k]] : total);
            for (var f = 0; f < w.Rows; f++)
            {
                // Where the data span no more directions, the mean sample, disturbed, stands in for a picked one.
                var value = k < picked.Length
                    ? double.CreateTruncating(samples[f, k])
                    : featureSums[f] * 2 * random.Uniform(((long)k * w.Rows) + f);
                w[f, k] = T.CreateChecked((scale * value) + (PartOfMean / (1 + PartOfMean) * featureSums[f] / total));
            }
        }

        var h = new Matrix<T>(data.Samples, rank);
        for (var n = 0; n < h.Rows; n++)
            h.Row(n).Fill(T.CreateChecked(sampleSums[n] / rank));
        return new NmfStart<T>(w, h);
    }

    /// <summary>Sums of the features and of the samples over what is observed.</summary>
    public static (double[] Features, double[] Samples) SumsOf<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (features, samples) = (new double[data.Features], new double[data.Samples]);
        AddUp(data, features, samples);
        return (features, samples);
    }

    /// <summary>Sums of the features and of the samples over what is observed; those of features with the weights of
    /// the samples, where they are given.</summary>
    public static void AddUp<T>(
        NmfData<T> data, double[] featureSums, double[] sampleSums, double[]? weights = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.Dense is { } dense)
            DataSums.Add(dense, featureSums, sampleSums, weights);
        else
            DataSums.Add(data.Sparse!, featureSums, sampleSums, weights);
    }
}

using System.Numerics;

namespace Nmf.Kernels.Tests;

/// <summary>Sums of data, to the bit those of a loop over the entries in their order.</summary>
public sealed class DataSumsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sums_are_those_of_a_loop(bool weighted)
    {
        foreach (var rows in new[] { 1, 3, 4, 5, 8, 30 })
        {
            foreach (var columns in new[] { 1, 2, 7, 33 })
            {
                Check<float>(rows, columns, weighted);
                Check<double>(rows, columns, weighted);
            }
        }
    }

    [Fact]
    public void Arrays_of_other_lengths_are_refused()
    {
        var data = new Matrix<float>(3, 2);
        var sparse = SparseSamples.Sparse<float>(new double[3, 2]);
        Assert.Throws<ArgumentOutOfRangeException>("features", () => DataSums.Add(data, new double[3], new double[3]));
        Assert.Throws<ArgumentOutOfRangeException>("samples", () => DataSums.Add(data, new double[2], new double[2]));
        Assert.Throws<ArgumentOutOfRangeException>(
            "weights", () => DataSums.Add(sparse, new double[2], new double[3], new double[2]));
    }

    private static void Check<T>(int rows, int columns, bool weighted)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(rows + columns);
        var values = SparseSamples.Counts(rows, columns, 0.7, rows);
        for (var n = 0; n < rows; n++)
            for (var f = 0; f < columns; f++)
                values[n, f] *= values[n, f] == 2 ? double.NaN : random.NextSingle();
        var weights = weighted ? Enumerable.Range(0, rows).Select(_ => random.NextDouble()).ToArray() : null;
        double[] features = new double[columns], samples = new double[rows];
        for (var n = 0; n < rows; n++)
        {
            for (var f = 0; f < columns; f++)
            {
                var value = double.CreateChecked(T.CreateChecked(values[n, f]));
                if (double.IsNaN(value))
                    continue;
                features[f] += value * (weights?[n] ?? 1);
                samples[n] += value;
            }
        }

        double[] ofFeatures = new double[columns], ofSamples = new double[rows];
        DataSums.Add(SparseSamples.Dense<T>(values), ofFeatures, ofSamples, weights);
        Assert.Equal(features, ofFeatures);
        Assert.Equal(samples, ofSamples);
        (ofFeatures, ofSamples) = (new double[columns], new double[rows]);
        DataSums.Add(SparseSamples.Sparse<T>(values), ofFeatures, ofSamples, weights);
        Assert.Equal(features, ofFeatures);
        Assert.Equal(samples, ofSamples);
    }
}

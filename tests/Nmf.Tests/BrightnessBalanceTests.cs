using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Lengths of directions by which the brightness of a scene is even.</summary>
public sealed class BrightnessBalanceTests
{
    private static readonly double[] Lengths = [0.4, 1, 2, 5];

    [Theory]
    [InlineData(0.1, 0)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public void The_light_of_neighbours_tells_the_lengths(double brighter, double sorted)
    {
        // A picture of rows of 40 pixels, brighter at the end of a row than at its beginning, and with other materials.
        var random = new Random(5);
        var shares = new Matrix<double>(1600, Lengths.Length);
        for (var n = 0; n < shares.Rows; n++)
        {
            var row = shares.Row(n);
            for (var k = 0; k < row.Length; k++)
                row[k] = -Math.Log(1 - random.NextDouble()) * Math.Exp(sorted * (k % 2 == 0 ? 1 : -1) * (n % 40) / 40);
            var sum = System.Numerics.Tensors.TensorPrimitives.Sum<double>(row);
            for (var k = 0; k < row.Length; k++)
                row[k] *= (1 + (brighter * (n % 40) / 40)) / sum / Lengths[k];
        }

        var weights = Enumerable.Repeat(1.0, shares.Rows).ToArray();
        var found = BrightnessBalance.Lengths(shares, weights, default);
        var mean = Math.Exp(Lengths.Average(Math.Log));
        for (var k = 0; k < Lengths.Length; k++)
            Assert.Equal(1, found[k] * mean / Lengths[k], 0.02);
        Assert.Equal(1, found.Aggregate(1.0, (product, x) => product * x), 1e-9);
    }

    [Fact]
    public void The_lengths_are_a_minimum_of_the_differences_of_neighbours()
    {
        var random = new Random(6);
        var shares = new Matrix<double>(900, Lengths.Length);
        var weights = new double[shares.Rows];
        for (var n = 0; n < shares.Rows; n++)
        {
            // Dark and bright places, of other materials each, and pixels that count more than others.
            var light = (n / 90 % 2 == 0 ? 1 : 3) * Math.Exp(0.2 * random.NextDouble());
            for (var k = 0; k < Lengths.Length; k++)
                shares[n, k] = light * Math.Pow(random.NextDouble(), n / 90 % 2 == k / 2 ? 1 : 4) / Lengths[k];
            weights[n] = n % 5 == 0 ? 0 : 0.5 + random.NextDouble();
        }

        var found = BrightnessBalance.Lengths(shares, weights, default);
        var least = Differences(found);
        for (var k = 0; k < found.Length; k++)
        {
            foreach (var factor in new[] { 0.9, 1.1 })
            {
                var other = (double[])found.Clone();
                other[k] *= factor;
                Assert.True(Differences(other) > least, $"{k}: {Differences(other)} after {least}");
            }
        }

        double Differences(double[] lengths)
        {
            var logs = Enumerable.Range(0, shares.Rows).Select(n => Math.Log(
                System.Numerics.Tensors.TensorPrimitives.Dot<double>(shares.Row(n), lengths))).ToArray();
            var median = logs.Where((_, n) => weights[n] > 0).Order().ElementAt(weights.Count(w => w > 0) / 2);
            return logs.Select((x, n) => (0.1 * weights[n] * Math.Abs(x - median))
                + (n == 0 ? 0 : Math.Min(weights[n], weights[n - 1]) * Math.Abs(x - logs[n - 1]))).Sum();
        }
    }
}

using Reporting;

namespace Samples.Tests;

/// <summary>Means and variances of many draws, within five standard errors.</summary>
public sealed class DrawsTests
{
    private const int Number = 40_000;

    [Fact]
    public void Normal_numbers_have_mean_0_and_variance_1() => AssertMoments(Draws.Normal, 0, 1, excess: 0);

    [Theory]
    [InlineData(0.3)]
    [InlineData(7)]
    [InlineData(1300)]
    public void Poisson_numbers_have_their_mean_as_variance(double mean)
        => AssertMoments(random => Draws.Poisson(mean, random), mean, mean, excess: 1 / mean);

    [Theory]
    [InlineData(1)]
    [InlineData(2.5)]
    public void Gamma_numbers_have_their_shape_as_mean_and_variance(double shape)
        => AssertMoments(random => Draws.Gamma(shape, random), shape, shape, excess: 6 / shape);

    private static void AssertMoments(Func<Random, double> draw, double mean, double variance, double excess)
    {
        var random = new Random(1);
        var draws = Enumerable.Range(0, mean > 100 ? Number / 10 : Number).Select(_ => draw(random)).ToArray();
        var average = draws.Average();
        Assert.Equal(mean, average, 5 * Math.Sqrt(variance / draws.Length));
        var squares = draws.Average(x => (x - mean) * (x - mean));
        Assert.Equal(variance, squares, 5 * variance * Math.Sqrt((2 + excess) / draws.Length));
    }
}

namespace Nmf.Tests;

/// <summary>Bessel functions beside SciPy, and the distributions that are made of them.</summary>
public sealed class BesselRatioTests
{
    [Fact]
    public void Ratios_and_logarithms_are_those_of_SciPy()
    {
        foreach (var golden in MarginalGoldens.Values.Bessel.Where(golden => golden.Order > 0))
        {
            var bessel = new BesselRatio(golden.Order);
            for (var i = 0; i < golden.Arguments.Length; i++)
            {
                var x = golden.Arguments[i];
                var logarithm = bessel.Evaluate(x, out var below, out var above);
                var where = $"order {golden.Order:R} at {x:R}";
                Assert.True(
                    Math.Abs(logarithm - golden.LogScaled[i]) <= 1e-12 * Math.Max(1, Math.Abs(golden.LogScaled[i])),
                    $"{where}: {logarithm:R}, not {golden.LogScaled[i]:R}");
                Assert.True(
                    Math.Abs(above - golden.Ratio[i]) <= 1e-12 * golden.Ratio[i],
                    $"{where}: {above:R}, not {golden.Ratio[i]:R}");
                Assert.Equal(above, (2 * golden.Order / x) + (1 / below), 1e-12 * above);
            }
        }
    }

    [Fact]
    public void An_order_of_one_half_has_a_closed_form()
    {
        foreach (var x in new[] { 1e-6, 0.3, 2, 2.0000001, 40 })
        {
            var logarithm = new BesselRatio(0.5).Evaluate(x, out var below, out var above);
            Assert.Equal(0.5 * Math.Log(Math.PI / (2 * x)), logarithm, 1e-13 * Math.Max(1, Math.Abs(logarithm)));
            Assert.Equal(1, below, 1e-13);
            Assert.Equal(1 + (1 / x), above, 1e-13 * above);
        }
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(2.5)]
    public void Moments_are_those_of_the_density_and_end_in_those_of_the_gamma_distribution(double order)
    {
        var (rho, tau) = (1.3, 0.4);
        var distribution = new InverseGaussian(order);
        var logarithm = distribution.Moments(rho, tau, out var mean, out var harmonic, out var variance);
        var moments = new double[4];
        for (var t = -12.0; t < 6; t += 1e-3)
        {
            var h = Math.Exp(t);
            var density = Math.Exp((order * t) - (rho * h) - (tau / h)) * 1e-3;
            moments[0] += density;
            moments[1] += density * h;
            moments[2] += density * h * h;
            moments[3] += density / h;
        }

        Assert.Equal(Math.Log(moments[0]), logarithm, 1e-10);
        Assert.Equal(moments[1] / moments[0], mean, 1e-10);
        Assert.Equal(moments[0] / moments[3], harmonic, 1e-10);
        Assert.Equal((moments[2] / moments[0]) - (mean * mean), variance, 1e-9);

        logarithm = distribution.Moments(rho, 0, out mean, out harmonic, out variance);
        Assert.Equal(order / rho, mean, 1e-14);
        Assert.Equal(Math.Max(0, order - 1) / rho, harmonic, 1e-14);
        Assert.Equal(order / (rho * rho), variance, 1e-14);
        var near = distribution.Moments(rho, 1e-60, out var nearMean, out _, out var nearVariance);
        Assert.Equal(logarithm, near, 1e-9);
        Assert.Equal(mean, nearMean, 1e-9);
        Assert.Equal(variance, nearVariance, 1e-9);
    }
}

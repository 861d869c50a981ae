using MeasuresOfFit;

namespace Samples.Tests;

/// <summary>The measure that the sample defines, against the likelihood that it comes from.</summary>
public sealed class NegativeBinomialTests
{
    private const double R = NegativeBinomialGenerator.Dispersion;

    private static readonly double[] Counts = [0, 1, 2, 7, 40, 1000];
    private static readonly double[] Means = [0.01, 0.7, 2, 7.3, 55, 900];

    public static TheoryData<double, double> Pairs => new(from v in Counts from y in Means select (v, y));

    // log P(v | mean y), with P = Γ(v+r)/(v! Γ(r)) (r/(r+y))^r (y/(r+y))^v; what does not depend on y
    // cancels in a difference of two.
    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_divergence_is_the_difference_of_two_log_likelihoods(double v, double y)
    {
        double LogLikelihood(double mean)
            => (R * Math.Log(R / (R + mean))) + (v == 0 ? 0 : v * Math.Log(mean / (R + mean)));
        var expected = (v == 0 ? 0 : LogLikelihood(v)) - LogLikelihood(y);
        Assert.Equal(expected, Divergence(v, y), 1e-10 * (1 + v));
    }

    [Fact]
    public void The_divergence_is_zero_for_equal_values_and_not_negative_near_them()
    {
        foreach (var v in new[] { 0.3f, 1f, 17f, 4000f })
        {
            float[] model = [v, MathF.BitIncrement(v), v * 1.0001f], result = new float[3];
            new NegativeBinomialGenerator().Divergence<float>([v, v, v], model, result);
            Assert.Equal(0, result[0]);
            Assert.All(result, d => Assert.True(d >= 0));
        }
    }

    [Fact]
    public void The_curvature_is_the_second_derivative_of_the_generator()
    {
        foreach (var x in new[] { 0.2, 1.0, 5.0, 80.0 })
        {
            double Phi(double t) => (t * Math.Log(t)) - ((t + R) * Math.Log(t + R));
            var h = 1e-3 * x;
            var expected = (Phi(x + h) - (2 * Phi(x)) + Phi(x - h)) / (h * h);
            var curvature = new double[1];
            new NegativeBinomialGenerator().Curvature<double>([x], curvature);
            Assert.Equal(expected, curvature[0], 1e-4 * curvature[0]);
        }
    }

    private static double Divergence(double v, double y)
    {
        var result = new double[1];
        new NegativeBinomialGenerator().Divergence<double>([v], [y], result);
        return result[0];
    }
}

using SpeechEnhancement.Baseline;

namespace SpeechEnhancement.Tests;

public class LogSpectralAmplitudeTests
{
    /// <summary>scipy.special.exp1 (scipy 1.10.1).</summary>
    [Theory]
    [InlineData(1e-08, 17.843465089050834)]
    [InlineData(0.001, 6.331539364136149)]
    [InlineData(0.1, 1.8229239584193906)]
    [InlineData(0.5, 0.5597735947761608)]
    [InlineData(0.999999, 0.21938430227532946)]
    [InlineData(1, 0.21938393439552062)]
    [InlineData(1.000001, 0.21938356651644703)]
    [InlineData(2, 0.048900510708061125)]
    [InlineData(5, 0.0011482955912753257)]
    [InlineData(10, 4.156968929685325e-06)]
    [InlineData(50, 3.783264029550459e-24)]
    [InlineData(200, 6.885226106307636e-90)]
    public void The_exponential_integral_is_that_of_scipy(double x, double expected)
        => Assert.Equal(expected, ExponentialIntegral.E1(x), 1e-13 * expected);

    [Fact]
    public void The_exponential_integral_refuses_what_it_is_not_defined_for()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ExponentialIntegral.E1(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExponentialIntegral.E1(-1));
    }

    /// <summary>ξ/(1 + ξ) exp(E₁(v)/2) with scipy's E₁.</summary>
    [Theory]
    [InlineData(0.1, 0.01, 0.23589213880808033)]
    [InlineData(1, 1, 0.6614900195321473)]
    [InlineData(2, 0.5, 0.4068105047997238)]
    [InlineData(10, 10, 0.9090960280423124)]
    [InlineData(100, 100, 0.9900990099009901)]
    public void The_gain_is_the_formula_with_the_numbers_of_scipy(double posterior, double prior, double expected)
        => Assert.Equal(expected, LogSpectralAmplitude.Gain(posterior, prior), 1e-12);

    [Fact]
    public void The_gain_grows_with_the_expected_ratio_and_shrinks_with_the_observed_one_down_to_the_wiener_filters()
    {
        foreach (var prior in new[] { 0.003, 0.1, 1, 30 })
        {
            var wiener = prior / (1 + prior);
            var previous = double.PositiveInfinity;
            foreach (var posterior in new[] { 0.01, 0.1, 1, 10, 100 })
            {
                var gain = LogSpectralAmplitude.Gain(posterior, prior);
                Assert.InRange(gain, wiener, previous);
                Assert.True(gain < LogSpectralAmplitude.Gain(posterior, 2 * prior));
                previous = gain;
            }
        }

        Assert.Equal(30.0 / 31, LogSpectralAmplitude.Gain(100, 30), 1e-9);
    }

    [Fact]
    public void Presence_is_what_bayes_says()
    {
        Assert.Equal(1, LogSpectralAmplitude.Presence(0, 1, 1), 1e-15);
        Assert.Equal(0, LogSpectralAmplitude.Presence(1, 1, 1), 1e-15);

        // Densities of a power γ: e^-γ without speech, e^(-γ/(1+ξ))/(1+ξ) with it.
        var (q, gamma, xi) = (0.3, 4.0, 2.0);
        var (without, with) = (q * Math.Exp(-gamma), (1 - q) * Math.Exp(-gamma / (1 + xi)) / (1 + xi));
        Assert.Equal(with / (with + without), LogSpectralAmplitude.Presence(q, gamma, xi), 1e-14);
    }
}

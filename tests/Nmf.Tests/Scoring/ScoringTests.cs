using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class ScoringTests
{
    [Theory]
    [InlineData(1e-7)]
    [InlineData(1e-3)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    public void The_spectral_angle_is_accurate_also_where_it_is_small(double angle)
    {
        double[] first = [3, 0, 0];
        double[] second = [5e200 * Math.Cos(angle), 0, 5e200 * Math.Sin(angle)];
        Assert.Equal(angle, SpectralAngle.Radians<double>(first, second), 1e-9 * angle);
        Assert.Equal(angle * 180 / Math.PI, SpectralAngle.Degrees<double>(first, second), 1e-7 * angle);
    }

    [Fact]
    public void A_dark_spectrum_is_orthogonal_to_every_other_and_lengths_must_agree()
    {
        Assert.Equal(Math.PI / 2, SpectralAngle.Radians<float>([0, 0], [1, 2]));
        Assert.Throws<ArgumentException>(() => SpectralAngle.Radians<float>([1], [1, 2]));
    }

    [Fact]
    public void Errors_of_matrices_have_their_closed_forms()
    {
        var truth = Matrix<float>.FromRowMajor([3, 0, 4, 0], 2, 2);
        var estimate = Matrix<float>.FromRowMajor([3, 1, 4, 2], 2, 2);
        Assert.Equal(Math.Sqrt(5.0 / 4), ReconstructionQuality.RootMeanSquareError(truth, estimate), 1e-12);
        Assert.Equal(10 * Math.Log10(25.0 / 5), ReconstructionQuality.SignalToNoiseRatio(truth, estimate), 1e-12);
        Assert.Equal(double.PositiveInfinity, ReconstructionQuality.SignalToNoiseRatio(truth, truth));
        var other = new Matrix<float>(2, 3);
        Assert.Throws<ArgumentException>(() => ReconstructionQuality.RootMeanSquareError(truth, other));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_residual_of_a_factorisation_is_that_of_the_product(bool sparse)
    {
        var values = TestData.Counts(40, 25, 3, 2);
        var data = sparse ? TestData.Sparse<double>(values, 40, 25) : TestData.Dense<double>(values, 40, 25);
        var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 3, Problem = 1 });
        var product = model.Reconstruct(model.Activations);
        var residual = values.Zip(product.ToRowMajor(), (v, y) => (v - y) * (v - y)).Sum();
        Assert.Equal(
            residual, ReconstructionQuality.ResidualSumOfSquares(data, model.Dictionary, model.Activations),
            1e-9 * residual);
        Assert.Equal(
            10 * Math.Log10(values.Sum(v => v * v) / residual),
            ReconstructionQuality.SignalToNoiseRatio(data, model.Dictionary, model.Activations), 1e-9);
        Assert.Throws<ArgumentException>(
            () => ReconstructionQuality.ResidualSumOfSquares(data, model.Activations, model.Dictionary));
    }

    [Fact]
    public void Sparseness_is_zero_for_equal_entries_and_one_for_a_single_one()
    {
        Assert.Equal(0, Sparseness.Hoyer<float>([2, 2, 2, 2]), 1e-7);
        Assert.Equal(1, Sparseness.Hoyer<double>([0, 5, 0, 0]), 1e-15);
        Assert.Equal((2 - (7 / 5.0)) / (2 - 1), Sparseness.Hoyer<double>([3, 4, 0, 0]), 1e-15);
        Assert.True(double.IsNaN(Sparseness.Hoyer<double>([0, 0])));
        // The column of zeros has none, the others 1 and 0.
        var factor = Matrix<double>.FromRowMajor([0, 1, 2, 0, 0, 2], 2, 3);
        Assert.Equal(0.5, Sparseness.OfColumns(factor), 1e-15);
    }

    [Fact]
    public void Noise_floors_are_the_expected_divergences()
    {
        // SciPy: sum of poisson.pmf(x, m) x log(x / m).
        Assert.Equal(0.23704892382996856, NoiseFloor.Poisson(0.1), 1e-12);
        Assert.Equal(0.5734028091226203, NoiseFloor.Poisson(1), 1e-12);
        Assert.Equal(0.5233384831904115, NoiseFloor.Poisson(5), 1e-12);
        Assert.Equal(0.5017048267594544, NoiseFloor.Poisson(49.9), 1e-11);
        Assert.Equal(0.5016978769209323, NoiseFloor.Poisson(50.1), 1e-5);
        Assert.Equal(0.5000834168237542, NoiseFloor.Poisson(1000), 1e-5);
        Assert.Equal(0, NoiseFloor.Poisson(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseFloor.Poisson(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseFloor.Poisson(double.NaN));
    }
}

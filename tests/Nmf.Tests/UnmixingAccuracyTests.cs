using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Ten scenes with and without pure pixels, 40 dB: spectral angle and abundances against the truth.</summary>
public sealed class UnmixingAccuracyTests
{
    private const int Samples = 1500;
    private const int Features = 80;
    private const int Rank = 4;

    [Fact]
    public void Pure_pixels_give_the_endmembers_to_a_degree()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var (angle, error) = Unmix(seed, purity: 1, new NmfOptions { Rank = Rank, Problem = new AbundanceNmf() });
            Assert.True(angle <= 1 && error <= 0.02, $"Seed {seed}: {angle:F3} degrees, abundance error {error:F4}");
        }
    }

    [Fact]
    public void Without_pure_pixels_the_volume_that_the_noise_asks_for_halves_the_angle_of_the_search()
    {
        var plain = new NmfOptions { Rank = Rank, Problem = new AbundanceNmf() };
        for (var seed = 1; seed <= 10; seed++)
        {
            var (alone, _) = Unmix(
                seed, purity: 0.8, plain with { Iterations = new() { MaximumIterations = 0 }, Initialization =
                    NmfInitialization.SuccessiveProjection });
            var (angle, _) = Unmix(
                seed, purity: 0.8, plain);
            Assert.True(angle <= 0.5 * alone, $"Seed {seed}: {alone:F3} -> {angle:F3} degrees");
        }
    }

    private static (double Angle, double Error) Unmix(int seed, double purity, NmfOptions options)
    {
        var (values, truth) = UnmixingScene.Create(Samples, Features, Rank, 40, purity, seed);
        var data = NmfData<float>.FromDense(Array.ConvertAll(values, v => (float)v), Samples, Features);
        var model = NmfFactorizer.Fit(data, options);
        return truth.Compare(model);
    }
}

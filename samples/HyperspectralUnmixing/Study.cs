using Nmf;
using Nmf.Kernels;

namespace HyperspectralUnmixing;

/// <summary>One way to unmix a scene, and how well it did.</summary>
/// <param name="Degrees">Mean spectral angle.</param>
/// <param name="Error">Root mean square error of the abundances.</param>
internal readonly record struct Outcome(double Degrees, double Error)
{
    public override string ToString() => $"{Format.Figure(Degrees, 2)}° {Format.Figure(Error, 4)}";
}

/// <summary>The purest pixels alone, a fit from them without a penalty on the volume, and the default.</summary>
internal sealed record Comparison(int Seed, Outcome Search, Outcome Fit, Outcome Volume);

/// <summary>Scenes with and without pure pixels, several of each, unmixed in three ways by the core library.</summary>
internal static class Study
{
    private const int Side = 40;
    private const int Bands = 80;
    private const int Rank = 4;

    public const string Scenes = "40 x 40 pixels, 80 bands, 4 materials, 40 dB";

    public static Comparison[] Run(int seeds, double purity)
        => [.. Enumerable.Range(1, seeds).Select(seed => Compare(seed, purity))];

    private static Comparison Compare(int seed, double purity)
    {
        var scene = Scene.Create(new SceneOptions(Side, Bands, Rank, Decibels: 40, purity, seed));
        var data = NmfData<float>.FromDense(scene.Pixels, Side * Side, Bands);
        var standard = new NmfOptions { Rank = Rank, Problem = new AbundanceNmf() };
        var search = standard with { Initialization = NmfInitialization.SuccessiveProjection };
        return new Comparison(
            seed,
            Unmix(search with { Iterations = new() { MaximumIterations = 0 } }),
            Unmix(search),
            Unmix(standard));

        Outcome Unmix(NmfOptions options)
        {
            var model = NmfFactorizer.Fit(data, options);
            var endmembers = Enumerable.Range(0, Rank)
                .Select(k => Enumerable.Range(0, Bands).Select(f => model.Dictionary[f, k]).ToArray()).ToArray();
            float[] abundances = [
                .. Enumerable.Range(0, Side * Side).SelectMany(n => model.Activations.Row(n).ToArray())];
            var accuracy = Accuracy.Of(scene.Endmembers, endmembers, scene.Abundances, abundances);
            return new Outcome(accuracy.MeanDegrees, accuracy.AbundanceError);
        }
    }
}

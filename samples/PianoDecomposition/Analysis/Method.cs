using Nmf;
using Nmf.Audio;

namespace PianoDecomposition.Analysis;

/// <summary>A way to decompose a spectrogram.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Key">Its name in files.</param>
/// <param name="Beta">Divergence.</param>
/// <param name="IsPower">Whether it works on powers; otherwise on magnitudes.</param>
/// <param name="Annealing">Stages before the fit, or null.</param>
internal sealed record Method(string Name, string Key, double Beta, bool IsPower, BetaAnnealing? Annealing)
{
    public static readonly Method ItakuraSaito = new(
        "Itakura-Saito on power", "is", BetaDivergence.ItakuraSaito, true, null);

    public static readonly Method Annealed = new(
        "Itakura-Saito, annealed from β = 2", "annealed", BetaDivergence.ItakuraSaito, true,
        new BetaAnnealing { Stages = 8, IterationsPerStage = 15 });

    public static readonly Method KullbackLeibler = new(
        "Kullback-Leibler on magnitude", "kl", BetaDivergence.KullbackLeibler, false, null);

    /// <summary>The data of the factorisation, frames x frequencies.</summary>
    public NmfData<float> Data(Spectrogram spectrogram)
    {
        var spectra = IsPower ? spectrogram.Power() : spectrogram.Magnitude();
        return SpectralScaling.For(spectra).ToData(spectra);
    }

    public NmfOptions Options(int rank, int iterations, int seed) => new()
    {
        Rank = rank,
        Problem = new BetaNmf(Beta) { Annealing = Annealing },
        Initialization = NmfInitialization.Random,
        Iterations = new() { MaximumIterations = iterations, Tolerance = 1e-6 },
        Seed = seed,
    };
}

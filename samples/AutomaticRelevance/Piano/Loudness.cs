using Nmf;
using Nmf.Audio;
using Nmf.Kernels;

namespace AutomaticRelevance.Piano;

/// <summary>
/// How loud the components are as sounds: standard deviations of their signals, reconstructed with the Wiener filter of
/// all components, decreasing. With automatic relevance determination they fall off a cliff behind the relevant
/// components; of a plain fit they slope.
/// </summary>
/// <param name="Relevance">Of the fit with automatic relevance determination, the components that
/// died out included.</param>
/// <param name="Plain">Of a plain fit with as many components.</param>
internal sealed record Loudness(IReadOnlyList<double> Relevance, IReadOnlyList<double> Plain)
{
    public static Loudness Of(PianoMusic music, RelevancePrior prior, PianoFit fit)
    {
        // The model of a fit has the relevant components only. Its start and its number of iterations give the factors
        // that it saw, all of them.
        var start = PianoFit.Factors(music, prior, fit.Seed, fit.Start);
        using var team = new WorkTeam(Environment.ProcessorCount);
        var solver = Solver<float>.Create(music.Data, PianoFit.Options(prior, fit.Iterations), start, team);
        for (var i = 0; i < fit.Iterations; i++)
            solver.Step();
        var plain = NmfFactorizer.Fit(
            music.Data, PianoFit.Options(prior, fit.Iterations) with { Problem = BetaDivergence.ItakuraSaito,
                Seed = fit.Seed, Initialization = NmfInitialization.Random });
        return new Loudness(
            Deviations(music, solver.W, solver.H), Deviations(music, plain.Dictionary, plain.Activations));
    }

    /// <summary>The loudness of the k loudest components over that of the next.</summary>
    public static double Step(IReadOnlyList<double> deviations, int k) => deviations[k - 1] / deviations[k];

    private static double[] Deviations(PianoMusic music, Matrix<float> dictionary, Matrix<float> activations)
    {
        var filter = new WienerFilter(dictionary);
        var deviations = new double[filter.Rank];
        for (var k = 0; k < deviations.Length; k++)
        {
            var signal = filter.Signal(music.Spectrogram, activations, k);
            var mean = signal.Average(x => (double)x);
            deviations[k] = Math.Sqrt(signal.Sum(x => (x - mean) * (x - mean)) / signal.Length);
        }

        return [.. deviations.OrderDescending()];
    }
}

using Nmf;
using Nmf.Audio;
using Restoration.Sound;

namespace Restoration.Analysis;

/// <summary>
/// A recording in components: Itakura-Saito NMF of the power spectrogram, and the Wiener filter that gives
/// components their sound. Components are numbered by the energy of that, the loudest first: what they have of the
/// model is not how loud they are.
/// </summary>
internal sealed class Decomposition
{
    private readonly WienerFilter _filter;
    private readonly NmfModel<float> _model;
    private readonly int[] _order;

    private Decomposition(Spectrogram mixture, NmfModel<float> model)
    {
        (Mixture, _model) = (mixture, model);
        _filter = new WienerFilter(model.Dictionary);
        var energies = _filter.Energies(mixture, model.Activations);
        _order = [.. Enumerable.Range(0, energies.Length).OrderByDescending(k => energies[k])];
        var energy = mixture.Stft.Synthesize(mixture).Sum(sample => (double)sample * sample);
        EnergyShares = Array.ConvertAll(_order, k => energies[k] / energy);
    }

    public Spectrogram Mixture { get; }

    /// <summary>Number of components.</summary>
    public int Components => _order.Length;

    /// <summary>The energy of the sound of each component over that of the recording. Where components sound together
    /// they add up to less than one.</summary>
    public IReadOnlyList<double> EnergyShares { get; }

    /// <summary>Fits from several starts and keeps the best.</summary>
    /// <exception cref="UserErrorException">The recording is silent or has samples that are not finite.</exception>
    public static Decomposition Create(Recording recording, CommandLine options)
    {
        // A power of two, from three quarters to one and a half of what was asked for.
        var length = (int)System.Numerics.BitOperations.RoundUpToPowerOf2(
            (uint)(options.FrameSeconds * recording.SampleRate * 0.75));
        var stft = new Stft(new StftOptions { FrameLength = length, HopLength = length / 2, Window = StftWindow.Sine });
        try
        {
            var mixture = stft.Analyze(recording.Samples);
            var power = mixture.Power();
            var data = SpectralScaling.For(power).ToData(power);
            var model = NmfFactorizer.Fit(data, new NmfOptions
            {
                Rank = options.Components,
                Problem = BetaDivergence.ItakuraSaito,
                Initialization = NmfInitialization.ShortRuns,
                Iterations = new() { MaximumIterations = options.Iterations, Tolerance = 1e-6 },
                Starts = options.Starts,
                Seed = 1,
            });
            return new Decomposition(mixture, model);
        }
        catch (AudioDataException e)
        {
            throw new UserErrorException($"{recording.Title}: {e.Message}");
        }
    }

    /// <summary>The sound of some components together.</summary>
    public float[] Signal(params int[] components)
        => _filter.Signal(Mixture, _model.Activations, [.. components.Select(k => _order[k])]);

    /// <summary>The power spectrum of a component.</summary>
    public double[] Spectrum(int component) => [
        .. Enumerable.Range(0, _model.Dictionary.Rows).Select(f => (double)_model.Dictionary[f, _order[component]])];

    /// <summary>The powers of a component in every frame.</summary>
    public double[] Activation(int component) => [
        .. Enumerable.Range(0, _model.Activations.Rows).Select(n => (double)_model.Activations[n, _order[component]])];
}

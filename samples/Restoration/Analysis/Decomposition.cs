using Nmf;
using Nmf.Audio;
using Restoration.Sound;

namespace Restoration.Analysis;

/// <summary>A recording in components: Itakura-Saito NMF of the power spectrogram, and the Wiener filter that gives components their sound.</summary>
internal sealed class Decomposition : IDisposable
{
    private readonly WienerFilter _filter;

    private Decomposition(Spectrogram mixture, NmfModel<float> model)
    {
        (Mixture, Model) = (mixture, model);
        _filter = new WienerFilter(model.Dictionary);
    }

    public Spectrogram Mixture { get; }

    public NmfModel<float> Model { get; }

    /// <summary>Fits from several starts and keeps the best.</summary>
    /// <exception cref="UserErrorException">The recording is silent or has samples that are not finite.</exception>
    public static Decomposition Create(Recording recording, CommandLine options)
    {
        // A power of two, from three quarters to one and a half of what was asked for.
        var length = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(options.FrameSeconds * recording.SampleRate * 0.75));
        var stft = new Stft(new StftOptions { FrameLength = length, HopLength = length / 2, Window = StftWindow.Sine });
        try
        {
            var mixture = stft.Analyze(recording.Samples);
            var power = mixture.Power();
            using var data = SpectralScaling.For(power).ToData(power);
            var model = NmfFactorizer.Fit(data, new NmfOptions
            {
                Rank = options.Components,
                Beta = BetaDivergence.ItakuraSaito,
                Initialization = NmfInitialization.Random,
                MaximumIterations = options.Iterations,
                Tolerance = 1e-6,
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
    public float[] Signal(params int[] components) => _filter.Signal(Mixture, Model.Activations, components);

    public void Dispose()
    {
        _filter.Dispose();
        Model.Dispose();
        Mixture.Dispose();
    }
}

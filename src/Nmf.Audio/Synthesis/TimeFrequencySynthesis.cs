using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Takes a recording apart into layers that are synthesised from time-frequency coefficients, and noise. Each layer has
/// a frame of its own and a nonnegative factorisation of the variances of its coefficients: with long frames it holds
/// tones, with short ones beats; one layer alone is what is left when noise is taken away. Févotte and Kowalski,
/// "Low-rank time-frequency synthesis", 2014.
/// </summary>
/// <remarks>
/// Factorising a spectrogram and filtering it looks at the coefficients of the recording, noise included, and keeps
/// each by itself. Here the coefficients are unknown: those that belong to one signal, of the many that a redundant
/// frame has for it, are found together with the factors that explain them.
/// </remarks>
public static class TimeFrequencySynthesis
{
    /// <summary>Fits dictionaries, activations and coefficients to a recording.</summary>
    /// <remarks>Memory: some 40 bytes for every complex coefficient of all layers. An iteration costs three transforms
    /// of every frame, and of the order of 16 F N K operations for each layer.</remarks>
    /// <param name="signal">Samples of one channel.</param>
    /// <param name="sampleRate">Sample rate in Hz, greater than 0.</param>
    /// <param name="options">Layers, noise and iterations; null for the defaults.</param>
    /// <param name="checkpoint">Where to save the state at intervals and to find that of an interrupted fit, or
    /// null.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="AudioDataException">The signal is empty or silent, or has a sample that is not
    /// finite.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static SynthesisDecomposition Fit(
        ReadOnlySpan<float> signal, int sampleRate, SynthesisOptions? options = null, NmfCheckpoint? checkpoint = null,
        IProgress<FitProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        options ??= new SynthesisOptions();
        options.Validate();
        return Run(signal, sampleRate, options, null, checkpoint, progress, cancellationToken);
    }

    /// <summary>A fit, or with a model a fit of activations and coefficients only.</summary>
    internal static SynthesisDecomposition Run(
        ReadOnlySpan<float> signal, int sampleRate, SynthesisOptions options, SynthesisModel? known,
        NmfCheckpoint? checkpoint, IProgress<FitProgress>? progress, CancellationToken cancellationToken)
    {
        if (signal.IsEmpty)
            throw new AudioDataException("The signal is empty.");
        AudioDataException.RequireFinite(signal, 0);
        var (samples, exponent) = InUnit(signal);
        if (exponent is null && known is null)
            throw new AudioDataException("The recording is silent: there is nothing to decompose.");
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var plan = new Plan(samples, exponent ?? 0, options, known, team);
        var copy = signal.ToArray();
        return new BestOfStarts<SynthesisSolver, LayerParts[]>(plan, progress, cancellationToken).Run(
            checkpoint,
            () => options.AddTo(CheckpointFacts.Of<double>("time-frequency synthesis", checkpoint!))
                .Add("signal", CheckpointFacts.MarkOf(Matrix<double>.FromRowMajor(samples, 1, samples.Length)))
                .Add("unit", exponent ?? 0),
            (parts, report) => new SynthesisDecomposition(
                known ?? new SynthesisModel(
                    sampleRate, options.Likelihood, plan.NoiseVariance,
                    [.. options.Layers.Zip(parts, (layer, part) => (layer.Stft, part.Dictionary))]),
                copy, parts, report));
    }

    // Divided by the power of two that gives samples a mean power between 1 and 4; null for silence.
    private static (double[] Samples, int? Exponent) InUnit(ReadOnlySpan<float> signal)
    {
        var samples = new double[signal.Length];
        TensorPrimitives.ConvertChecked(signal, samples);
        var power = TensorPrimitives.SumOfSquares<double>(samples) / samples.Length;
        if (power == 0)
            return (samples, null);
        var exponent = (int)Math.Floor(Math.ILogB(power) / 2.0);
        for (var t = 0; t < samples.Length; t++)
            samples[t] = Math.ScaleB(samples[t], -exponent);
        return (samples, exponent);
    }

    private sealed class Plan(
        double[] signal, int exponent, SynthesisOptions options, SynthesisModel? known, WorkTeam team)
        : FitPlan<SynthesisSolver, LayerParts[]>
    {
        private readonly double _noise = known is not null ? Math.ScaleB(known.NoiseVariance, -2 * exponent)
            : options.Noise.Variance is { } given ? Math.ScaleB(given, -2 * exponent)
            : SynthesisNoise.Estimate(new TightFrame(options.Layers[0].Stft, signal.Length, 1), signal);

        private long _coefficients;

        public double NoiseVariance => Math.ScaleB(_noise, 2 * exponent);

        public override int Starts => options.Starts;

        public override IterationOptions Iterations(int stage) => options.Iterations;

        // Every variance is in the unit of the fit, squared, in the logarithm of its coefficient.
        public override double Objective(int stage, double objective)
            => objective + (_coefficients * 2 * exponent * Math.Log(2));

        public override SynthesisSolver Create(int start)
        {
            var power = TensorPrimitives.SumOfSquares<double>(signal) / signal.Length;
            var layers = new SynthesisLayerState[options.Layers.Count];
            for (var j = 0; j < layers.Length; j++)
            {
                var frame = new TightFrame(options.Layers[j].Stft, signal.Length, team.Threads);
                layers[j] = new SynthesisLayerState(frame, options.Layers[j].Rank, team);
                layers[j].Start(
                    new CounterRandom(options.Seed, (start * SynthesisOptions.MostLayers) + j),
                    Math.Max(power, _noise) * frame.NoiseShare / layers.Length, known?.Dictionary(j));
            }

            var solver = new SynthesisSolver(signal, layers, _noise, options, known is not null, team);
            _coefficients = solver.Count;
            return solver;
        }

        // Its state is about to be loaded.
        public override SynthesisSolver CreateEmpty(int stage) => Create(0);

        public override LayerParts[] Result(SynthesisSolver model)
            => [.. model.Layers.Select((layer, j) => LayerParts.Of(layer, model.Synthesized(j), exponent))];
    }
}

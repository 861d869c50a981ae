using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;
using Nmf.Audio;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Learns a dictionary of spectra from clips of sound and describes every clip by the activations of the components,
/// pooled over its frames: the way from a waveform, or a WAV file, to a vector that a classifier takes.
/// </summary>
/// <remarks>
/// <para>Input: a vector of <see cref="float"/> of known or variable size (samples of one channel; a column may tell
/// their sample rate), or text (paths of WAV files; several channels are averaged). Output: K Singles for each kind of
/// pooling, with slot names <c>Component0.Mean</c>, …, <c>Component0.Maximum</c>, …,
/// <c>Component0.Change</c>, …</para>
/// <para>The clips are read once, frame by frame; the dictionary is learnt from a random sample of frames, so memory
/// does not grow with the set. Activations grow with the loudness of a clip; a step such as
/// <c>NormalizeLogMeanVariance</c> before a linear classifier evens them out. A clip shorter than a frame is filled up
/// with zeros; an empty one, a sample that is not finite, a broken file or another sample rate is an
/// <see cref="NmfDataException"/> that names column and row.</para>
/// <para>Immutable; fitting twice gives the same model, bit for bit.</para>
/// </remarks>
public sealed partial class AudioNmfEstimator : IEstimator<AudioNmfTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;

    internal AudioNmfEstimator(IHostEnvironment environment, Options options)
    {
        _host = NmfFitOptions.Register(environment, nameof(AudioNmfEstimator), options);
        (_options, _seed) = NmfFitOptions.Freeze(_host, options);
    }

    /// <summary>The schema after the transformation.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        AudioColumn.RequireShape(_host, inputSchema, _options.EffectiveInputColumnName, _options.SampleRateColumnName);
        return inputSchema.With(VectorShape.Create(_options.OutputColumnName, VectorShape.SlotNames));
    }

    /// <summary>Learns the dictionary.</summary>
    /// <param name="input">The clips; read once.</param>
    /// <returns>The transformer that maps clips to pooled activations.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    /// <exception cref="NmfDataException">A clip cannot be used, or all are silent; the message names
    /// column and row.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public AudioNmfTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        using var channel = _host.Start("Training");
        using var cancellation = new FitCancellation(_host, _options.CancellationToken);
        var spectra = TrainingSpectra.Read(_host, channel, input, _options, _seed, cancellation);
        var options = _options.ToCore(_seed);
        options = options with { Solver = options.EffectiveSolverFor(spectra.Data) };
        var messages = new FitMessages(channel, options);
        messages.BeforeFit(spectra.Data);
        using var progress = ProgressChannel.OfFit(
            _host, channel, options.Starts, options.Iterations.MaximumIterations);
        var checkpoint = _options.Checkpoint is { } given
            ? given with { Label = $"column '{_options.EffectiveInputColumnName}'" }
            : null;
        var model = cancellation.Guard(
            token => NmfFactorizer.Fit(
                spectra.Data, options, null, checkpoint, progress, first: 0, ownsData: true, token));
        messages.AfterFit(model);
        var parameters = NmfModelParameters.FromFit(model, spectra.Data.Samples, null);
        return new AudioNmfTransformer(
            _host, parameters, spectra.Stft, spectra.Scaling, _options.Spectrum, _options.Pooling,
            spectra.SampleRate ?? _options.SampleRate, (_options.OutputColumnName, _options.EffectiveInputColumnName),
            _options.SampleRateColumnName, _options.ReadTruncated);
    }
}

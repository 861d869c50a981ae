using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// What is known of a source of sound, such as speech: spectra learnt from clean recordings, and optionally which
/// follow which. With it the source is extracted from recordings with noise that nobody has heard before: the spectra
/// stay as they are, those of the noise are learnt from the recording itself, and the Wiener filter of both shares out
/// every coefficient (semi-supervised separation, Smaragdis, Raj and Shashanka, "Supervised and semi-supervised
/// separation of sounds from single-channel mixtures", 2007; with the Itakura-Saito divergence, and with transitions,
/// Févotte, Le Roux and Hershey, "Non-negative dynamical system with application to speech and audio", 2013).
/// </summary>
/// <remarks>
/// Immutable and thread-safe. A patent application exists on transforming signals with transitions
/// (<see cref="SourceModelOptions.TransitionShape"/>; WO 2014/065342); plain models have none.
/// </remarks>
public sealed class SourceModel
{
    private readonly Stft _stft;

    internal SourceModel(
        int sampleRate, SourceModelOptions options, Matrix<float> dictionary, Matrix<float>? transitions)
    {
        (SampleRate, Options, Dictionary, Transitions) = (sampleRate, options, dictionary, transitions);
        _stft = new Stft(options.Stft);
    }

    /// <summary>Sample rate of the recordings it was learnt from, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>The options it was learnt with; of a model that was loaded, those that its use depends on (spectrogram,
    /// rank, shape), the others being defaults.</summary>
    public SourceModelOptions Options { get; }

    /// <summary>The spectra W, frequencies x K.</summary>
    public Matrix<float> Dictionary { get; }

    /// <summary>The transitions A, K x K: row i, column j is what spectrum j now gives to spectrum i next; null for
    /// a plain model.</summary>
    public Matrix<float>? Transitions { get; }

    /// <summary>Learns the spectra of a source from clean recordings of it.</summary>
    /// <remarks>Memory for the powers of all recordings, 4 bytes each, and for three to ten matrices of frames x K; an
    /// iteration costs 12 F N K operations, and 12 N K² more with transitions.</remarks>
    /// <param name="recordings">Recordings of one channel and one sample rate. Their levels do not matter.</param>
    /// <param name="options">What to learn and how; null for the defaults.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread; with transitions for each of
    /// the two fits in turn.</param>
    /// <param name="cancellationToken">Looked at before every frame and every iteration.</param>
    /// <exception cref="ArgumentException">There is no recording, one has several channels or another sample rate, or
    /// an option is out of range.</exception>
    /// <exception cref="AudioDataException">A recording is empty, silent, or has a sample that
    /// is not finite.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static SourceModel Learn(
        IReadOnlyList<AudioClip> recordings,
        SourceModelOptions? options = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        options ??= new SourceModelOptions();
        options.Validate();
        if (recordings.Count == 0)
            throw new ArgumentException("There is no recording to learn from.", nameof(recordings));
        for (var i = 0; i < recordings.Count; i++)
        {
            RequireMono(recordings[i], $"Recording {i}");
            if (recordings[i].SampleRate != recordings[0].SampleRate)
            {
                throw new ArgumentException(
                    $"Recording {i} has {recordings[i].SampleRate} samples per second, the first one "
                    + $"{recordings[0].SampleRate}. They must be the same.", nameof(recordings));
            }
        }

        var (dictionary, transitions) = SourceTraining.Run(recordings, options, progress, cancellationToken);
        return new SourceModel(recordings[0].SampleRate, options, dictionary, transitions);
    }

    /// <summary>Extracts the source from a recording.</summary>
    /// <remarks>Memory for the spectrogram of the recording and for three to four matrices of its frames x components.
    /// Noise that changes its character is followed better in pieces of some seconds to a minute.</remarks>
    /// <param name="recording">A recording of one channel, with the sample rate of the model.</param>
    /// <param name="options">What else is in it, and how to fit; null for the defaults.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every frame and every iteration.</param>
    /// <returns>The source and the rest; they add up to the recording. Silence stays silence, and what is heard is
    /// taken apart as without it.</returns>
    /// <exception cref="ArgumentException">The recording has several channels or another sample rate, or an option is
    /// out of range.</exception>
    /// <exception cref="AudioDataException">The recording is empty or has a sample that is not finite.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public EnhancedRecording Enhance(
        AudioClip recording,
        EnhancementOptions? options = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recording);
        options ??= new EnhancementOptions();
        options.Validate();
        RequireMono(recording, "The recording");
        if (recording.SampleRate != SampleRate)
        {
            throw new ArgumentException(
                $"The recording has {recording.SampleRate} samples per second, "
                + $"but the model was learnt at {SampleRate}. Resample the recording.", nameof(recording));
        }

        var samples = recording.Channels[0];
        var mixture = _stft.Analyze(samples, cancellationToken);
        var separation = SourceSeparation.Fit(this, mixture, options, progress, cancellationToken);
        var source = separation.Source(mixture, options.Trust, cancellationToken);
        Array.Resize(ref source, samples.Length);
        var residual = new float[samples.Length];
        for (var t = 0; t < residual.Length; t++)
            residual[t] = samples[t] - source[t];
        return new EnhancedRecording(
            new AudioClip(SampleRate, source), new AudioClip(SampleRate, residual), separation.Report);
    }

    /// <summary>Writes the model to a file, over an older one.</summary>
    /// <param name="path">Path of the file.</param>
    public void Save(string path)
    {
        using var stream = File.Create(AudioPath.RequireNoFolder(path));
        Save(stream);
    }

    /// <summary>Writes the model.</summary>
    /// <param name="stream">A stream to write to; left open.</param>
    public void Save(Stream stream) => SourceModelFile.Write(this, stream);

    /// <summary>Reads a model from a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="InvalidDataException">It is no model, or it is damaged.</exception>
    public static SourceModel Load(string path)
    {
        using var stream = File.OpenRead(AudioPath.RequireNoFolder(path));
        return Load(stream);
    }

    /// <summary>Reads a model that <see cref="Save(Stream)"/> wrote.</summary>
    /// <param name="stream">A stream to read from, up to the end of the model; left open.</param>
    /// <exception cref="InvalidDataException">It is no model, or it is damaged.</exception>
    public static SourceModel Load(Stream stream) => SourceModelFile.Read(stream);

    private static void RequireMono(AudioClip clip, string what)
    {
        ArgumentNullException.ThrowIfNull(clip);
        if (clip.Channels.Count != 1)
            throw new ArgumentException(
                $"{what} has {clip.Channels.Count} channels. Take one of them, or their mean (ToMono).");
    }
}

using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Audio;

namespace Microsoft.ML.Transforms;

/// <summary>What of a frame is factorised.</summary>
public enum AudioSpectrum
{
    /// <summary>Powers, for the Itakura-Saito divergence (β = 0).</summary>
    Power,

    /// <summary>Magnitudes, for the Kullback-Leibler divergence (β = 1).</summary>
    Magnitude,
}

/// <summary>How the activations of the frames become those of a clip.</summary>
[Flags]
public enum AudioPooling
{
    /// <summary>Not at all; not allowed.</summary>
    None = 0,

    /// <summary>Their mean.</summary>
    Mean = 1,

    /// <summary>Their greatest.</summary>
    Maximum = 2,

    /// <summary>How much they change: the mean of |h_n - h_{n-1}| over the frames n = 1, 2, …; 0 for a single
    /// frame.</summary>
    Change = 4,
}

public sealed partial class AudioNmfEstimator
{
    /// <summary>
    /// What an <see cref="AudioNmfEstimator"/> fits and how: 20 components unless told otherwise, and less exact
    /// inference than for other rows, which are not averaged.
    /// </summary>
    public sealed class Options : NmfFitOptions
    {
        // Without a rate, frames are as long as those of 32 ms at 16 kHz.
        private const int UsualRate = 16_000;

        internal const AudioPooling EveryPooling = AudioPooling.Mean | AudioPooling.Maximum | AudioPooling.Change;

        /// <summary>The options in their usual state.</summary>
        public Options() => (Rank, Inference) = (20, new() { Tolerance = 1e-3, MaximumIterations = 100 });

        /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. Silence has a floor,
        /// so every β will do.</summary>
        public double Beta { get; set; } = BetaDivergence.KullbackLeibler;

        /// <summary>Powers or magnitudes.</summary>
        public AudioSpectrum Spectrum { get; set; } = AudioSpectrum.Magnitude;

        /// <summary>How the activations of the frames become those of a clip: each kind gives K slots, in the order
        /// mean, maximum, change.</summary>
        public AudioPooling Pooling { get; set; } = AudioPooling.Mean | AudioPooling.Maximum;

        /// <summary>Length of a frame in milliseconds, greater than zero; neighbours overlap by half. Where the sample
        /// rate is not known (waveforms without <see cref="SampleRate"/> or <see cref="SampleRateColumnName"/>) it is
        /// taken to be 16 kHz here, and the log has a warning.</summary>
        public double FrameMilliseconds { get; set; } = 32;

        /// <summary>The frames in samples, in the place of <see cref="FrameMilliseconds"/>; null for these.</summary>
        public StftOptions? Stft { get; set; }

        /// <summary>Whether WAV files that end before their header says are read as far as they go, as
        /// <see cref="WavReadOptions.ReadTruncated"/> has it; otherwise they are an error. Holds for the fit and for
        /// the model.</summary>
        public bool ReadTruncated { get; set; }

        /// <summary>
        /// Sample rate in Hz that clips must have; null for that of the first. It is checked where it is known: for WAV
        /// files, and for waveforms with a <see cref="SampleRateColumnName"/>; for other waveforms it is noted in the
        /// model only, and that they have it is the caller's care.
        /// </summary>
        public int? SampleRate { get; set; }

        /// <summary>Name of a column with the sample rate of each waveform in Hz (Single, Double or Int32), or null.
        /// Clips of another rate than that of the fit are then an error, as WAV files are.</summary>
        public string? SampleRateColumnName { get; set; }

        /// <summary>The dictionary is learnt from a random sample of at most so many frames: 4 bytes per frame
        /// and frequency.</summary>
        public int MaximumTrainingFrames { get; set; } = 20_000;

        /// <summary>When the fit looks at its objective and when it ends.</summary>
        public IterationOptions Iterations { get; set; } = new();

        private protected override IEnumerable<(string Option, string? Name, string What)> FurtherInputs
            => [(nameof(SampleRateColumnName), SampleRateColumnName, "sample rate column")];

        private protected override void Check(IExceptionContext context)
        {
            context.CheckUserArg(Enum.IsDefined(Spectrum), nameof(Spectrum), $"There is no spectrum {Spectrum}.");
            context.CheckUserArg(
                Pooling != AudioPooling.None && (Pooling & ~EveryPooling) == 0, nameof(Pooling),
                "Pooling must be the mean, the maximum, the change, or several of them.");
            context.CheckUserArg(
                SampleRate is null or > 0, nameof(SampleRate), "The sample rate must be greater than zero.");
            context.CheckUserArg(
                MaximumTrainingFrames > 0, nameof(MaximumTrainingFrames),
                "The maximum number of training frames must be greater than zero.");
            context.CheckUserArg(
                FrameMilliseconds is > 0 and < double.PositiveInfinity, nameof(FrameMilliseconds),
                "The length of a frame must be finite and greater than zero.");
        }

        private protected override void ValidateCore()
        {
            Stft?.Validate();
            ToCore(seed: 0).Validate();
        }

        /// <summary>The frames for clips of a sample rate, null where it is not known.</summary>
        /// <exception cref="ArgumentException">A frame of that length has too few or too many samples.</exception>
        internal Stft StftFor(int? sampleRate) => new(Stft ?? new()
        {
            FrameLength = (int)Math.Min(int.MaxValue, Math.Round(FrameMilliseconds * (sampleRate ?? UsualRate) / 1000)),
        });

        internal NmfOptions ToCore(int seed) => new()
        {
            Rank = Rank,
            Problem = Beta,
            Initialization = NmfInitialization.ShortRuns,
            Iterations = Iterations,
            Seed = seed,
            Threads = Threads,
            Inference = Inference,
        };
    }
}

using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Audio;

namespace Microsoft.ML.Transforms;

/// <summary>What of a frame is factorised.</summary>
public enum AudioSpectrum
{
    /// <summary>Powers, for the Itakura-Saito divergence.</summary>
    Power,

    /// <summary>Magnitudes, for the Kullback-Leibler divergence.</summary>
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
}

public sealed partial class AudioNmfEstimator
{
    /// <summary>
    /// What an <see cref="AudioNmfEstimator"/> fits and how: 20 components unless told otherwise, and less exact
    /// inference than for other rows, which are not averaged.
    /// </summary>
    public sealed class Options : NmfFitOptions
    {
        /// <summary>The options in their usual state.</summary>
        public Options() => (Rank, Inference) = (20, new() { Tolerance = 1e-3, MaximumIterations = 100 });

        /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. Silence has a floor,
        /// so every β will do.</summary>
        public double Beta { get; set; } = BetaDivergence.ItakuraSaito;

        /// <summary>Powers or magnitudes.</summary>
        public AudioSpectrum Spectrum { get; set; }

        /// <summary>How the activations of the frames become those of a clip: each kind gives K slots, in the order
        /// mean, maximum.</summary>
        public AudioPooling Pooling { get; set; } = AudioPooling.Mean | AudioPooling.Maximum;

        /// <summary>The frames.</summary>
        public StftOptions Stft { get; set; } = new();

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
                Pooling != AudioPooling.None && (Pooling & ~(AudioPooling.Mean | AudioPooling.Maximum)) == 0,
                nameof(Pooling), "Pooling must be the mean, the maximum or both.");
            context.CheckUserArg(
                SampleRate is null or > 0, nameof(SampleRate), "The sample rate must be greater than zero.");
            context.CheckUserArg(
                MaximumTrainingFrames > 0, nameof(MaximumTrainingFrames),
                "The maximum number of training frames must be greater than zero.");
            context.CheckUserArg(Stft is not null, nameof(Stft), "The options of the frames are missing.");
        }

        private protected override void ValidateCore()
        {
            Stft.Validate();
            ToCore(seed: 0).Validate();
        }

        internal NmfOptions ToCore(int seed) => new()
        {
            Rank = Rank,
            Problem = Beta,
            Initialization = NmfInitialization.Random,
            Iterations = Iterations,
            Seed = seed,
            Threads = Threads,
            Inference = Inference,
        };
    }
}

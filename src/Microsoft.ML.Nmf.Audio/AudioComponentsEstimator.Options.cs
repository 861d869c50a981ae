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

public sealed partial class AudioComponentsEstimator
{
    /// <summary>What an <see cref="AudioComponentsEstimator"/> fits and how. Checked and copied when the
    /// estimator is created.</summary>
    public sealed class Options
    {
        /// <summary>Name of the column of pooled activations. Required.</summary>
        public string OutputColumnName { get; set; } = "";

        /// <summary>Name of the column of clips; null for <see cref="OutputColumnName"/>.</summary>
        public string? InputColumnName { get; set; }

        /// <summary>Number of components K, greater than zero.</summary>
        public int Rank { get; set; } = 20;

        /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. Silence has a floor,
        /// so every β will do.</summary>
        public double Beta { get; set; } = BetaDivergence.ItakuraSaito;

        /// <summary>Powers or magnitudes.</summary>
        public AudioSpectrum Spectrum { get; set; }

        /// <summary>How the activations of the frames become those of a clip: each kind gives K slots, in the order
        /// mean, maximum.</summary>
        public AudioPooling Pooling { get; set; } = AudioPooling.Mean | AudioPooling.Maximum;

        /// <summary>Length of a frame in samples.</summary>
        public int FrameLength { get; set; } = 1024;

        /// <summary>Distance between frames in samples; null for half a frame.</summary>
        public int? HopLength { get; set; }

        /// <summary>Window.</summary>
        public StftWindow Window { get; set; }

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

        /// <summary>Most iterations of the fit, at least 0.</summary>
        public int MaximumNumberOfIterations { get; set; } = 200;

        /// <summary>The fit has converged when an iteration lowers the objective by less than this fraction of it; 0
        /// runs all iterations.</summary>
        public double Tolerance { get; set; } = 1e-5;

        /// <summary>How far an activation may be from its optimum in Transform, relative to the
        /// largest of its frame.</summary>
        public double InferenceTolerance { get; set; } = 1e-3;

        /// <summary>Most iterations for one frame in Transform.</summary>
        public int MaximumNumberOfInferenceIterations { get; set; } = 100;

        /// <summary>Seed of everything random, or null for one drawn from the <see cref="MLContext"/> when the
        /// estimator is created.</summary>
        public int? Seed { get; set; }

        /// <summary>Number of threads of the fit, or null for one per processor. The result does
        /// not depend on it.</summary>
        public int? NumberOfThreads { get; set; }

        /// <summary>Cancels a running fit, besides the cancellation of the <see cref="MLContext"/>.</summary>
        public CancellationToken CancellationToken { get; set; }

        internal string EffectiveInputColumnName => InputColumnName ?? OutputColumnName;

        internal StftOptions Stft => new() { FrameLength = FrameLength, HopLength = HopLength, Window = Window };

        internal Options Validated(IExceptionContext context)
        {
            context.CheckNonWhiteSpace(OutputColumnName, nameof(OutputColumnName));
            context.CheckUserArg(
                InputColumnName is null || !string.IsNullOrWhiteSpace(InputColumnName), nameof(InputColumnName),
                "The name of the input column must not be empty.");
            context.CheckUserArg(Enum.IsDefined(Spectrum), nameof(Spectrum), $"There is no spectrum {Spectrum}.");
            context.CheckUserArg(
                Pooling != AudioPooling.None && (Pooling & ~(AudioPooling.Mean | AudioPooling.Maximum)) == 0,
                nameof(Pooling), "Pooling must be the mean, the maximum or both.");
            context.CheckUserArg(
                SampleRateColumnName is null || !string.IsNullOrWhiteSpace(SampleRateColumnName),
                nameof(SampleRateColumnName), "The name of the sample rate column must not be empty.");
            context.CheckUserArg(
                SampleRate is null or > 0, nameof(SampleRate), "The sample rate must be greater than zero.");
            context.CheckUserArg(
                MaximumTrainingFrames > 0, nameof(MaximumTrainingFrames),
                "The maximum number of training frames must be greater than zero.");
            Stft.Validate();
            ToCore(seed: 0).Validate();
            return (Options)MemberwiseClone();
        }

        internal NmfOptions ToCore(int seed) => new()
        {
            Rank = Rank,
            Beta = Beta,
            Initialization = NmfInitialization.Random,
            MaximumIterations = MaximumNumberOfIterations,
            Tolerance = Tolerance,
            Seed = seed,
            Threads = NumberOfThreads,
            InferenceTolerance = InferenceTolerance,
            MaximumInferenceIterations = MaximumNumberOfInferenceIterations,
        };
    }
}

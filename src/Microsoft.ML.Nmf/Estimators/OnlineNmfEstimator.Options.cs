using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class OnlineNmfEstimator
{
    /// <summary>What an <see cref="OnlineNmfEstimator"/> fits and how. Checked and copied when the
    /// estimator is created.</summary>
    public sealed class Options
    {
        /// <summary>Name of the column of activations. Required.</summary>
        public string OutputColumnName { get; set; } = "";

        /// <summary>Name of the column to factorise; null for <see cref="OutputColumnName"/>.</summary>
        public string? InputColumnName { get; set; }

        /// <summary>Name of a second output column for the approximation W h of each row, or null for none.</summary>
        public string? ReconstructionColumnName { get; set; }

        /// <summary>Number of components K, greater than zero.</summary>
        public int Rank { get; set; } = 10;

        /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. For β ≤ 0 the data
        /// must be strictly positive.</summary>
        public double Beta { get; set; } = BetaDivergence.Euclidean;

        /// <summary>How the dictionary learns from a batch.</summary>
        public OnlineUpdate Update { get; set; }

        /// <summary>Rows of a batch, at least 1: with two batches in memory, the most that is
        /// held of the data.</summary>
        public int BatchSize { get; set; } = 1024;

        /// <summary>Most passes over the data, at least 1. One more pass evaluates the result.</summary>
        public int MaximumNumberOfPasses { get; set; } = 10;

        /// <summary>The passes end when one lowers the averaged cost by less than this fraction of it; 0
        /// makes all passes.</summary>
        public double Tolerance { get; set; } = 1e-3;

        /// <summary>What is left of the weight of a row when one pass more has been learnt, in (0, 1]; 1 never forgets.
        /// During the first pass the rows read so far take the place of the pass.</summary>
        public double Forgetting { get; set; } = 0.1;

        /// <summary>Most updates of the activations of a batch, at least 1.</summary>
        public int NumberOfInnerIterations { get; set; } = 20;

        /// <summary>The activations of a batch are done when an update changes them by less than this part of their
        /// norm; 0 makes all updates.</summary>
        public double InnerTolerance { get; set; } = 0.01;

        /// <summary>Start of the dictionary, made from the first batch.</summary>
        public NmfInitialization Initialization { get; set; }

        /// <summary>Seed of everything random, or null for one drawn from the <see cref="MLContext"/> when the
        /// estimator is created.</summary>
        public int? Seed { get; set; }

        /// <summary>Number of threads of the fit, or null for one per processor. The result does
        /// not depend on it.</summary>
        public int? NumberOfThreads { get; set; }

        /// <summary>How the scale that dictionary and activations share is fixed.</summary>
        public ComponentScale Scale { get; set; }

        /// <summary>Whether the activations of a row are divided by their sum, so that they are shares; a row of
        /// zeros stays zero.</summary>
        public bool NormalizeOutput { get; set; }

        /// <summary>How far an activation may be from its optimum in Transform, relative to the
        /// largest of its row.</summary>
        public double InferenceTolerance { get; set; } = 1e-5;

        /// <summary>Most iterations for one row in Transform.</summary>
        public int MaximumNumberOfInferenceIterations { get; set; } = 1000;

        /// <summary>Number of iterations into which inference is unrolled when the model is exported to ONNX.</summary>
        public int OnnxIterations { get; set; } = 200;

        /// <summary>A model that the fit goes on from, for instance one that was loaded, or null. It must have the same
        /// rank and features.</summary>
        public NmfModelParameters? InitialModel { get; set; }

        /// <summary>How many rows the initial model counts for, or null for the number of rows it
        /// was fitted to.</summary>
        public double? InitialModelWeight { get; set; }

        /// <summary>
        /// A file in which the state is saved at intervals, or null. A fit that finds a file there goes on from it,
        /// with the bits of an uninterrupted one, and one that ends deletes it; see <see cref="NmfCheckpoint"/>.
        /// </summary>
        public string? CheckpointPath { get; set; }

        /// <summary>Least time between two checkpoints; <see cref="TimeSpan.Zero"/> saves after every batch.</summary>
        public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>Cancels a running fit, besides the cancellation of the <see cref="MLContext"/>.</summary>
        public CancellationToken CancellationToken { get; set; }

        internal string EffectiveInputColumnName => InputColumnName ?? OutputColumnName;

        internal Options Validated(IExceptionContext context)
        {
            context.CheckUserArg(Enum.IsDefined(Update), nameof(Update), $"There is no online update {Update}.");
            context.CheckUserArg(
                Update != OnlineUpdate.LeastSquares || Beta == BetaDivergence.Euclidean,
                nameof(Update),
                $"The online update {Update} minimises the divergence with beta = 2 only, "
                + $"not that with beta = {Beta}.");
            context.CheckUserArg(BatchSize > 0, nameof(BatchSize), "The batch size must be greater than zero.");
            context.CheckUserArg(
                MaximumNumberOfPasses > 0, nameof(MaximumNumberOfPasses),
                "The maximum number of passes must be greater than zero.");
            context.CheckUserArg(
                Forgetting is > 0 and <= 1, nameof(Forgetting), "The forgetting must be greater than 0 and at most 1.");
            context.CheckUserArg(
                NumberOfInnerIterations is > 0 and <= 1_000_000, nameof(NumberOfInnerIterations),
                "The number of inner iterations must be between 1 and 1000000.");
            context.CheckUserArg(
                InnerTolerance >= 0, nameof(InnerTolerance), "The inner tolerance must not be negative.");
            context.CheckUserArg(
                InitialModelWeight is null or (>= 0 and < double.PositiveInfinity),
                nameof(InitialModelWeight), "The weight of the initial model must be finite and not negative.");
            context.CheckUserArg(
                CheckpointPath is null || !string.IsNullOrWhiteSpace(CheckpointPath), nameof(CheckpointPath),
                "The path of the checkpoint must not be empty.");
            context.CheckUserArg(
                CheckpointInterval >= TimeSpan.Zero, nameof(CheckpointInterval),
                "The interval between checkpoints must not be negative.");
            ToCore(seed: 0, initialModel: null).Validate();
            return (Options)MemberwiseClone();
        }

        internal OnlineNmfOptions ToCore(int seed, NmfModelParameters? initialModel) => new()
        {
            Rank = Rank,
            Beta = Beta,
            Update = Update,
            BatchSize = BatchSize,
            Passes = MaximumNumberOfPasses,
            Tolerance = Tolerance,
            Forgetting = Forgetting,
            StartWeight = initialModel is null ? null : InitialModelWeight ?? initialModel.TrainingRows,
            InnerIterations = NumberOfInnerIterations,
            InnerTolerance = InnerTolerance,
            Initialization = Initialization,
            Seed = seed,
            Threads = NumberOfThreads,
            Scale = Scale,
            Inference =
                new() { Tolerance = InferenceTolerance, MaximumIterations = MaximumNumberOfInferenceIterations },
        };

        /// <summary>The options that both estimators have: columns, schema and inference.</summary>
        internal NmfEstimator.Options ToInMemory() => new()
        {
            OutputColumnName = OutputColumnName,
            InputColumnName = InputColumnName,
            ReconstructionColumnName = ReconstructionColumnName,
            Rank = Rank,
            Beta = Beta,
            Initialization = Initialization,
            Tolerance = Tolerance,
            Seed = 0,
            NumberOfThreads = NumberOfThreads,
            Scale = Scale,
            NormalizeOutput = NormalizeOutput,
            InferenceTolerance = InferenceTolerance,
            MaximumNumberOfInferenceIterations = MaximumNumberOfInferenceIterations,
            OnnxIterations = OnnxIterations,
        };
    }
}

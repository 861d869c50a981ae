using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class OnlineNmfEstimator
{
    /// <summary>What an <see cref="OnlineNmfEstimator"/> fits and how.</summary>
    public sealed class Options : NmfRowOptions
    {
        /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. For β ≤ 0 the data
        /// must be strictly positive.</summary>
        public double Beta { get; set; } = BetaDivergence.Euclidean;

        /// <summary>What is learnt from one batch, and how long it is remembered.</summary>
        public BatchLearning Learning { get; set; } = new();

        /// <summary>Rows of a batch, at least 1: with two batches in memory, the most that is
        /// held of the data.</summary>
        public int BatchSize { get; set; } = 1024;

        /// <summary>Most passes over the data, at least 1. One more pass evaluates the result.</summary>
        public int Passes { get; set; } = 10;

        /// <summary>The passes end when one lowers the averaged cost by less than this fraction of it; 0
        /// makes all passes.</summary>
        public double Tolerance { get; set; } = 1e-3;

        /// <summary>How many rows the initial model counts for, or null for the number of rows it
        /// was fitted to.</summary>
        public double? InitialModelWeight { get; set; }

        private protected override void ValidateCore()
        {
            Option.Require(
                InitialModelWeight is null or (>= 0 and < double.PositiveInfinity), nameof(InitialModelWeight),
                "The weight of the initial model must be finite and not negative.");
            ToCore(seed: 0, initialModel: null).Validate();
        }

        internal OnlineNmfOptions ToCore(int seed, NmfModelParameters? initialModel) => new()
        {
            Rank = Rank,
            Beta = Beta,
            Learning = Learning,
            BatchSize = BatchSize,
            Passes = Passes,
            Tolerance = Tolerance,
            StartWeight = initialModel is null ? null : InitialModelWeight ?? initialModel.TrainingRows,
            Initialization = Initialization,
            Seed = seed,
            Threads = Threads,
            Scale = Scale,
            Inference = Inference,
        };
    }
}

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

        /// <summary>How the dictionary learns from a batch.</summary>
        public OnlineUpdate Update { get; set; }

        /// <summary>Rows of a batch, at least 1: with two batches in memory, the most that is
        /// held of the data.</summary>
        public int BatchSize { get; set; } = 1024;

        /// <summary>Most passes over the data, at least 1. One more pass evaluates the result.</summary>
        public int Passes { get; set; } = 10;

        /// <summary>The passes end when one lowers the averaged cost by less than this fraction of it; 0
        /// makes all passes.</summary>
        public double Tolerance { get; set; } = 1e-3;

        /// <summary>What is left of the weight of a row when one pass more has been learnt, in (0, 1]; 1 never forgets.
        /// During the first pass the rows read so far take the place of the pass.</summary>
        public double Forgetting { get; set; } = 0.1;

        /// <summary>Most updates of the activations of a batch, at least 1.</summary>
        public int InnerIterations { get; set; } = 20;

        /// <summary>The activations of a batch are done when an update changes them by less than this part of their
        /// norm; 0 makes all updates.</summary>
        public double InnerTolerance { get; set; } = 0.01;

        /// <summary>How many rows the initial model counts for, or null for the number of rows it
        /// was fitted to.</summary>
        public double? InitialModelWeight { get; set; }

        private protected override void ValidateCore()
            => (ToCore(seed: 0, initialModel: null) with { StartWeight = InitialModelWeight }).Validate();

        internal OnlineNmfOptions ToCore(int seed, NmfModelParameters? initialModel) => new()
        {
            Rank = Rank,
            Beta = Beta,
            Update = Update,
            BatchSize = BatchSize,
            Passes = Passes,
            Tolerance = Tolerance,
            Forgetting = Forgetting,
            StartWeight = initialModel is null ? null : InitialModelWeight ?? initialModel.TrainingRows,
            InnerIterations = InnerIterations,
            InnerTolerance = InnerTolerance,
            Initialization = Initialization,
            Seed = seed,
            Threads = Threads,
            Scale = Scale,
            Inference = Inference,
        };
    }
}

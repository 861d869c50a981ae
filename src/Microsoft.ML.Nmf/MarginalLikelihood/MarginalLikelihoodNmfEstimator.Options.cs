using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class MarginalLikelihoodNmfEstimator
{
    /// <summary>What a <see cref="MarginalLikelihoodNmfEstimator"/> fits and how. <see cref="NmfFitOptions.Rank"/> is
    /// the number of components to start from.</summary>
    public sealed class Options : NmfFitOptions
    {
        /// <summary>Name of a second output column for the standard deviations of the activations, or null for
        /// none.</summary>
        public string? DeviationColumnName { get; set; }

        /// <summary>Name of a further output column for the logarithm of the likelihood of each row, activations
        /// integrated out, or null for none. A small one says that the row is unlike those of the fit.</summary>
        public string? LogLikelihoodColumnName { get; set; }

        /// <summary>The distribution of the data: counts, or spectra.</summary>
        public MarginalNoise Noise { get; set; }

        /// <summary>Shape α of the Gamma distribution of the activations; null to estimate it (counts).</summary>
        public double? Shape { get; set; } = 1;

        /// <summary>What NaN means in the input column, in Fit and in Transform: an error, or an entry that was not
        /// observed, of which nothing is expected; the activations of a row without an observed entry are those of the
        /// prior.</summary>
        public MissingValues MissingValues { get; set; }

        /// <summary>When the fit looks at its bound and when it ends.</summary>
        public IterationOptions Iterations { get; set; } = new MarginalLikelihoodOptions { Rank = 1 }.Iterations;

        /// <summary>Number of random starts; the one of the largest likelihood is kept.</summary>
        public int Starts { get; set; } = 1;

        internal double Beta => MarginalSection.BetaOf(Noise);

        private protected override IEnumerable<(string Option, string? Name, string What)> FurtherOutputs =>
        [
            (nameof(DeviationColumnName), DeviationColumnName, "column of standard deviations"),
            (nameof(LogLikelihoodColumnName), LogLikelihoodColumnName, "likelihood column"),
        ];

        internal MarginalLikelihoodOptions ToCore(int seed) => new()
        {
            Rank = Rank,
            Noise = Noise,
            Shape = Shape,
            Iterations = Iterations,
            Starts = Starts,
            Inference = Inference,
            Threads = Threads,
            Seed = seed,
        };

        private protected override void ValidateCore()
        {
            Option.Require(
                Enum.IsDefined(MissingValues), nameof(MissingValues),
                $"There is no meaning {MissingValues} of missing values.");
            ToCore(seed: 0).Validate();
        }
    }
}

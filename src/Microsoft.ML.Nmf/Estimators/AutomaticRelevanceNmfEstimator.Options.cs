using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class AutomaticRelevanceNmfEstimator
{
    /// <summary>What an <see cref="AutomaticRelevanceNmfEstimator"/> fits and how. Checked and copied when the
    /// estimator is created.</summary>
    public sealed class Options
    {
        /// <summary>Name of the column of activations. Required.</summary>
        public string OutputColumnName { get; set; } = "";

        /// <summary>Name of the column to factorise; null for <see cref="OutputColumnName"/>.</summary>
        public string? InputColumnName { get; set; }

        /// <summary>Name of a second output column for the approximation W h of each row, or null for none.</summary>
        public string? ReconstructionColumnName { get; set; }

        /// <summary>Number of components to start from, greater than zero: more than are expected.</summary>
        public int MaximumRank { get; set; } = 20;

        /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. For β ≤ 0 the data
        /// must be strictly positive.</summary>
        public double Beta { get; set; } = BetaDivergence.Euclidean;

        /// <summary>Prior of the entries: exponential (ℓ1) or half-normal (ℓ2).</summary>
        public RelevancePrior Prior { get; set; }

        /// <summary>Dispersion φ of the noise, greater than zero: see <see cref="AutomaticRelevance.Dispersion"/>. The
        /// most important option.</summary>
        public double Dispersion { get; set; } = 1;

        /// <summary>Shape a of the prior of the relevances, above 2 (exponential) or 1 (half-normal); null for log(F +
        /// N), at least 3.</summary>
        public double? Shape { get; set; }

        /// <summary>Scale b of the prior of the relevances; null for the one that gives the model the
        /// mean of the data.</summary>
        public double? PriorScale { get; set; }

        /// <summary>Whether components that have died out are removed during the fit, which makes its later
        /// iterations cheaper.</summary>
        public bool Prune { get; set; } = true;

        /// <summary>Where the factors start; <see cref="NmfInitialization.Auto"/> is random.</summary>
        public NmfInitialization Initialization { get; set; }

        /// <summary>Most iterations of a start, at least 0. Relevances settle slowly, with the half-normal
        /// prior very slowly.</summary>
        public int MaximumNumberOfIterations { get; set; } = 2000;

        /// <summary>The fit has converged when an iteration changes no relevance by more than this fraction of it; 0
        /// runs all iterations.</summary>
        public double Tolerance { get; set; } = 1e-6;

        /// <summary>Number of starts; the fit with the lowest objective is kept.</summary>
        public int NumberOfStarts { get; set; } = 1;

        /// <summary>Seed of everything random, or null for one drawn from the <see cref="MLContext"/> when the
        /// estimator is created.</summary>
        public int? Seed { get; set; }

        /// <summary>Number of threads of the fit, or null for one per processor. The result does
        /// not depend on it.</summary>
        public int? NumberOfThreads { get; set; }

        /// <summary>How the scale that dictionary and activations share is fixed once the fit has ended.</summary>
        public ComponentScale Scale { get; set; }

        /// <summary>Whether the activations of a row are divided by their sum, so that they are shares; a row of
        /// zeros stays zero.</summary>
        public bool NormalizeOutput { get; set; }

        /// <summary>How far an activation may be from its optimum in Transform, relative to the
        /// largest of its row.</summary>
        public double InferenceTolerance { get; set; } = 1e-5;

        /// <summary>Most iterations for one row in Transform.</summary>
        public int MaximumNumberOfInferenceIterations { get; set; } = 1000;

        /// <summary>Cancels a running fit, besides the cancellation of the <see cref="MLContext"/>.</summary>
        public CancellationToken CancellationToken { get; set; }

        internal NmfEstimator.Options Checked(IExceptionContext context)
        {
            context.CheckUserArg(MaximumRank > 0, nameof(MaximumRank), "The maximum rank must be greater than zero.");
            return new NmfEstimator.Options
            {
                OutputColumnName = OutputColumnName,
                InputColumnName = InputColumnName,
                ReconstructionColumnName = ReconstructionColumnName,
                Rank = MaximumRank,
                Beta = Beta,
                AutomaticRelevance =
                    new() { Prior = Prior, Dispersion = Dispersion, Shape = Shape, Scale = PriorScale, Prune = Prune },
                Initialization = Initialization,
                MaximumNumberOfIterations = MaximumNumberOfIterations,
                Tolerance = Tolerance,
                NumberOfStarts = NumberOfStarts,
                Seed = Seed,
                NumberOfThreads = NumberOfThreads,
                Scale = Scale,
                NormalizeOutput = NormalizeOutput,
                InferenceTolerance = InferenceTolerance,
                MaximumNumberOfInferenceIterations = MaximumNumberOfInferenceIterations,
                CancellationToken = CancellationToken,
            };
        }
    }
}

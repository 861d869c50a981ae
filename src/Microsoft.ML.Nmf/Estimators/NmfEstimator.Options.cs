using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfEstimator
{
    /// <summary>What an <see cref="NmfEstimator"/> fits and how. Checked and copied when the
    /// estimator is created.</summary>
    public sealed partial class Options
    {
        /// <summary>Name of the column of activations. Required.</summary>
        public string OutputColumnName { get; set; } = "";

        /// <summary>Name of the column to factorise; null for <see cref="OutputColumnName"/>.</summary>
        public string? InputColumnName { get; set; }

        /// <summary>
        /// Name of a second output column for the approximation W h of each row (a vector like the input, with its slot
        /// names), or null for none. It does not depend on <see cref="NormalizeOutput"/>.
        /// </summary>
        public string? ReconstructionColumnName { get; set; }

        /// <summary>
        /// Name of an output column for the input with its missing entries filled in by the approximation W h, observed
        /// entries unchanged (a vector like the input, with its slot names), or null for none. Needs
        /// <see cref="MissingValues"/> or <see cref="AbsentEntries"/>.
        /// </summary>
        public string? ImputedColumnName { get; set; }

        /// <summary>
        /// What NaN means in the input column, in Fit and in Transform: an error, or an entry that was not observed.
        /// Missing entries take no part in the fit; a row without an observed entry has zero activations, and a slot
        /// without one has weight zero in every component. Data with NaN are kept dense, 4 bytes per entry, unless
        /// <see cref="AbsentEntries"/> are missing, too.
        /// </summary>
        public MissingValues MissingValues { get; set; }

        /// <summary>
        /// What entries mean that a sparse vector does not store: zero, or that they were not observed, as in a
        /// vector of ratings. ML.NET's components store or drop zeros as they please, so that with
        /// <see cref="AbsentEntries.Missing"/> every zero is missing, stored or not, in sparse and dense
        /// vectors alike; where zeros may be observed, use NaN for what is missing. Time and memory are
        /// proportional to the observed entries.
        /// </summary>
        public AbsentEntries AbsentEntries { get; set; }

        /// <summary>
        /// Name of a column of weights (Single, at least 0), one for each row of the fit, or null for none: a
        /// row of weight 2 counts as if it were there twice, one of weight 0 does not influence the components.
        /// Not needed by Transform.
        /// </summary>
        public string? ExampleWeightColumnName { get; set; }

        /// <summary>Number of components K, greater than zero.</summary>
        public int Rank { get; set; } = 10;

        /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. For β ≤ 0 the data
        /// must be strictly positive.</summary>
        public double Beta { get; set; } = BetaDivergence.Euclidean;

        /// <summary>
        /// Another measure of fit than the β-divergence: <see cref="AlphaDivergence"/>, <see cref="BregmanDivergence"/>
        /// or <see cref="BernoulliLikelihood"/>; null, the ordinary case, for the β-divergence of <see cref="Beta"/>.
        /// </summary>
        public MeasureOfFit? Measure { get; set; }

        /// <summary>An outlier term, v ≈ W h + r with sparse r ≥ 0, for 0 ≤ β ≤ 2, or null for none.</summary>
        public OutlierPenalty? Outliers { get; set; }

        /// <summary>Name of an output column for the size of each row's outlier part (Single), an anomaly score; or
        /// null. Needs <see cref="Outliers"/>.</summary>
        public string? OutlierScoreColumnName { get; set; }

        /// <summary>Name of an output column for the outlier part of each row (a vector like the input, with its slot
        /// names), or null. Needs <see cref="Outliers"/>.</summary>
        public string? OutlierColumnName { get; set; }

        /// <summary>Whether the activations of a row are abundances that sum to one, or to at most one. See
        /// <see cref="NmfOptions.Abundances"/>.</summary>
        public AbundanceConstraint Abundances { get; set; }

        /// <summary>A penalty on the volume of the components, for abundances; or null for none.</summary>
        public VolumePenalty? Volume { get; set; }

        /// <summary>
        /// The components to start from, <see cref="Rank"/> of them, each with as many values as the input has slots;
        /// or null. With no iterations they are the model, in this order. Abundances only.
        /// </summary>
        public IReadOnlyList<float[]>? Endmembers { get; set; }

        /// <summary>
        /// Components that are known and stay as they are, each with as many values as the input has slots; or null.
        /// They are the first components of the model, the fit finds the other <see cref="Rank"/> - count:
        /// semi-supervised factorisation. No component is moved to another place, then, and <see cref="Scale"/> applies
        /// to those that were found. See <see cref="NmfOptions.FixedComponents"/> for what it goes with.
        /// </summary>
        public IReadOnlyList<float[]>? KnownComponents { get; set; }

        /// <summary>
        /// Makes the components rows of the input, found by this search and not improved, or null for an ordinary fit:
        /// see <see cref="NmfModelParameters.SelectedRows"/>. No iterations and no scale, then.
        /// </summary>
        public EndmemberSearch? SeparableSearch { get; set; }

        /// <summary>How the factors are updated.</summary>
        public NmfSolver Solver { get; set; }

        /// <summary>
        /// What is added to the divergence: see <see cref="NmfPenalty"/>. Penalties of the activations are part of
        /// Transform, except smoothness, which a single row cannot have. The solver must be
        /// <see cref="NmfSolver.Auto"/>. With a <see cref="GroupPenalty"/> the components keep their order.
        /// </summary>
        public IReadOnlyList<NmfPenalty> Penalties { get; set; } = [];

        /// <summary>Where the factors start.</summary>
        public NmfInitialization Initialization { get; set; }

        /// <summary>Most iterations, at least 0. One iteration updates the activations once and the
        /// dictionary once.</summary>
        public int MaximumNumberOfIterations { get; set; } = 200;

        /// <summary>The fit has converged when an iteration lowers the objective by less than this fraction of it; 0
        /// runs all iterations.</summary>
        public double Tolerance { get; set; } = 1e-5;

        /// <summary>Stages with other β before the fit, against bad local minima (useful for β &lt; 1), or
        /// null for none.</summary>
        public BetaAnnealing? Annealing { get; set; }

        /// <summary>Number of starts; the fit with the lowest objective is kept. All starts after the
        /// first are random.</summary>
        public int NumberOfStarts { get; set; } = 1;

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

        /// <summary>Number of iterations into which inference is unrolled when the model is exported to ONNX, which has
        /// no stopping rule.</summary>
        public int OnnxIterations { get; set; } = 200;

        /// <summary>
        /// A model whose dictionary the fit starts from, for instance one that was loaded, or null. It must have
        /// the same rank and features.
        /// </summary>
        public NmfModelParameters? InitialModel { get; set; }

        /// <summary>
        /// A file in which the state of the fit is saved at intervals, or null. A fit that finds a file there goes on
        /// from it, with the bits of an uninterrupted one, and one that ends deletes it; see
        /// <see cref="NmfCheckpoint"/>. Data and options must be the same; the rows are read again.
        /// </summary>
        public string? CheckpointPath { get; set; }

        /// <summary>Least time between two checkpoints; <see cref="TimeSpan.Zero"/> saves at every check of
        /// the objective.</summary>
        public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>Cancels a running fit, besides the cancellation of the <see cref="MLContext"/>.</summary>
        public CancellationToken CancellationToken { get; set; }

        /// <summary>Set by <see cref="AutomaticRelevanceNmfEstimator"/>, which finds the rank.</summary>
        internal AutomaticRelevance? AutomaticRelevance { get; set; }

        internal string EffectiveInputColumnName => InputColumnName ?? OutputColumnName;

        internal bool HasMissingEntries => MissingValues == MissingValues.NaN || AbsentEntries == AbsentEntries.Missing;

        internal NmfOptions ToCore(int seed) => new()
        {
            Rank = Rank,
            Problem = Measure,
            Solver = Solver,
            Initialization = Initialization,
            Iterations = new() { MaximumIterations = MaximumNumberOfIterations, Tolerance = Tolerance },
            Starts = NumberOfStarts,
            Seed = seed,
            Threads = NumberOfThreads,
            Scale = Scale,
            Inference =
                new() { Tolerance = InferenceTolerance, MaximumIterations = MaximumNumberOfInferenceIterations },
        };
    }
}

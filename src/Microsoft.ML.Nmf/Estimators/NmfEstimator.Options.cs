using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfEstimator
{
    /// <summary>What an <see cref="NmfEstimator"/> fits and how. Checked and copied when the
    /// estimator is created.</summary>
    public sealed class Options
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

        internal Options Validated(IExceptionContext context)
        {
            context.CheckNonWhiteSpace(OutputColumnName, nameof(OutputColumnName));
            context.CheckUserArg(
                InputColumnName is null || !string.IsNullOrWhiteSpace(InputColumnName),
                nameof(InputColumnName), "The name of the input column must not be empty.");
            context.CheckUserArg(
                ReconstructionColumnName is null || !string.IsNullOrWhiteSpace(ReconstructionColumnName),
                nameof(ReconstructionColumnName), "The name of the reconstruction column must not be empty.");
            context.CheckUserArg(
                ReconstructionColumnName != OutputColumnName,
                nameof(ReconstructionColumnName),
                "The reconstruction column must have another name than the output column.");
            context.CheckUserArg(
                ImputedColumnName is null || !string.IsNullOrWhiteSpace(ImputedColumnName),
                nameof(ImputedColumnName), "The name of the imputed column must not be empty.");
            context.CheckUserArg(
                ImputedColumnName is null
                || (ImputedColumnName != OutputColumnName && ImputedColumnName != ReconstructionColumnName),
                nameof(ImputedColumnName), "The imputed column must have another name than the other output columns.");
            context.CheckUserArg(
                Enum.IsDefined(MissingValues), nameof(MissingValues),
                $"There is no meaning {MissingValues} of missing values.");
            context.CheckUserArg(
                Enum.IsDefined(AbsentEntries), nameof(AbsentEntries),
                $"There is no meaning {AbsentEntries} of absent entries.");
            context.CheckUserArg(
                ImputedColumnName is null || HasMissingEntries,
                nameof(ImputedColumnName),
                "The imputed column fills in missing entries, but the options say that there are none: "
                    + "set MissingValues to NaN or AbsentEntries to Missing.");
            context.CheckUserArg(
                !HasMissingEntries || Solver == NmfSolver.Auto || Solver.SupportsWeights(),
                nameof(Solver),
                $"The solver {Solver} needs every entry: it cannot leave missing ones out. "
                + "Choose Auto or a multiplicative update.");
            context.CheckUserArg(
                ExampleWeightColumnName is null || !string.IsNullOrWhiteSpace(ExampleWeightColumnName),
                nameof(ExampleWeightColumnName), "The name of the column of weights must not be empty.");
            context.CheckUserArg(
                ExampleWeightColumnName is null || Solver == NmfSolver.Auto || Solver.SupportsWeights(),
                nameof(Solver),
                $"The solver {Solver} gives every row the same weight. Choose Auto or a multiplicative update.");
            CheckOutlierColumns(context);
            CheckAbundances(context);
            CheckKnownComponents(context);
            var isWeighted = HasMissingEntries || ExampleWeightColumnName is not null;
            context.CheckUserArg(
                !isWeighted || Measure is null, nameof(Measure),
                $"Missing entries and weights of rows go with beta-divergences, not with {Measure}.");
            context.CheckUserArg(
                !isWeighted || Outliers is null, nameof(Outliers),
                "Missing entries and weights of rows do not go with an outlier term.");
            context.CheckUserArg(Rank > 0, nameof(Rank), "The rank must be greater than zero.");
            context.CheckUserArg(double.IsFinite(Beta), nameof(Beta), "Beta must be a finite number.");
            context.CheckUserArg(Enum.IsDefined(Solver), nameof(Solver), $"There is no solver {Solver}.");
            context.CheckUserArg(
                Solver.RequiredBeta() is not { } beta || beta == Beta,
                nameof(Solver),
                $"The solver {Solver} minimises the divergence with beta = {Solver.RequiredBeta()} only, "
                + $"not that with beta = {Beta}.");
            context.CheckUserArg(
                Enum.IsDefined(Initialization), nameof(Initialization),
                $"There is no initialization {Initialization}.");
            context.CheckUserArg(Enum.IsDefined(Scale), nameof(Scale), $"There is no scale convention {Scale}.");
            context.CheckUserArg(
                MaximumNumberOfIterations >= 0, nameof(MaximumNumberOfIterations),
                "The maximum number of iterations must not be negative.");
            context.CheckUserArg(Tolerance >= 0, nameof(Tolerance), "The tolerance must not be negative.");
            context.CheckUserArg(
                CheckpointPath is null || !string.IsNullOrWhiteSpace(CheckpointPath), nameof(CheckpointPath),
                "The path of the checkpoint must not be empty.");
            context.CheckUserArg(
                CheckpointInterval >= TimeSpan.Zero, nameof(CheckpointInterval),
                "The interval between checkpoints must not be negative.");
            context.CheckUserArg(
                NumberOfStarts > 0, nameof(NumberOfStarts), "The number of starts must be greater than zero.");
            context.CheckUserArg(
                NumberOfThreads is null or > 0, nameof(NumberOfThreads),
                "The number of threads must be greater than zero.");
            context.CheckUserArg(
                InferenceTolerance is > 0 and < double.PositiveInfinity, nameof(InferenceTolerance),
                "The inference tolerance must be greater than zero.");
            context.CheckUserArg(
                MaximumNumberOfInferenceIterations > 0,
                nameof(MaximumNumberOfInferenceIterations),
                "The maximum number of inference iterations must be greater than zero.");
            context.CheckUserArg(
                OnnxIterations is > 0 and <= NmfTransformer.MaximumOnnxIterations,
                nameof(OnnxIterations),
                $"The number of ONNX iterations must be between 1 and {NmfTransformer.MaximumOnnxIterations}.");
            context.CheckUserArg(Penalties is not null, nameof(Penalties), "The list of penalties must not be null.");
            // What the core asks beyond this, such as a solver that is made for one divergence.
            ToCore(seed: 0).Validate();
            var copy = (Options)MemberwiseClone();
            copy.Penalties = [.. Penalties!];
            copy.Endmembers = Endmembers?.Select(spectrum => (float[])spectrum.Clone()).ToArray();
            copy.KnownComponents = KnownComponents?.Select(component => (float[])component.Clone()).ToArray();
            return copy;
        }

        private void CheckAbundances(IExceptionContext context)
        {
            context.CheckUserArg(
                SeparableSearch is not { } search || Enum.IsDefined(search), nameof(SeparableSearch),
                $"There is no endmember search {SeparableSearch}.");
            context.CheckUserArg(
                SeparableSearch is null || (MaximumNumberOfIterations == 0 && Scale == ComponentScale.None),
                nameof(SeparableSearch),
                "Components that are rows of the input are not improved or scaled: "
                + "set MaximumNumberOfIterations to 0 and Scale to None, or use SeparableNmf.");
            context.CheckUserArg(
                SeparableSearch is null || (Endmembers is null && InitialModel is null
                    && !HasMissingEntries && ExampleWeightColumnName is null), nameof(SeparableSearch),
                "An endmember search goes with complete rows of equal weight, "
                + "and without given endmembers or an initial model.");
            var isUnmixing = Abundances != AbundanceConstraint.None;
            context.CheckUserArg(
                !isUnmixing || (!HasMissingEntries && ExampleWeightColumnName is null), nameof(Abundances),
                "Abundances do not go with missing entries or weights of rows.");
            context.CheckUserArg(
                Endmembers is null || isUnmixing, nameof(Endmembers),
                "Endmembers go with abundances: set Abundances, or use HyperspectralUnmixing.");
            context.CheckUserArg(
                Endmembers is null || Endmembers.Count == Rank, nameof(Endmembers),
                $"There are {Endmembers?.Count} endmembers, but the rank is {Rank}.");
            context.CheckUserArg(
                Endmembers is null || InitialModel is null, nameof(Endmembers),
                "A fit starts from endmembers or from an initial model, not from both.");
            CheckValues(context, Endmembers, nameof(Endmembers), "Endmember");
        }

        private void CheckKnownComponents(IExceptionContext context)
        {
            context.CheckUserArg(
                KnownComponents is null || (KnownComponents.Count > 0 && KnownComponents.Count <= Rank),
                nameof(KnownComponents),
                $"There are {KnownComponents?.Count} known components, but the rank is {Rank}. "
                + "There must be at least one, and no more than the rank.");
            context.CheckUserArg(
                KnownComponents is null || (InitialModel is null && Endmembers is null && SeparableSearch is null),
                nameof(KnownComponents),
                "Known components do not go with an initial model, endmembers or a search for them.");
            CheckValues(context, KnownComponents, nameof(KnownComponents), "Known component");
        }

        private static void CheckValues(
            IExceptionContext context, IReadOnlyList<float[]>? components, string option, string what)
        {
            for (var k = 0; k < (components?.Count ?? 0); k++)
            {
                context.CheckUserArg(components![k] is not null, option, $"{what} {k} is null.");
                var at = Array.FindIndex(components[k], value => !(value >= 0 && float.IsFinite(value)));
                context.CheckUserArg(
                    at < 0, option,
                    $"{what} {k} holds {(at < 0 ? 0 : components[k][at])} at slot {at}. "
                    + "Its values must be finite and at least 0.");
            }
        }

        private void CheckOutlierColumns(IExceptionContext context)
        {
            foreach (var (name, option) in new[] { (OutlierScoreColumnName, nameof(OutlierScoreColumnName)),
                (OutlierColumnName, nameof(OutlierColumnName)) })
            {
                context.CheckUserArg(
                    name is null || !string.IsNullOrWhiteSpace(name), option,
                    "The name of an outlier column must not be empty.");
                context.CheckUserArg(
                    name is null || Outliers is not null, option,
                    "An outlier column needs an outlier term: set Outliers, or use RobustNmf.");
                context.CheckUserArg(
                    name is null || (name != OutputColumnName && name != ReconstructionColumnName), option,
                    "An outlier column must have another name than the other output columns.");
            }

            context.CheckUserArg(
                OutlierColumnName is null || OutlierColumnName != OutlierScoreColumnName, nameof(OutlierColumnName),
                "The two outlier columns must have different names.");
        }

        internal NmfOptions ToCore(int seed) => new()
        {
            Rank = Rank,
            Beta = Beta,
            Measure = Measure,
            Outliers = Outliers,
            Abundances = Abundances,
            Volume = Volume,
            FixedComponents =
                KnownComponents is null ? null : [.. Enumerable.Range(0, Rank).Select(k => k < KnownComponents.Count)],
            Solver = Solver,
            AutomaticRelevance = AutomaticRelevance,
            Penalties = Penalties,
            Initialization = Initialization,
            MaximumIterations = MaximumNumberOfIterations,
            Tolerance = Tolerance,
            Annealing = Annealing,
            Starts = NumberOfStarts,
            Seed = seed,
            Threads = NumberOfThreads,
            Scale = Scale,
            InferenceTolerance = InferenceTolerance,
            MaximumInferenceIterations = MaximumNumberOfInferenceIterations,
        };
    }
}

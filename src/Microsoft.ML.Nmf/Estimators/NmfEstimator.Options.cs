using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfEstimator
{
    /// <summary>What an <see cref="NmfEstimator"/> fits and how.</summary>
    public sealed partial class Options : NmfRowOptions
    {
        /// <summary>
        /// What is minimised: a number β for a β-divergence (2, the Euclidean distance, unless told otherwise; see
        /// <see cref="BetaDivergence"/>), a <see cref="MeasureOfFit"/>, or a problem with options of its own:
        /// penalties, known components or annealing (<see cref="BetaNmf"/>), outliers (<see cref="RobustNmf"/>),
        /// abundances (<see cref="AbundanceNmf"/>), a rank that is found (<see cref="AutomaticRelevance"/>). Penalties
        /// of the activations are part of Transform, except smoothness, which a single row cannot have.
        /// </summary>
        public NmfProblem Problem { get; set; } = new BetaNmf();

        /// <summary>How the factors are updated.</summary>
        public NmfSolver Solver { get; set; }

        /// <summary>When the fit looks at its objective and when it ends.</summary>
        public IterationOptions Iterations { get; set; } = new();

        /// <summary>Number of starts; the fit with the lowest objective is kept. All starts after the
        /// first are random.</summary>
        public int Starts { get; set; } = 1;

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
        /// Name of an output column for the input with its missing entries filled in by the approximation W h, observed
        /// entries unchanged (a vector like the input, with its slot names), or null for none. Needs
        /// <see cref="MissingValues"/> or <see cref="AbsentEntries"/>.
        /// </summary>
        public string? ImputedColumnName { get; set; }

        /// <summary>
        /// Name of a column of weights (Single, at least 0), one for each row of the fit, or null for none: a
        /// row of weight 2 counts as if it were there twice, one of weight 0 does not influence the components.
        /// Not needed by Transform.
        /// </summary>
        public string? ExampleWeightColumnName { get; set; }

        /// <summary>Name of an output column for the size of each row's outlier part (Single), an anomaly score; or
        /// null. Needs a <see cref="RobustNmf"/>.</summary>
        public string? OutlierScoreColumnName { get; set; }

        /// <summary>Name of an output column for the outlier part of each row (a vector like the input, with its slot
        /// names), or null. Needs a <see cref="RobustNmf"/>.</summary>
        public string? OutlierColumnName { get; set; }

        /// <summary>
        /// The components to start from, <see cref="NmfFitOptions.Rank"/> of them, each with as many values as
        /// the input has slots; or null. With no iterations and no scale they are the model, in this order:
        /// endmembers from a library.
        /// </summary>
        public KnownComponents? InitialComponents { get; set; }

        /// <summary>
        /// Topics that are wanted, by their names and some of their words, slot names of the input column; or null.
        /// They are the first components (behind known ones), with these names; the others find what is left. Needs a
        /// <see cref="BetaNmf"/>.
        /// </summary>
        public TopicGuidance? Guidance { get; set; }

        /// <summary>
        /// Makes the components those of <see cref="InitialComponents"/>, a library of spectra, that are in the rows of
        /// the fit (<see cref="SparseUnmixing"/>), or null for all of them. No iterations and no scale, then, and
        /// abundances that sum to what this says.
        /// </summary>
        public SparseUnmixingOptions? LibrarySelection { get; set; }

        /// <summary>
        /// Makes the components rows of the input, found by this search and not improved, or null for an ordinary fit:
        /// see <see cref="NmfModelParameters.SelectedRows"/>. No iterations and no scale, then.
        /// </summary>
        public EndmemberSearch? SeparableSearch { get; set; }

        /// <summary>Whether <see cref="SeparableSearch"/> looks at rows whose slots were divided by their noise
        /// (<see cref="HySime.Whiten"/>): for noise that differs from band to band. Components are rows of the input
        /// all the same. Needs more rows than slots.</summary>
        public bool WhitensNoise { get; set; }

        /// <summary>
        /// Told at every check of the objective which start and iteration the fit has reached, or null: for a bar of
        /// progress. Called by the thread of the fit. The log of the <see cref="MLContext"/> has the same as text.
        /// </summary>
        public IProgress<FitProgress>? Progress { get; set; }

        // Data of which the core is asked, before any are read, whether a solver can leave entries out.
        private static NmfData<float> Incomplete { get; } = NmfData<float>.FromDense(
            [1, float.NaN], 1, 2, MissingValues.NaN);

        internal bool HasMissingEntries => MissingValues == MissingValues.NaN || AbsentEntries == AbsentEntries.Missing;

        private protected override IEnumerable<(string Option, string? Name, string What)> FurtherOutputs =>
        [
            .. base.FurtherOutputs,
            (nameof(ImputedColumnName), ImputedColumnName, "imputed column"),
            (nameof(OutlierScoreColumnName), OutlierScoreColumnName, "outlier score column"),
            (nameof(OutlierColumnName), OutlierColumnName, "outlier column"),
        ];

        private protected override IEnumerable<(string Option, string? Name, string What)> FurtherInputs
            => [(nameof(ExampleWeightColumnName), ExampleWeightColumnName, "column of weights")];

        private protected override void Check(IExceptionContext context)
        {
            base.Check(context);
            context.CheckUserArg(
                Enum.IsDefined(MissingValues), nameof(MissingValues),
                $"There is no meaning {MissingValues} of missing values.");
            context.CheckUserArg(
                Enum.IsDefined(AbsentEntries), nameof(AbsentEntries),
                $"There is no meaning {AbsentEntries} of absent entries.");
            context.CheckUserArg(
                ImputedColumnName is null || HasMissingEntries, nameof(ImputedColumnName),
                "The imputed column fills in missing entries, but the options say that there are none: "
                + "set MissingValues to NaN or AbsentEntries to Missing.");
            context.CheckUserArg(Problem is not null, nameof(Problem), "The problem is missing.");
            context.CheckUserArg(
                (OutlierScoreColumnName ?? OutlierColumnName) is null || Problem!.HasOutliers,
                OutlierScoreColumnName is null ? nameof(OutlierColumnName) : nameof(OutlierScoreColumnName),
                "An outlier column needs an outlier term: set Problem to a RobustNmf.");
            var isWeighted = HasMissingEntries || ExampleWeightColumnName is not null;
            context.CheckUserArg(
                !isWeighted || Problem!.AllowsWeights, nameof(Problem),
                $"Missing entries and weights of rows do not go with {Problem!.GetType().Name}: "
                + "fill the missing entries first, or choose a beta-divergence.");
            if (isWeighted)
                UserErrors.Mark(context, () => ToCore(seed: 0).EffectiveSolverFor(Incomplete));
            CheckStart(context);
            CheckGuidance(context);
        }

        private protected override void ValidateCore()
        {
            var core = ToCore(seed: 0);
            if (Guidance is not null)
                core = core with { Problem = GuidanceSeeds.Placeholder(this) };
            core.Validate();
            LibrarySelection?.Validate();
        }

        // With no iterations and no scale given components are the model.
        internal bool TakesComponentsAsTheyAre
            => Iterations.MaximumIterations == 0 && ToCore(0).EffectiveScale == ComponentScale.None;

        private void CheckStart(IExceptionContext context)
        {
            context.CheckUserArg(
                new object?[] { InitialModel, InitialComponents, SeparableSearch }.Count(
                    start => start is not null) <= 1, nameof(InitialModel),
                "A fit starts from an initial model, from given components or from rows that are searched for, "
                + "not from several of these.");
            context.CheckUserArg(
                InitialComponents is null || InitialComponents.Count == Rank, nameof(InitialComponents),
                $"There are {InitialComponents?.Count} initial components, but the rank is {Rank}.");
            context.CheckUserArg(
                SeparableSearch is not { } search || Enum.IsDefined(search), nameof(SeparableSearch),
                $"There is no endmember search {SeparableSearch}.");
            context.CheckUserArg(
                SeparableSearch is null || (Iterations is { MaximumIterations: 0 } && Scale == ComponentScale.None),
                nameof(SeparableSearch),
                "Components that are rows of the input are not improved or scaled: "
                + "set Iterations.MaximumIterations to 0 and Scale to None, or use the short SeparableNmf.");
            context.CheckUserArg(
                SeparableSearch is null || (!HasMissingEntries && ExampleWeightColumnName is null),
                nameof(SeparableSearch), "An endmember search goes with complete rows of equal weight.");
            context.CheckUserArg(
                !WhitensNoise || SeparableSearch is not null, nameof(WhitensNoise),
                "Noise is made white for an endmember search: set SeparableSearch.");
            context.CheckUserArg(
                LibrarySelection is not { } selection || (InitialComponents is not null
                    && Problem is AbundanceNmf { Beta: 2, Volume: null } problem && problem.Sum == selection.Sum
                    && Iterations is { MaximumIterations: 0, TimeLimit: null } && Starts == 1 && Checkpoint is null
                    && Scale == ComponentScale.None),
                nameof(LibrarySelection),
                "A selection from a library takes the InitialComponents, an AbundanceNmf with beta = 2, the Sum of the "
                + "selection and no Volume, one start, no iterations, no time limit, no checkpoint, and Scale None: "
                + "the short SparseUnmixing sets all that.");
        }

        internal NmfOptions ToCore(int seed) => new()
        {
            Rank = Rank,
            Problem = Problem,
            Solver = Solver,
            Initialization = Initialization,
            Iterations = Iterations,
            Starts = Starts,
            Seed = seed,
            Threads = Threads,
            Scale = Scale,
            Inference = Inference,

            // No output of the estimator has them. Rows that miss a tolerance of the user's own are counted.
            InfersActivations = Inference != new InferenceOptions(),
        };
    }
}

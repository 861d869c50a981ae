using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

public sealed partial class SequenceNmfEstimator
{
    /// <summary>What a <see cref="SequenceNmfEstimator"/> fits and how. Checked and copied when the
    /// estimator is created.</summary>
    public abstract class Options
    {
        private protected Options()
        {
        }

        /// <summary>Name of the column of activations. Required.</summary>
        public string OutputColumnName { get; set; } = "";

        /// <summary>Name of the column to factorise; null for <see cref="OutputColumnName"/>.</summary>
        public string? InputColumnName { get; set; }

        /// <summary>Name of the column that tells which sequence a row belongs to (Key, Text or an integer), or null
        /// when all rows are one sequence. The rows of a sequence must be together and in the order of time.</summary>
        public string? SequenceColumnName { get; set; }

        /// <summary>Number of components K, greater than zero.</summary>
        public int Rank { get; set; } = 10;

        /// <summary>
        /// An earlier model whose components come first and stay as they are, for instance those of clean speech; the
        /// other <see cref="Rank"/> less its rank components are learnt beside them: semi-supervised factorisation.
        /// Null for none. For a dynamical system it must be one, too: its transitions stay, and fixed and learnt
        /// components do not drive each other.
        /// </summary>
        public NmfModelParameters? FixedComponents { get; set; }

        /// <summary>Most iterations, at least 0.</summary>
        public int MaximumNumberOfIterations { get; set; } = 200;

        /// <summary>The fit has converged when an iteration lowers the objective by less than this fraction of it; 0
        /// runs all iterations.</summary>
        public double Tolerance { get; set; } = 1e-5;

        /// <summary>Number of random starts; the fit with the lowest objective is kept.</summary>
        public int NumberOfStarts { get; set; } = 1;

        /// <summary>Seed of everything random, or null for one drawn from the <see cref="MLContext"/> when the
        /// estimator is created.</summary>
        public int? Seed { get; set; }

        /// <summary>Number of threads of the fit, or null for one per processor. The result does
        /// not depend on it.</summary>
        public int? NumberOfThreads { get; set; }

        /// <summary>Inference in Transform ends when an iteration lowers the objective of a sequence by less than this
        /// fraction of it.</summary>
        public double InferenceTolerance { get; set; } = 1e-5;

        /// <summary>Most iterations of inference in Transform.</summary>
        public int MaximumNumberOfInferenceIterations { get; set; } = 200;

        /// <summary>Cancels a running fit, besides the cancellation of the <see cref="MLContext"/>.</summary>
        public CancellationToken CancellationToken { get; set; }

        internal string EffectiveInputColumnName => InputColumnName ?? OutputColumnName;

        internal Options Validated(IExceptionContext context)
        {
            context.CheckNonWhiteSpace(OutputColumnName, nameof(OutputColumnName));
            context.CheckUserArg(
                InputColumnName is null || !string.IsNullOrWhiteSpace(InputColumnName), nameof(InputColumnName),
                "The name of the input column must not be empty.");
            context.CheckUserArg(
                SequenceColumnName is null || !string.IsNullOrWhiteSpace(SequenceColumnName),
                nameof(SequenceColumnName), "The name of the sequence column must not be empty.");
            context.CheckUserArg(
                FixedComponents is null || FixedComponents.Rank <= Rank, nameof(FixedComponents),
                $"The rank is {Rank}, but {FixedComponents?.Rank} components are fixed: the rank counts both, "
                + "the fixed ones and those to learn.");
            ValidateModel(context);
            var copy = (Options)MemberwiseClone();
            copy.CopyLists();
            return copy;
        }

        private protected abstract void ValidateModel(IExceptionContext context);

        // A copy must not share lists with the options that the user keeps.
        private protected abstract void CopyLists();

        internal abstract NmfModelParameters Fit(
            NmfData<float> data, SequenceLayout sequences, int seed, string[]? featureNames,
            IProgress<FitProgress> progress, CancellationToken token);

        /// <summary>The loop, for messages and progress.</summary>
        internal NmfOptions ToLoop(int seed) => new()
        {
            Rank = Rank,
            Problem = BetaDivergence.ItakuraSaito,
            Initialization = NmfInitialization.Random,
            Solver = NmfSolver.MajorizationMinimization,
            Iterations = new() { MaximumIterations = MaximumNumberOfIterations, Tolerance = Tolerance },
            Starts = NumberOfStarts,
            Seed = seed,
            Threads = NumberOfThreads,
            Inference =
                new() { Tolerance = InferenceTolerance, MaximumIterations = MaximumNumberOfInferenceIterations },
        };

        /// <summary>What only one model has, completed by what all have.</summary>
        private protected TCore WithCommon<TCore>(TCore core, int seed)
            where TCore : SequenceNmfOptions
            => core with
            {
                FixedComponents = FixedComponents is null
                    ? null
                    : [.. Enumerable.Range(0, Rank).Select(k => k < FixedComponents.Rank)],
                MaximumIterations = MaximumNumberOfIterations,
                Tolerance = Tolerance,
                Starts = NumberOfStarts,
                Seed = seed,
                Threads = NumberOfThreads,
                InferenceTolerance = InferenceTolerance,
                MaximumInferenceIterations = MaximumNumberOfInferenceIterations,
            };

        /// <summary>Values of the components: those given, or where components are fixed, theirs first, or null for
        /// the common value.</summary>
        private protected IReadOnlyList<double>? PerComponent(
            IReadOnlyList<double>? given, IReadOnlyList<double>? ofFixed, double common)
            => given ?? (ofFixed is null ? null : [.. ofFixed, .. Enumerable.Repeat(common, Rank - ofFixed.Count)]);
    }

    /// <summary>Smooth IS-NMF: <c>D_IS(V | WH) + Σ λ d_IS(h_{n-1} | h_n)</c> (Févotte 2011).</summary>
    public sealed class SmoothOptions : Options
    {
        /// <summary>Weight λ, the same for all components, at least 0. It is compared with sums over all features: 1 to
        /// 100 is the useful range for spectra.</summary>
        public double Smoothness { get; set; } = 1;

        /// <summary>Weights λ_k of their own, one for each of the K components, or null: <see cref="Smoothness"/>, and
        /// for fixed components of a smooth model theirs.</summary>
        public double[]? ComponentSmoothness { get; set; }

        /// <summary>Which way round neighbouring activations are compared.</summary>
        public SmoothnessDirection Direction { get; set; }

        private protected override void ValidateModel(IExceptionContext context) => ToCore(0).Validate();

        private protected override void CopyLists() => ComponentSmoothness = ComponentSmoothness?.ToArray();

        internal override NmfModelParameters Fit(
            NmfData<float> data, SequenceLayout sequences, int seed, string[]? featureNames,
            IProgress<FitProgress> progress, CancellationToken token)
        {
            var known = FixedComponents?.CopyDictionary();
            var start = known is null ? null : NmfStart<float>.WithKnown(known, data, Rank, seed);
            var model = SmoothNmf.Fit(data, ToCore(seed), sequences, start, progress, token);
            var weights = model.Options.ComponentSmoothness ?? Enumerable.Repeat(Smoothness, Rank);
            return NmfModelParameters.FromSequences(
                model.Dictionary, model.Report, model.Contributions, model.ExplainedPart, data.Samples, ToLoop(seed),
                featureNames, new SmoothSection([.. weights], Direction));
        }

        private SmoothNmfOptions ToCore(int seed) => WithCommon(
            new SmoothNmfOptions
            {
                Rank = Rank,
                Smoothness = Smoothness,
                ComponentSmoothness = PerComponent(
                    ComponentSmoothness, FixedComponents?.Sections.Find<SmoothSection>()?.Smoothness, Smoothness),
                Direction = Direction,
            },
            seed);
    }

    /// <summary>The nonnegative dynamical system: <c>D_IS(V | WH) + Σ α d_IS(h_n | A h_{n-1})</c> (Févotte, Le Roux and
    /// Hershey 2013).</summary>
    /// <remarks>A patent application exists on transforming signals with this model (WO 2014/065342): take advice on
    /// its status before you use it commercially.</remarks>
    public sealed class DynamicalSystemOptions : Options
    {
        /// <summary>Shape α of the innovations, the same for all components, at least 0: the larger, the closer
        /// activations follow A h.</summary>
        public double Shape { get; set; } = 1;

        /// <summary>
        /// Shapes α_k of their own, one for each of the K components, or null: <see cref="Shape"/>, and for fixed
        /// components theirs. A component of shape 0 has no dynamics: residual noise.
        /// </summary>
        public double[]? Shapes { get; set; }

        /// <summary>Which objective.</summary>
        public DynamicalSystemForm Form { get; set; }

        /// <summary>Smallest activation, greater than 0, or null for the default of the form.</summary>
        public double? Floor { get; set; }

        /// <summary>Weight λ_W of Σ w, at least 0; useful with the maximum a posteriori form.</summary>
        public double DictionaryPenalty { get; set; }

        private protected override void ValidateModel(IExceptionContext context)
        {
            context.CheckUserArg(
                FixedComponents is null || FixedSection is not null, nameof(FixedComponents),
                "The fixed components of a dynamical system must be those of one: other models have no transitions.");
            ToCore(0).Validate();
        }

        private protected override void CopyLists() => Shapes = Shapes?.ToArray();

        internal override NmfModelParameters Fit(
            NmfData<float> data, SequenceLayout sequences, int seed, string[]? featureNames,
            IProgress<FitProgress> progress, CancellationToken token)
        {
            var known = FixedComponents?.CopyDictionary();
            var transitions = FixedSection?.ToTransitions();
            var start =
                known is null ? null : DynamicalSystemStart<float>.WithKnown(known, transitions!, data, Rank, seed);
            var model = DynamicalSystem.Fit(data, ToCore(seed), sequences, start, progress, token);
            var shapes = model.Options.Shapes ?? Enumerable.Repeat(Shape, Rank);
            var section = new DynamicalSystemSection(model.Transitions.ToRowMajor(), [.. shapes], Form, Floor ?? 0);
            return NmfModelParameters.FromSequences(
                model.Dictionary, model.Report, model.Contributions, model.ExplainedPart, data.Samples, ToLoop(seed),
                featureNames, section);
        }

        private DynamicalSystemSection? FixedSection => FixedComponents?.Sections.Find<DynamicalSystemSection>();

        private global::Nmf.DynamicalSystemOptions ToCore(int seed) => WithCommon(
            new global::Nmf.DynamicalSystemOptions
            {
                Rank = Rank,
                Shape = Shape,
                Shapes = PerComponent(Shapes, FixedSection?.Shapes, Shape),
                Form = Form,
                Floor = Floor,
                DictionaryPenalty = DictionaryPenalty,
            },
            seed);
    }
}

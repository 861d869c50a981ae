using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class SequenceNmfEstimator
{
    /// <summary>What a <see cref="SequenceNmfEstimator"/> fits and how. <see cref="NmfFitOptions.Inference"/> ends
    /// after 200 iterations at most unless told otherwise.</summary>
    public abstract class Options : NmfFitOptions
    {
        private protected Options() => Inference = new() { MaximumIterations = 200 };

        /// <summary>Name of the column that tells which sequence a row belongs to (Key, Text or an integer), or null
        /// when all rows are one sequence. The rows of a sequence must be together and in the order of time.</summary>
        public string? SequenceColumnName { get; set; }

        /// <summary>
        /// Components that are known and stay as they are, for instance those of clean speech
        /// (<see cref="NmfModelParameters.ToKnownComponents"/>): they come first, the other
        /// <see cref="NmfFitOptions.Rank"/> less their number are learnt beside them, semi-supervised. Null for
        /// none. Those of a dynamical system need their transitions, which stay, too; known and learnt components
        /// do not drive each other.
        /// </summary>
        public KnownComponents? Known { get; set; }

        /// <summary>When the fit looks at its objective and when it ends.</summary>
        public IterationOptions Iterations { get; set; } = new();

        /// <summary>Number of random starts; the fit with the lowest objective is kept.</summary>
        public int Starts { get; set; } = 1;

        private protected override IEnumerable<(string Option, string? Name, string What)> FurtherInputs
            => [(nameof(SequenceColumnName), SequenceColumnName, "sequence column")];

        /// <summary>The options of the fit in the core.</summary>
        internal abstract SequenceNmfOptions ToCore(int seed);

        internal abstract NmfModelParameters Fit(
            NmfData<float> data, SequenceLayout sequences, int seed, string[]? featureNames, NmfCheckpoint? checkpoint,
            IProgress<FitProgress> progress, CancellationToken token);

        private protected override void ValidateCore() => ToCore(seed: 0).Validate();

        /// <summary>What only one model has, completed by what all have.</summary>
        private protected TCore WithCommon<TCore>(TCore core, int seed)
            where TCore : SequenceNmfOptions
            => core with { Known = Known, Iterations = Iterations, Starts = Starts, Seed = seed, Threads = Threads,
                Inference = Inference };
    }

    /// <summary>Smooth IS-NMF: <c>D_IS(V | WH) + Σ λ d_IS(h_{n-1} | h_n)</c> (Févotte 2011).</summary>
    public sealed class SmoothOptions : Options
    {
        /// <summary>Weight λ, the same for all components, at least 0. It is compared with sums over all features: 1 to
        /// 100 is the useful range for spectra.</summary>
        public double Smoothness { get; set; } = 1;

        /// <summary>Weights λ_k of their own, one for each of the K components, or null for
        /// <see cref="Smoothness"/>.</summary>
        public IReadOnlyList<double>? ComponentSmoothness { get; set; }

        /// <summary>Which way round neighbouring activations are compared.</summary>
        public SmoothnessDirection Direction { get; set; }

        private protected override void CopyLists() => ComponentSmoothness = ComponentSmoothness?.ToArray();

        internal override NmfModelParameters Fit(
            NmfData<float> data, SequenceLayout sequences, int seed, string[]? featureNames, NmfCheckpoint? checkpoint,
            IProgress<FitProgress> progress, CancellationToken token)
        {
            var model = SmoothNmf.Fit(data, Core(seed), sequences, null, checkpoint, progress, token);
            var weights = model.Options.ComponentSmoothness ?? Enumerable.Repeat(Smoothness, Rank);
            return NmfModelParameters.FromSequences(
                model, model.Options, data.Samples, featureNames, new SmoothSection([.. weights], Direction));
        }

        internal override SequenceNmfOptions ToCore(int seed) => Core(seed);

        private SmoothNmfOptions Core(int seed) => WithCommon(
            new SmoothNmfOptions { Rank = Rank, Smoothness = Smoothness, ComponentSmoothness = ComponentSmoothness,
                Direction = Direction }, seed);
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

        /// <summary>Shapes α_k of their own, one for each of the K components, or null for <see cref="Shape"/>. A
        /// component of shape 0 has no dynamics: residual noise.</summary>
        public IReadOnlyList<double>? Shapes { get; set; }

        /// <summary>Which objective.</summary>
        public DynamicalSystemForm Form { get; set; }

        /// <summary>Smallest activation, greater than 0, or null for the default of the form.</summary>
        public double? Floor { get; set; }

        /// <summary>Weight λ_W of Σ w, at least 0; useful with the maximum a posteriori form.</summary>
        public double DictionaryPenalty { get; set; }

        private protected override void CopyLists() => Shapes = Shapes?.ToArray();

        internal override NmfModelParameters Fit(
            NmfData<float> data, SequenceLayout sequences, int seed, string[]? featureNames, NmfCheckpoint? checkpoint,
            IProgress<FitProgress> progress, CancellationToken token)
        {
            var model = DynamicalSystem.Fit(data, Core(seed), sequences, null, checkpoint, progress, token);
            var shapes = model.Options.Shapes ?? Enumerable.Repeat(Shape, Rank);
            var section = new DynamicalSystemSection(model.Transitions.ToRowMajor(), [.. shapes], Form, Floor ?? 0);
            return NmfModelParameters.FromSequences(model, model.Options, data.Samples, featureNames, section);
        }

        private protected override void Check(IExceptionContext context) => context.CheckUserArg(
            Known is null or { HasTransitions: true }, nameof(Known),
            "The known components of a dynamical system need their transitions: other models have none.");

        internal override SequenceNmfOptions ToCore(int seed) => Core(seed);

        private global::Nmf.DynamicalSystemOptions Core(int seed) => WithCommon(
            new global::Nmf.DynamicalSystemOptions
            {
                Rank = Rank,
                Shape = Shape,
                Shapes = Shapes,
                Form = Form,
                Floor = Floor,
                DictionaryPenalty = DictionaryPenalty,
            },
            seed);
    }
}

using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class CoNmfEstimator
{
    /// <summary>One of the views: a column, how it is fitted, and what is told of it.</summary>
    public sealed record View
    {
        /// <summary>Name of the column, a vector of numbers of known size.</summary>
        public required string InputColumnName { get; init; }

        /// <summary>β of its divergence.</summary>
        public double Beta { get; init; } = BetaDivergence.KullbackLeibler;

        /// <summary>What its divergence is multiplied by; null for what makes views count alike
        /// (<see cref="CoNmfView.Weight"/>).</summary>
        public double? Weight { get; init; }

        /// <summary>Name of an output column for the approximation of this view, in rows that lack it its prediction
        /// from the other views; null for none.</summary>
        public string? ReconstructionColumnName { get; init; }

        /// <summary>Name of an output column for the activations of this view; null for none.</summary>
        public string? ActivationColumnName { get; init; }
    }

    /// <summary>What a <see cref="CoNmfEstimator"/> fits and how; copied when it is created.</summary>
    public sealed record Options
    {
        /// <summary>Name of the column of activations, on average over the views. Required.</summary>
        public string OutputColumnName { get; init; } = "";

        /// <summary>The views, at least two.</summary>
        public IReadOnlyList<View> Views { get; init; } = [];

        /// <summary>Number of components K, greater than zero.</summary>
        public int Rank { get; init; } = 10;

        /// <summary>How activations of the views belong together.</summary>
        public ViewCoupling Coupling { get; init; } = ViewCoupling.L1(0.1);

        /// <summary>What columns of the dictionaries sum to.</summary>
        public DictionaryScaling Scaling { get; init; }

        /// <summary>When the fit looks at its objective and when it ends.</summary>
        public IterationOptions Iterations { get; init; } = new();

        /// <summary>Most iterations with shared activations before those of the coupling.</summary>
        public int SharedIterations { get; init; } = 30;

        /// <summary>Number of random starts; the best is kept.</summary>
        public int Starts { get; init; } = 4;

        /// <summary>How far Transform solves a row.</summary>
        public InferenceOptions Inference { get; init; } = new();

        /// <summary>Seed of everything random, or null for one drawn from the <see cref="MLContext"/> when the
        /// estimator is created.</summary>
        public int? Seed { get; init; }

        /// <summary>Number of threads of the fit, or null for one per processor. The result does not depend on
        /// it.</summary>
        public int? Threads { get; init; }

        /// <summary>What Transform does when slots of a view have other names than in the fit.</summary>
        public NameMismatch NameMismatch { get; init; }

        /// <summary>A file in which the state of the fit is saved at intervals, or null: see
        /// <see cref="NmfFitOptions.Checkpoint"/>.</summary>
        public NmfCheckpoint? Checkpoint { get; init; }

        /// <summary>Cancels a running fit, besides the cancellation of the <see cref="MLContext"/>.</summary>
        public CancellationToken CancellationToken { get; init; }

        /// <summary>A checked copy with a seed.</summary>
        internal Options Freeze(IHost host)
        {
            var copy = this with { Views = [.. Option.Given(Views)], Seed = Seed ?? host.Rand.Next() };
            var taken = new HashSet<string>(StringComparer.Ordinal);
            RequireOutput(OutputColumnName, nameof(OutputColumnName));
            for (var v = 0; v < copy.Views.Count; v++)
            {
                host.CheckUserArg(
                    !string.IsNullOrWhiteSpace(Option.Given(copy.Views[v]).InputColumnName),
                    nameof(View.InputColumnName), $"View {v} has no input column.");
                RequireOutput(copy.Views[v].ReconstructionColumnName, nameof(View.ReconstructionColumnName));
                RequireOutput(copy.Views[v].ActivationColumnName, nameof(View.ActivationColumnName));
            }

            host.CheckUserArg(
                copy.Views.DistinctBy(view => view.InputColumnName).Count() == copy.Views.Count, nameof(Views),
                "Two views have the same input column.");
            host.CheckUserArg(
                Enum.IsDefined(NameMismatch), nameof(NameMismatch),
                $"There is no reaction {NameMismatch} to other names.");
            UserErrors.Mark(host, () => copy.ToCore().Validate(copy.Views.Count));
            UserErrors.Mark(host, () => Checkpoint?.Validate());
            return copy;

            void RequireOutput(string? name, string option)
            {
                host.CheckUserArg(
                    name is null || !string.IsNullOrWhiteSpace(name), option,
                    "The name of a column must not be empty.");
                host.CheckUserArg(
                    name is null || taken.Add(name), option, $"There are two output columns '{name}'.");
            }
        }

        internal CoNmfOptions ToCore() => new()
        {
            Rank = Rank, Coupling = Coupling, Scaling = Scaling, Iterations = Iterations, Starts = Starts,
            SharedIterations = SharedIterations, Inference = Inference, Seed = Seed ?? 0, Threads = Threads,
            Views = [.. Views.Select(view => new CoNmfView { Beta = view.Beta, Weight = view.Weight })],
        };
    }
}

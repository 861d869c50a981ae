using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Co-factorisation of several views of the same samples, such as the sound and the picture of a scene or the words and
/// the tags of a text: each has a dictionary of its own, and activations that are the same or nearly so. A noisy view
/// learns from a clean one, and a view that is missing is predicted from the others.
/// </summary>
/// <remarks>
/// Minimises <c>Σ_v α_v D_β(V_v | H_v W_vᵀ) + λ Σ_{u&lt;v} pen(h_u - h_v)</c> (Seichepine, Essid, Févotte and Cappé,
/// "Soft nonnegative matrix co-factorization", 2014), or with shared activations the first sum alone. A sample that a
/// view has not seen is a row of missing entries there, or in sparse data one of weight 0
/// (<see cref="NmfData{T}.WithSampleWeights"/>); its activations are those of the other views.
/// </remarks>
public static class CoNmf
{
    /// <summary>Most views of a fit: all pairs are coupled.</summary>
    internal const int MostViews = 32;

    /// <summary>Fits dictionaries and activations.</summary>
    /// <remarks>An iteration costs that of a multiplicative update of each view, and passes of the size of the
    /// factors.</remarks>
    /// <param name="views">Two or more matrices, samples x features, of the same samples in the same order; dense or
    /// sparse, with missing entries and weights of their own.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="checkpoint">Where to save the state at intervals and to find that of an interrupted fit, or
    /// null.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">An option is out of range, or views have different samples.</exception>
    /// <exception cref="NmfDataException">A view has a zero where its β does not allow one, or cannot be
    /// scaled.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static CoNmfModel<T> Fit<T>(
        IReadOnlyList<NmfData<T>> views,
        CoNmfOptions options,
        NmfCheckpoint? checkpoint = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(views);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(views.Count);
        var data = CoupledData<T>.Of(views, options);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var plan = new Plan<T>(data, options, team);
        return new BestOfStarts<CoSolver<T>, CoSolver<T>>(plan, progress, cancellationToken).Run(
            checkpoint, () => FactsOf(data, options, checkpoint!),
            (fitted, report) => CoNmfModel<T>.Create(data, options, fitted, report, team));
    }

    private static CheckpointFacts FactsOf<T>(CoupledData<T>[] data, CoNmfOptions options, NmfCheckpoint checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var facts = options.AddTo(CheckpointFacts.Of<T>("co-factorisation", checkpoint));
        for (var v = 0; v < data.Length; v++)
        {
            var view = data[v].Source;
            facts.Add($"data of view {v}", CheckpointFacts.MarkOf(view))
                .Add($"sum of view {v}", view.Sum)
                .Add($"sum of the squares of view {v}", view.SumOfSquares)
                .Add($"observed entries of view {v}", view.ObservedEntries)
                .Add($"sum of the weights of view {v}", view.TotalWeight)
                .Add($"absent entries of view {v}", view.AbsentEntries.ToString());
        }

        return facts;
    }

    /// <summary>Random starts with shared activations, then those of each view.</summary>
    private sealed class Plan<T>(CoupledData<T>[] data, CoNmfOptions options, WorkTeam team)
        : FitPlan<CoSolver<T>, CoSolver<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override int Starts => options.Starts;

        public override int Stages => options.Coupling is SoftCoupling && options.SharedIterations > 0 ? 1 : 0;

        public override IterationOptions Iterations(int stage) => stage == Stages ? options.Iterations
            : options.Iterations with
            {
                MaximumIterations = Math.Min(options.SharedIterations, options.Iterations.MaximumIterations),
            };

        public override double Beta(int stage)
            => Array.TrueForAll(data, view => view.Beta == data[0].Beta) ? data[0].Beta : double.NaN;

        public override CoSolver<T> Create(int start)
        {
            var (dictionaries, activations) = CoStart.Random(data, options.Rank, options.Seed, start);
            return Stages == 0 && options.Coupling is SoftCoupling ? Soft(dictionaries, activations)
                : new SharedCoSolver<T>(data, dictionaries, activations, team);
        }

        public override CoSolver<T> Continue(CoSolver<T> before, int stage)
            => Soft(before.Dictionaries, before.Activations[0]);

        public override CoSolver<T> CreateEmpty(int stage)
        {
            var (dictionaries, activations) = CoStart.Random(data, options.Rank, 0, 0);
            return stage == Stages && options.Coupling is SoftCoupling ? Soft(dictionaries, activations)
                : new SharedCoSolver<T>(data, dictionaries, activations, team);
        }

        public override CoSolver<T> Result(CoSolver<T> model) => model;

        private SoftCoSolver<T> Soft(Matrix<T>[] dictionaries, Matrix<T> activations) => new(
            data, dictionaries, [.. data.Select(_ => activations.Clone())], (SoftCoupling)options.Coupling,
            options.Scaling, team);
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Nonnegative tensor factorisation, the CP (PARAFAC) model: <c>V ≈ Σ_k λ_k a_k⁽¹⁾ ∘ a_k⁽²⁾ ∘ … ∘ a_k⁽ᴺ⁾</c> with
/// nonnegative factors of unit norm, by any β-divergence (Carroll and Chang 1970, Harshman 1970; nonnegative: Shashua
/// and Hazan 2005, Cichocki and others 2009).
/// </summary>
/// <remarks>Unlike that of a matrix, the factorisation of a tensor is unique under mild conditions (Kruskal 1977): its
/// components can be named, not only looked at together.</remarks>
public static class TensorNmf
{
    /// <summary>Fits the factors.</summary>
    /// <remarks>
    /// An iteration over a dense tensor of N modes with P entries costs 4 P K operations for β = 2, 4 N P K for β = 1,
    /// 6 N P K otherwise and with missing entries; over a sparse one so many for each stored entry, times N. Beside the
    /// factors memory is a few of them and up to 32 MB, and for β = 2 the tensor times its last factor, where that is
    /// at most half of the tensor. A sparse tensor is kept once for every mode.
    /// </remarks>
    /// <param name="data">The tensor.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="start">One factor for each mode, length x rank, for the first start (copied), or null for random
    /// ones.</param>
    /// <param name="checkpoint">Where to save the state at intervals and to find that of an interrupted fit, or
    /// null.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">An option is out of range, does not go with the data, or the start has
    /// another shape.</exception>
    /// <exception cref="NmfDataException">All are zero, or one where β ≤ 0, or an entry of a start is negative or
    /// not finite.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static TensorNmfModel<T> Fit<T>(
        NmfTensor<T> data, TensorNmfOptions options, IReadOnlyList<Matrix<T>>? start = null,
        NmfCheckpoint? checkpoint = null, IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        data.RequireAnyPositive();
        data.RequireValidFor(options.Beta);
        Option.Require(
            !data.IsWeighted || options.SolverFor(true).SupportsWeights(), nameof(TensorNmfOptions.Solver),
            $"The solver {options.Solver} has no missing entries and no weights.");
        if (start is not null)
            TensorStart.Require(start, data.Lengths, options.Rank);
        var exponent = TensorUnit.Of(data, options.Beta);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var plan = new Plan<T>(data.InUnit(exponent, options.Beta), options, exponent, start, team);
        return new BestOfStarts<CpSolver<T>, Matrix<T>[]>(plan, progress, cancellationToken).Run(
            checkpoint,
            () =>
            {
                var facts = options.AddTo(CheckpointFacts.Of<T>("tensor", checkpoint!)).Add("data", data.Mark())
                    .Add("sum of the data", data.Sum);
                for (var n = 0; n < data.Order; n++)
                    facts.AddFactor($"start of mode {n}", start?[n]);
                return facts;
            },
            (factors, report) => TensorNmfModel<T>.Create(data, options, exponent, factors, report));
    }

    private sealed class Plan<T>(
        NmfTensor<T> data, TensorNmfOptions options, int exponent, IReadOnlyList<Matrix<T>>? start, WorkTeam team)
        : FitPlan<CpSolver<T>, Matrix<T>[]>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override int Starts => options.Starts;

        public override IterationOptions Iterations(int stage) => options.Iterations;

        public override double Beta(int stage) => options.Beta;

        public override double Objective(int stage, double objective)
            => objective * Math.Pow(2, exponent * options.Beta);

        public override CpSolver<T> Create(int number) => CpSolver<T>.Create(
            data, options,
            start is not null && number == 0
                ? TensorStart.InUnit(start, exponent)
                : TensorStart.Random<T>(data.Lengths, options.Rank, data.Mean, options.Seed ?? 0, number),
            team);

        // Its state is about to be loaded.
        public override CpSolver<T> CreateEmpty(int stage) => CpSolver<T>.Create(
            data, options, TensorStart.Random<T>(data.Lengths, options.Rank, data.Mean, 0, 0), team);

        public override Matrix<T>[] Result(CpSolver<T> model) => model.Factors;
    }
}

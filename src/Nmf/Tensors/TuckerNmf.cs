using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Nonnegative Tucker decomposition, <c>v_ij…l ≈ Σ g_pq…s a⁽¹⁾_ip a⁽²⁾_jq … a⁽ᴺ⁾_ls</c>: every mode has as many
/// components as it needs, and a nonnegative core says how much of every combination there is (Tucker 1966;
/// nonnegative: Kim and Choi 2007), by any β-divergence.
/// </summary>
public static class TuckerNmf
{
    /// <summary>Fits factors and core.</summary>
    /// <remarks>An iteration over a tensor of N modes with P entries costs about 4 (N + 1) P R operations for β = 1, R
    /// the rank of the last mode, half as many for β = 2 and half as many again otherwise: put the longest mode
    /// last.</remarks>
    /// <param name="data">A dense tensor, entries may be missing or weighted.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="checkpoint">Where to save the state at intervals and to find that of an interrupted fit, or
    /// null.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the tensor is stored by
    /// coordinates.</exception>
    /// <exception cref="NmfDataException">All are zero, or one where β ≤ 0.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static TuckerNmfModel<T> Fit<T>(
        NmfTensor<T> data, TuckerOptions options, NmfCheckpoint? checkpoint = null,
        IProgress<FitProgress>? progress = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(data.Order);
        Option.Require(
            !data.IsSparse, nameof(data), "The Tucker model is fitted to dense tensors: give all entries, or use "
            + $"{nameof(TensorNmf)} for those by coordinates.");
        data.RequireAnyPositive();
        data.RequireValidFor(options.Beta);
        var exponent = TensorUnit.Of(data, options.Beta);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var plan = new Plan<T>(data.InUnit(exponent, options.Beta), options, exponent, team);
        return new BestOfStarts<TuckerSolver<T>, Matrix<T>[]>(plan, progress, cancellationToken).Run(
            checkpoint,
            () => options.AddTo(CheckpointFacts.Of<T>("Tucker", checkpoint!)).Add("data", data.Mark())
                .Add("sum of the data", data.Sum),
            (factors, report) => TuckerNmfModel<T>.Create(data, options, exponent, factors, report));
    }

    /// <summary>Uniform random factors and core whose model has the mean of the data.</summary>
    internal static Matrix<T>[] Random<T>(int[] shape, IReadOnlyList<int> ranks, double mean, int seed, int start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const double Least = 0.02;
        var random = new CounterRandom(seed, start);
        var size = ranks.Aggregate(1, (all, rank) => checked(all * rank));
        var scale = 2 * Math.Pow(mean / size, 1.0 / (shape.Length + 1));
        long index = 0;
        return [.. shape.Select((length, n) => Factor(length, ranks[n])), Factor(size / ranks[^1], ranks[^1])];

        Matrix<T> Factor(int rows, int columns)
        {
            var factor = new Matrix<T>(rows, columns);
            for (var i = 0; i < rows; i++)
            {
                foreach (ref var x in factor.Row(i))
                    x = T.CreateChecked(scale * Math.Max(Least, random.Uniform(index++)));
            }

            return factor;
        }
    }

    private sealed class Plan<T>(NmfTensor<T> data, TuckerOptions options, int exponent, WorkTeam team)
        : FitPlan<TuckerSolver<T>, Matrix<T>[]>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override int Starts => options.Starts;

        public override IterationOptions Iterations(int stage) => options.Iterations;

        public override double Beta(int stage) => options.Beta;

        public override double Objective(int stage, double objective)
            => objective * Math.Pow(2, exponent * options.Beta);

        public override TuckerSolver<T> Create(int number) => new(
            data, options, Random<T>(data.Lengths, options.Ranks, data.Mean, options.Seed, number), team);

        // Its state is about to be loaded.
        public override TuckerSolver<T> CreateEmpty(int stage) => Create(0);

        public override Matrix<T>[] Result(TuckerSolver<T> model) => model.Factors;
    }
}

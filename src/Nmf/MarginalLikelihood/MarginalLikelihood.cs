using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Factorisation by maximum marginal likelihood: activations have a Gamma distribution and are integrated out, and the
/// dictionary alone is estimated, <c>max_W log p(V | W)</c>. It does not grow with the number of samples, so columns
/// that the data do not need vanish, and activations of new samples come with their uncertainty. Dikmen and Févotte,
/// "Nonnegative dictionary learning in the exponential noise model for adaptive music signal representation", 2011, and
/// "Maximum marginal likelihood estimation for nonnegative dictionary learning in the Gamma-Poisson model", 2012.
/// </summary>
public static class MarginalLikelihood
{
    private const double LargestCount = 1L << 53;

    private static readonly BetaMeasure Spectra = new(BetaDivergence.ItakuraSaito);

    /// <summary>Fits a dictionary.</summary>
    /// <remarks>An iteration of counts costs 8 operations per component and non-zero entry and N K values of the
    /// digamma function. Beside W, memory is four matrices of the size of H.</remarks>
    /// <param name="data">samples x features, without weights; of missing entries nothing is expected, and Monte Carlo
    /// needs complete data. Counts may be sparse, and have no unit: ten
    /// times the counts are ten times the evidence. Under exponential noise data are dense and positive, in any
    /// unit.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="checkpoint">Where to save the state at intervals and to find that of an interrupted fit, or
    /// null.</param>
    /// <param name="progress">Told the objective, minus the bound of the logarithm of the likelihood, at every check,
    /// on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="NmfDataException">Entries are weighted, or missing for Monte Carlo; or there is a zero, or the
    /// data are sparse, under exponential noise.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static MarginalLikelihoodModel<T> Fit<T>(
        NmfData<T> data,
        MarginalLikelihoodOptions options,
        NmfCheckpoint? checkpoint = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RequireValid(data, options);
        if (options.Method == MarginalMethod.MonteCarlo)
            _ = CollapsedGibbsSolver<T>.UnitsOf(data);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var unit = options.Noise == MarginalNoise.Poisson ? new FitUnit(0, 0)
            : FitUnit.Of(data, BetaDivergence.ItakuraSaito, null, OwnUnits.None);
        var inUnit = options.Noise == MarginalNoise.Poisson ? data : data.InUnit(unit, Spectra);
        var plan = new Plan<T>(inUnit, options, unit.Data, team);
        return new BestOfStarts<MarginalSolver<T>, MarginalSolver<T>>(plan, progress, cancellationToken).Run(
            checkpoint,
            () => options.AddTo(CheckpointFacts.Of<T>("maximum marginal likelihood", checkpoint!)).AddData(data),
            (solver, report) => MarginalLikelihoodModel<T>.Create(
                options, data, solver.W, solver.Shape, solver.Rate, unit.Data, report, team,
                report.StopReason == StopReason.Cancelled ? CancellationToken.None : cancellationToken));
    }

    /// <summary>Checks the data.</summary>
    /// <exception cref="NmfDataException">The noise cannot be that of these data.</exception>
    internal static void RequireValid<T>(NmfData<T> data, MarginalLikelihoodOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.HasWeights)
            throw new NmfDataException(
                "Maximum marginal likelihood takes no weights: a likelihood says how often data were seen. Missing "
                + "entries it does take.");
        if (data.HasMissingEntries && options.Method == MarginalMethod.MonteCarlo)
            throw new NmfDataException(
                "Monte Carlo needs complete data: choose the variational method, or fill the missing entries first.");
        if (options.Noise == MarginalNoise.Poisson)
        {
            RequireCountable(data);
            return;
        }

        if (data.IsSparse)
            throw new NmfDataException(
                "The data are sparse, but exponential noise has no zeros: give dense data, or choose Poisson noise.");
        data.RequireValidFor(Spectra);
    }

    // Beyond, differences of the likelihood are less than its rounding.
    private static void RequireCountable<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var n = 0; n < data.Samples && data.Sum > LargestCount; n++)
        {
            var values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            for (var j = 0; j < values.Length; j++)
            {
                if (double.CreateTruncating(values[j]) is > LargestCount and var value)
                    throw new NmfDataException(
                        $"The entry at sample {n}, feature {(data.IsSparse ? data.Sparse!.RowIndices(n)[j] : j)} is "
                        + $"{value:R}. Counts are at most 2^53: divide the data by a constant.", n,
                        data.IsSparse ? data.Sparse!.RowIndices(n)[j] : j, value);
            }
        }
    }

    private sealed class Plan<T>(NmfData<T> data, MarginalLikelihoodOptions options, int exponent, WorkTeam team)
        : FitPlan<MarginalSolver<T>, MarginalSolver<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Where the shape is estimated, it starts from that of the exponential distribution.
        private const double FirstShape = 1;

        public override int Starts => options.Starts;

        public override IterationOptions Iterations(int stage) => options.Iterations;

        public override double Beta(int stage) => options.Noise == MarginalNoise.Poisson
            ? BetaDivergence.KullbackLeibler : BetaDivergence.ItakuraSaito;

        // A density has the inverse unit of the data.
        public override double Objective(int stage, double objective)
            => objective + (exponent * Math.Log(2) * data.ObservedEntries);

        // W is the mean sample times numbers about one, and what is expected of each sample its sum, so that both are
        // near where a factorisation of rank one has its optimum.
        public override MarginalSolver<T> Create(int start)
        {
            var random = new CounterRandom(options.Seed ?? 0, start);
            var (rank, alpha) = (options.Rank, options.Shape ?? FirstShape);
            var (bySample, byFeature) = MarginalSums.Of(data);
            var w = new Matrix<T>(data.Features, rank);
            var a = new Matrix<T>(data.Samples, rank);
            var at = 0L;
            for (var f = 0; f < w.Rows; f++)
            {
                foreach (ref var x in w.Row(f))
                    x = T.CreateChecked(byFeature[f] / (rank * alpha) * (0.5 + random.Uniform(at++)));
            }

            for (var n = 0; n < a.Rows; n++)
            {
                foreach (ref var x in a.Row(n))
                    x = T.CreateChecked(alpha + (bySample[n] / rank * (0.5 + random.Uniform(at++))));
            }

            double[] Of(double value) => [.. Enumerable.Repeat(value, rank)];
            if (options.Noise == MarginalNoise.Exponential)
                return Exponential(w, a, Of(alpha), Of(1));
            if (options.Method == MarginalMethod.MonteCarlo)
                return new CollapsedGibbsSolver<T>(
                    data, w, a, Of(alpha), Of(1), options.Shape is null, options.Seed ?? 0, start, options.Sweeps,
                    team);
            return new VariationalPoissonSolver<T>(data, w, a, Of(alpha), Of(1), options.Shape is null, team);
        }

        public override MarginalSolver<T> CreateEmpty(int stage) => Create(0);

        public override MarginalSolver<T> Result(MarginalSolver<T> model) => model;

        // About the level m that the start expects of an activation: GIG(α, (α + 1) / m, m).
        private VariationalExponentialSolver<T> Exponential(Matrix<T> w, Matrix<T> a, double[] shape, double[] rate)
        {
            var tau = new Matrix<T>(a.Rows, a.Columns);
            var mean = data.Mean * data.Features / shape.Length;
            for (var n = 0; n < a.Rows; n++)
            {
                var row = a.Row(n);
                for (var k = 0; k < row.Length; k++)
                {
                    var level = T.CreateChecked(
                        shape[k] * (double.CreateTruncating(row[k]) - shape[k]) / mean);
                    (row[k], tau[n, k]) = (T.CreateChecked(shape[k] + 1) / level, level);
                }
            }

            return new VariationalExponentialSolver<T>(data, w, a, tau, shape, rate, team);
        }
    }
}

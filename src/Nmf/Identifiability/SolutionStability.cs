using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Fits the same problem from several random starts and says what all of them found: components aligned, how much each
/// varies, and whether the best of them is the only factorisation of its product.
/// </summary>
/// <remarks>Two things can go wrong with a component: another start ends in another local minimum, which the spread
/// shows, or the same minimum has many solutions, which the spread shows too and <see cref="Identifiability"/> can
/// explain.</remarks>
public static class SolutionStability
{
    /// <summary>Fits and compares.</summary>
    /// <param name="data">Data, samples x features.</param>
    /// <param name="options">The fit. Its starts are not used, and all starts are random whatever its initialisation
    /// says, given starts excepted: NNDSVD always gives the same factors.</param>
    /// <param name="starts">Number of starts, at least 2.</param>
    /// <param name="progress">Told about every check and end of a fit, one call at a time.</param>
    /// <param name="cancellationToken">Stops all running fits within an iteration.</param>
    /// <remarks>The same to the bit for any number of threads. Keeps <c>starts x F x K</c> numbers, and the activations
    /// of the fits that run and of the best one.</remarks>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="NmfDataException">The data cannot be factorised.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static StabilityReport Run<T>(
        NmfData<T> data, NmfOptions options, int starts = 10, IProgress<RankProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Option.Require(starts > 1, "Starts", $"There is nothing to compare: {starts} start(s).");
        Option.Require(
            !options.Problem.FindsRank, "Problem",
            $"Automatic relevance determination finds another rank in every start: ask {nameof(RankRelevance)}.");
        options.Problem.RequireValid(data);
        cancellationToken.ThrowIfCancellationRequested();
        var jobs = new RankJobs(starts, progress);
        var (concurrent, threads) = RankJobs.Share(starts, options.Threads, null);
        var best = new Best<T>();
        var runs = RankJobs.Run(
            starts, concurrent,
            (start, token) =>
            {
                var model = RandomStarts.Fit(
                    data, options with { Threads = threads }, start, jobs.Of(options.Rank, 0, start), token);
                jobs.Completed(options.Rank, 0, start, model.Report.Iterations, model.Objective);
                best.Offer(start, model);
                return new StartResult<T>(
                    model.Dictionary, [.. model.Contributions], model.Objective, model.Report.StopReason);
            },
            cancellationToken);
        var reference = best.Start;
        var alignment = ComponentAlignment.Of([.. runs.Select(run => run.Dictionary)], reference, cancellationToken);
        return new StabilityReport(
            [.. runs.Select((run, start) => new StabilityRun(start, run.Objective, run.StopReason))],
            reference, alignment,
            [.. Enumerable.Range(0, options.Rank).Select(k => Component(runs, alignment, reference, k))],
            Identifiability.Of(best.Model!.Dictionary, best.Model.Activations, cancellationToken: cancellationToken));
    }

    private static StableComponent Component<T>(
        StartResult<T>[] runs, ComponentAlignment alignment, int reference, int component)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[][] columns =
            [.. runs.Select((run, r) => UnitColumn(run.Dictionary, alignment.ComponentOf[r][component]))];
        var features = columns[0].Length;
        var (mean, deviation) = (new double[features], new double[features]);
        foreach (var column in columns)
            TensorPrimitives.Add(mean, column, mean);
        TensorPrimitives.Divide(mean, columns.Length, mean);
        foreach (var column in columns)
        {
            for (var f = 0; f < features; f++)
                deviation[f] += (column[f] - mean[f]) * (column[f] - mean[f]) / (columns.Length - 1);
        }

        TensorPrimitives.Sqrt(deviation, deviation);
        double[] cosines = [.. columns.Select(column => Cosine(column, columns[reference]))];
        double[] shares = [.. runs.Select((run, r) => run.Contributions[alignment.ComponentOf[r][component]])];
        return new StableComponent(component, alignment.Stability[component], cosines, shares, mean, deviation);
    }

    private static double Cosine(double[] first, double[] second)
    {
        var norms = TensorPrimitives.Norm<double>(first) * TensorPrimitives.Norm<double>(second);
        return norms > 0 ? Math.Min(1, TensorPrimitives.Dot<double>(first, second) / norms) : 0;
    }

    private static double[] UnitColumn<T>(Matrix<T> dictionary, int component)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var column = new double[dictionary.Rows];
        for (var f = 0; f < column.Length; f++)
            column[f] = double.CreateTruncating(dictionary[f, component]);
        var sum = TensorPrimitives.Sum<double>(column);
        if (sum > 0)
            TensorPrimitives.Divide(column, sum, column);
        return column;
    }

    private sealed record StartResult<T>(
        Matrix<T> Dictionary, double[] Contributions, double Objective, StopReason StopReason)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    // The model with the lowest objective; of equal ones that of the first start, whoever ends first.
    private sealed class Best<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly object _gate = new();

        public int Start { get; private set; } = -1;

        public NmfModel<T>? Model { get; private set; }

        public void Offer(int start, NmfModel<T> model)
        {
            lock (_gate)
            {
                if (Model is null || model.Objective < Model.Objective
                    || (model.Objective == Model.Objective && start < Start))
                {
                    (Start, Model) = (start, model);
                }
            }
        }
    }
}

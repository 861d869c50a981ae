using System.Diagnostics;
using System.Numerics;
using Nmf;
using Nmf.Kernels;

namespace PeerComparison;

/// <summary>
/// Inference: activations of new rows for a fixed dictionary, one row at a time and as a block. As in the peer scripts,
/// the dictionary is the shared start after five iterations on the first 2,000 rows, with scikit-learn's own updates,
/// so that both solve the same problem; the mode "fixed" does a fixed number of iterations for every row, the mode
/// "default" what the program does when nothing is said.
/// </summary>
internal static class TransformRun<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int TrainingRows = 2000;
    private const int TrainingIterations = 5;
    private const int SingleRows = 200;
    private const int LeastCalls = 2000;

    public static void Run(Arguments arguments)
    {
        var set = DataSet.Open(arguments.Data);
        var block = set.Load<T>(arguments.Rows);
        foreach (var mode in new[] { "fixed", "default" })
        {
            var options = new NmfOptions
            {
                Rank = arguments.Rank,
                Problem = arguments.Beta,
                Solver =
                    arguments.Beta == BetaDivergence.Euclidean ? NmfSolver.Hals : NmfSolver.MajorizationMinimization,
                Scale = ComponentScale.None,
                Threads = arguments.Threads,
            };
            if (mode == "fixed")
                options = options with { Inference =
                    new() { MaximumIterations = arguments.Iterations, Tolerance = double.Epsilon } };
            Measure(arguments, set, block, mode, options);
        }
    }

    private static void Measure(Arguments arguments, DataSet set, LoadedData<T> block, string mode, NmfOptions options)
    {
        var model = Train(set, options, arguments.Seed);
        var rows = model.CreateRowSolver();
        var single = MeasureRows(rows, SelectRows(block, arguments.RowNonZeros), arguments.Budget / 3, block);

        WarmUpBlock(model, set);
        var cpu = ProcessMeter.CpuSeconds;
        var clock = Stopwatch.GetTimestamp();
        var activations = model.Transform(block.Data);
        var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        cpu = ProcessMeter.CpuSeconds - cpu;

        var memory = ProcessMeter.PeakMemory;
        new ResultLine()
            .Set("peer", "mlnmf-transform")
            .Set("case", "transform_" + set.Name)
            .Set("mode", mode)
            .Set("k", (long)arguments.Rank)
            .Set("beta", arguments.Beta)
            .Set("dtype", arguments.Type)
            .Set("threads", (long)arguments.Threads)
            .Set("iters", (long)options.Inference.MaximumIterations)
            .Set("seconds", seconds, 5)
            .Set("cpu_s", cpu, 5)
            .Set("sec_per_iter", mode == "fixed" ? seconds / options.Inference.MaximumIterations : null)
            .Set("rows", (long)block.Data.Samples)
            .Set("rows_per_s", block.Data.Samples / seconds, 1)
            .Set("row_ms_median", single.Median, 5)
            .Set("row_ms_best", single.Best, 5)
            .Set("row_ms_p99", single.Percentile99, 5)
            .Set("row_bytes", single.Bytes, 3)
            .Set("row_iters_median", single.Iterations, 1)
            .Set("row_nnz_mean", single.NonZeros, 1)
            .Set("peak_rss_mb", memory, 1)
            .Set("objective", new Scorer<T>(block, arguments.Beta).Score(activations, model.Dictionary))
            .Set("version", typeof(NmfOptions).Assembly.GetName().Version!.ToString(3))
            .Set("tag", arguments.Tag)
            .Emit();
    }

    // A fit would raise what the start does not have (words that are in many texts, of which a random start has no more
    // than of others) and scale the components; scikit-learn does neither.
    private static NmfModel<T> Train(DataSet set, NmfOptions options, int seed)
    {
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var solver = Solver<T>.Create(
            set.Load<T>(TrainingRows).Data, options, set.LoadStart<T>(TrainingRows, options.Rank, seed), team);
        for (var i = 0; i < TrainingIterations; i++)
            solver.Step();
        var report = new FitReport(
            [new ObjectivePoint(0, 0, TimeSpan.Zero)], TrainingIterations, StopReason.MaximumIterations);
        return NmfModel<T>.FromStream(
            options, solver.Factors.Dictionary, report, 0, 0,
            [.. Enumerable.Repeat(1.0 / options.Rank, options.Rank)]);
    }

    private static void WarmUpBlock(NmfModel<T> model, DataSet set)
    {
        var few = set.Load<T>(50);
        WarmUp.Until(() => model.Transform(few.Data));
    }

    private static int[] SelectRows(LoadedData<T> block, int? nonZeros)
    {
        var all = Enumerable.Range(0, block.Data.Samples);
        var chosen = nonZeros is not { } wanted || block.Sparse is not { } sparse
            ? all
            : all.Where(n => Math.Abs(sparse.RowIndices(n).Length - wanted) <= Math.Max(1, wanted / 20));
        var rows = chosen.Take(SingleRows).ToArray();
        return rows.Length > 0 ? rows : throw new UsageException($"No row has about {nonZeros} non-zeros.");
    }

    private static SingleRowTimes MeasureRows(RowSolver<T> rows, int[] selected, double budget, LoadedData<T> block)
    {
        var scratch = rows.CreateScratch();
        var activations = new T[rows.Rank];
        var next = 0;
        WarmUp.Until(() => Solve(selected[next++ % selected.Length]));

        var milliseconds = new List<double>(LeastCalls);
        var iterations = new List<double>(LeastCalls);
        var whole = Stopwatch.GetTimestamp();
        while (milliseconds.Count < LeastCalls
            && (milliseconds.Count < selected.Length || Stopwatch.GetElapsedTime(whole).TotalSeconds < budget))
        {
            var row = selected[milliseconds.Count % selected.Length];
            var clock = Stopwatch.GetTimestamp();
            var used = Solve(row);
            milliseconds.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            iterations.Add(used);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var row in selected)
            Solve(row);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        var sorted = milliseconds.Order().ToArray();
        return new SingleRowTimes(
            Trajectory.Median(sorted),
            sorted[0],
            sorted[(int)Math.Ceiling(0.99 * sorted.Length) - 1],
            (double)bytes / selected.Length,
            Trajectory.Median(iterations),
            selected.Average(n => block.Sparse is { } s ? s.RowIndices(n).Length : block.Data.Features));

        int Solve(int n) => block.Sparse is { } sparse
            ? rows.Solve(sparse.RowIndices(n), sparse.RowValues(n), activations, scratch)
            : rows.Solve(block.Dense!.Row(n), activations, scratch);
    }

    /// <summary>Times of single rows in milliseconds, and bytes of managed memory that one call allocates.</summary>
    private readonly record struct SingleRowTimes(
        double Median, double Best, double Percentile99, double Bytes, double Iterations, double NonZeros);
}

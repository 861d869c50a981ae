using System.Diagnostics;
using System.Numerics;
using Nmf;
using Nmf.Kernels;

namespace PeerComparison;

/// <summary>A fit from the shared start: time per iteration, objective over time, memory.</summary>
internal static class FitRun<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static void Run(Arguments arguments)
    {
        var set = DataSet.Open(arguments.Data);
        var options = new NmfOptions
        {
            Rank = arguments.Rank,
            Problem = arguments.Beta,
            Solver = arguments.Solver,
            Threads = arguments.Threads,
        };
        using var team = new WorkTeam(arguments.Threads);
        WarmUp.Run<T>(set, options, arguments.Seed, arguments.WarmsUp, team);

        var data = set.Load<T>(set.Rows);
        var start = set.LoadStart<T>(set.Rows, arguments.Rank, arguments.Seed);
        var loaded = ProcessMeter.PeakMemory;
        var clock = Stopwatch.GetTimestamp();
        if (arguments.WarmsUp)
            SketchStart.Improve(data.Data, start, arguments.Beta, arguments.Seed, team, CancellationToken.None);
        var solver = Solver<T>.Create(data.Data, options, start, team);
        var setup = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        var scorer = new Scorer<T>(data, arguments.Beta);
        var run = Trajectory.Run(
            Steps, Score, arguments.Iterations, arguments.Budget, arguments.Threads, scoresStart: arguments.WarmsUp);

        var best = arguments.Threads == 1 ? Math.Min(run.BestSeconds, run.BestCpuSeconds) : run.BestSeconds;
        var line = new ResultLine()
            .Set("peer", "mlnmf-" + arguments.SolverName)
            .Set("case", set.Name)
            .Set("rows", (long)set.Rows)
            .Set("cols", (long)set.Columns)
            .Set("nnz", (long?)set.NonZeros)
            .Set("k", (long)arguments.Rank)
            .Set("beta", arguments.Beta)
            .Set("dtype", arguments.Type)
            .Set("threads", (long)arguments.Threads)
            .Set("peak_rss_mb", ProcessMeter.PeakMemory, 1)
            .Set("gflops", Flops(set, arguments.Rank, arguments.Beta) / best / 1e9, 3);
        run.AddTo(line);
        line.Set("version", typeof(NmfOptions).Assembly.GetName().Version!.ToString(3))
            .Set("solver", options.EffectiveSolverFor(data.Data) + (arguments.WarmsUp ? " after a sketch" : ""))
            .Set("setup_s", setup, 5)
            .Set("rss_loaded_mb", loaded, 1)
            .Set("rss_fit_mb", run.PeakMemoryOfFit, 1)
            .Set("tag", arguments.Tag)
            .Emit();

        void Steps(int count)
        {
            for (var i = 0; i < count; i++)
                solver.Step();
        }

        double Score()
        {
            var objective = scorer.Score(solver.H, solver.W);

            // Lets the thread pool of the scorer go to sleep: its spinning is not the fit's.
            Thread.Sleep(20);
            return objective;
        }
    }

    // Nominal work of one iteration, the formulas of the peer scripts: extra work that a program
    // does is not counted for it.
    private static double Flops(DataSet set, int rank, double beta)
    {
        double n = set.Rows, f = set.Columns, k = rank;
        var cells = set.IsSparse ? set.NonZeros : n * f;
        return beta switch
        {
            2 => (4 * cells * k) + (4 * (n + f) * k * k),
            1 => 8 * cells * k,
            _ => (set.IsSparse ? 8 : 12) * cells * k,
        };
    }
}

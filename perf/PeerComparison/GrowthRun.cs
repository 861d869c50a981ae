using System.Diagnostics;
using Nmf;
using Nmf.Kernels;

namespace PeerComparison;

/// <summary>
/// How the time of one iteration grows when one size of the problem doubles four times and the others stay:
/// samples, features, rank and non-zeros, Kullback-Leibler, on generated data. What is linear on paper should
/// be linear on the machine.
/// </summary>
internal static class GrowthRun
{
    private const int Doublings = 5;
    private const int Rounds = 4;
    private const double SecondsOfRound = 0.15;

    private static readonly Axis[] Axes =
    [
        new("dense_samples", "samples N", i => new Problem(4096 << i, 512, 32, 0)),
        new("dense_features", "features F", i => new Problem(4096, 512 << i, 32, 0)),
        new("dense_rank", "rank K", i => new Problem(4096, 512, 16 << i, 0)),
        new("sparse_samples", "documents N", i => new Problem(8192 << i, 8192, 32, 100L * (8192 << i))),
        new("sparse_nonzeros", "non-zeros", i => new Problem(8192, 8192, 32, 327_680L << i)),
        new("sparse_rank", "rank K, sparse", i => new Problem(8192, 8192, 16 << i, 819_200)),
    ];

    public static void Run(Arguments arguments)
    {
        using var team = new WorkTeam(arguments.Threads);
        var curves = new List<GrowthCurve>();
        foreach (var axis in Axes)
        {
            var problems = Enumerable.Range(0, Doublings).Select(axis.Problem).ToArray();
            var seconds = Measure(problems, team, arguments.Threads);
            var sizes = problems.Select((_, i) => 1 << i).ToArray();
            curves.Add(new GrowthCurve(axis.Label, sizes, seconds));
            for (var i = 0; i < problems.Length; i++)
            {
                var (samples, features, rank, nonZeros) = problems[i];
                new ResultLine()
                    .Set("peer", "mlnmf-growth")
                    .Set("case", "growth_" + axis.Name)
                    .Set("rows", (long)samples)
                    .Set("cols", (long)features)
                    .Set("nnz", nonZeros > 0 ? nonZeros : (long)samples * features)
                    .Set("k", (long)rank)
                    .Set("beta", 1.0)
                    .Set("dtype", "f32")
                    .Set("threads", (long)arguments.Threads)
                    .Set("size", (long)sizes[i])
                    .Set("sec_per_iter_min", seconds[i])
                    .Set("per_unit", seconds[i] / sizes[i] / seconds[0], 4)
                    .Emit();
            }
        }

        if (arguments.Output is { } folder)
        {
            Directory.CreateDirectory(folder);
            GrowthPlot.Save(curves, Path.Combine(folder, "growth.png"));
        }
    }

    // All sizes take turns, so that a slow minute of the machine does not fall on one of them.
    private static double[] Measure(Problem[] problems, WorkTeam team, int threads)
    {
        var data = problems.Select(Generate).ToArray();
        var starts = problems.Select(RandomStart).ToArray();
        var solvers = problems.Select((p, i) => Solver<float>.Create(data[i], Options(p), starts[i], team)).ToArray();
        WarmUp.Until(solvers[0].Step);
        var best = Enumerable.Repeat(double.PositiveInfinity, problems.Length).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < solvers.Length; i++)
            {
                solvers[i].Step();
                best[i] = Math.Min(best[i], BestOfRound(solvers[i], threads));
            }
        }

        return best;
    }

    private static NmfOptions Options(Problem problem) => new()
    {
        Rank = problem.Rank,
        Problem = BetaDivergence.KullbackLeibler,
        Solver = NmfSolver.MultiplicativeUpdate,
    };

    private static double BestOfRound(Solver<float> solver, int threads)
    {
        // Groups of iterations of about ten milliseconds: long enough for the clock of CPU time.
        var whole = Stopwatch.GetTimestamp();
        solver.Step();
        var group = Math.Max(1, (int)(0.01 / Stopwatch.GetElapsedTime(whole).TotalSeconds));
        var best = double.PositiveInfinity;
        do
        {
            var cpu = ProcessMeter.CpuSeconds;
            var clock = Stopwatch.GetTimestamp();
            for (var i = 0; i < group; i++)
                solver.Step();
            var wall = Stopwatch.GetElapsedTime(clock).TotalSeconds;
            cpu = ProcessMeter.CpuSeconds - cpu;
            best = Math.Min(best, (threads == 1 && cpu > 0 ? Math.Min(wall, cpu) : wall) / group);
        }
        while (Stopwatch.GetElapsedTime(whole).TotalSeconds < SecondsOfRound);
        return best;
    }

    private static NmfData<float> Generate(Problem problem)
    {
        var random = new Random(7);
        if (problem.NonZeros > 0)
            return NmfData<float>.FromMatrix(RandomSparse(problem, random));
        var dense = new Matrix<float>(problem.Samples, problem.Features);
        for (var n = 0; n < problem.Samples; n++)
            foreach (ref var v in dense.Row(n))
                v = random.Next(8);
        return NmfData<float>.FromMatrix(dense);
    }

    // Every row has the same number of non-zeros; columns are drawn with a skew, as words are.
    private static unsafe SparseMatrix<float> RandomSparse(Problem problem, Random random)
    {
        var perRow = (int)(problem.NonZeros / problem.Samples);
        var sparse = new SparseMatrix<float>(problem.Samples, problem.Features, problem.NonZeros);
        var drawn = new HashSet<int>();
        for (var n = 0; n < problem.Samples; n++)
        {
            drawn.Clear();
            while (drawn.Count < perRow)
            {
                var u = random.NextDouble();
                drawn.Add((int)(problem.Features * u * u));
            }

            sparse.RowStarts[n + 1] = (long)perRow * (n + 1);
            drawn.Order().ToArray().CopyTo(new Span<int>(sparse.ColumnIndices + sparse.RowStarts[n], perRow));
            foreach (ref var v in sparse.RowMemory(n))
                v = 1 + random.Next(4);
        }

        return sparse;
    }

    private static NmfStart<float> RandomStart(Problem problem)
    {
        var random = new Random(11);
        var (w, h) = (new Matrix<float>(problem.Features, problem.Rank),
            new Matrix<float>(problem.Samples, problem.Rank));
        foreach (var factor in new[] { w, h })
            for (var i = 0; i < factor.Rows; i++)
                foreach (ref var v in factor.Row(i))
                    v = 0.1f + random.NextSingle();
        return new NmfStart<float>(w, h);
    }

    private sealed record Axis(string Name, string Label, Func<int, Problem> Problem);

    /// <summary>A size of problem; dense where there are no non-zeros given.</summary>
    private sealed record Problem(int Samples, int Features, int Rank, long NonZeros);
}

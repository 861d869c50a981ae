using System.Diagnostics;
using System.Text.Json.Nodes;

namespace PeerComparison;

/// <summary>
/// Runs iterations in chunks and scores the factors between them. The budget rule is that of the peer scripts; only the
/// iterations are timed. The first ten are scored one by one: fits that begin on a sketch are done by then, and five
/// iterations more would be half of their time.
/// </summary>
internal sealed class Trajectory
{
    private static readonly int[] FirstChunks = [.. Enumerable.Repeat(1, 10), .. Enumerable.Repeat(5, 18)];
    private const int LaterChunks = 25;

    // What an iteration costs is read from as many together: a few alone have the luck of a moment, and some solvers
    // judge their steps every fifth iteration.
    private const int FewestMeasured = 10;

    private readonly List<(int Iterations, double Wall, double Cpu)> _chunks = [];
    private readonly JsonArray _points = [];

    private Trajectory()
    {
    }

    public int Iterations { get; private set; }

    public double Seconds { get; private set; }

    /// <summary>Objective of the last chunk.</summary>
    public double Objective { get; private set; } = double.NaN;

    /// <summary>Largest resident memory before the first score: what loading and fitting need.</summary>
    public double PeakMemoryOfFit { get; private set; }

    /// <summary>Seconds per iteration of the fastest chunk.</summary>
    public double BestSeconds => Measured().Min(chunk => chunk.Wall);

    /// <summary>CPU seconds per iteration of the cheapest chunk.</summary>
    public double BestCpuSeconds => Measured().Min(chunk => chunk.Cpu);

    /// <summary>Measures.</summary>
    /// <param name="step">Does a number of iterations.</param>
    /// <param name="score">The objective of the current factors.</param>
    /// <param name="iterations">Most iterations.</param>
    /// <param name="budget">Most seconds.</param>
    /// <param name="threads">Threads that the steps use: the budget is counted in CPU time where the
    /// machine is busy.</param>
    /// <param name="scoresStart">Whether to score the factors before the first iteration, too.</param>
    public static Trajectory Run(
        Action<int> step, Func<double> score, int iterations, double budget, int threads, bool scoresStart = false)
    {
        var run = new Trajectory();
        if (scoresStart)
            run._points.Add(new JsonArray(0, 0.0, ResultLine.Number(score()), 0.0));
        var cpuSpent = 0.0;
        for (var chunk = 0; ; chunk++)
        {
            var count = Math.Min(
                chunk < FirstChunks.Length ? FirstChunks[chunk] : LaterChunks, iterations - run.Iterations);
            var counted = cpuSpent > 0 ? Math.Min(run.Seconds, (cpuSpent / threads * 1.5) + 1e-9) : run.Seconds;
            if (count <= 0 || counted >= budget || run.Seconds >= 4 * budget)
                break;
            if (chunk > 0)
            {
                var fastest = Math.Min(run.BestSeconds, run.BestCpuSeconds);
                if ((cpuSpent / threads) + (count * fastest) > 2 * budget)
                    count = Math.Max(1, (int)((budget - (cpuSpent / threads)) / fastest));
            }

            var cpu = ProcessMeter.CpuSeconds;
            var clock = Stopwatch.GetTimestamp();
            step(count);
            var wall = Stopwatch.GetElapsedTime(clock).TotalSeconds;
            cpu = ProcessMeter.CpuSeconds - cpu;
            if (chunk == 0)
                run.PeakMemoryOfFit = ProcessMeter.PeakMemory;
            run.Iterations += count;
            run.Seconds += wall;
            cpuSpent += cpu;
            run._chunks.Add((count, wall, cpu));
            run.Objective = score();
            run._points.Add(new JsonArray(
                JsonValue.Create(run.Iterations),
                ResultLine.Number(run.Seconds, 5),
                ResultLine.Number(run.Objective),
                ResultLine.Number(cpuSpent, 5)));
        }

        return run;
    }

    // Seconds per iteration of chunks together; of all, where there was no time for as many.
    private List<(double Wall, double Cpu)> Measured()
    {
        var measured = new List<(double, double)>();
        var (count, wall, cpu) = (0, 0.0, 0.0);
        foreach (var chunk in _chunks)
        {
            (count, wall, cpu) = (count + chunk.Iterations, wall + chunk.Wall, cpu + chunk.Cpu);
            if (count < FewestMeasured)
                continue;
            measured.Add((wall / count, cpu / count));
            (count, wall, cpu) = (0, 0, 0);
        }

        if (measured.Count == 0)
            measured.Add((wall / count, cpu / count));
        return measured;
    }

    /// <summary>Adds the results to a line.</summary>
    public void AddTo(ResultLine line) => line
        .Set("iters", (long)Iterations)
        .Set("seconds", Seconds, 5)
        .Set("sec_per_iter", Median(Measured().Select(chunk => chunk.Wall)))
        .Set("sec_per_iter_min", BestSeconds)
        .Set("cpu_per_iter_min", BestCpuSeconds)
        .Set("objective", Objective)
        .Set("traj", _points);

    /// <summary>The middle value; the mean of the two middle ones where the number is even.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
    }
}

using System.Diagnostics;
using System.Numerics;
using Nmf;
using Nmf.Kernels;

namespace PeerComparison;

/// <summary>
/// Iterations on the first rows of the data, so that the just-in-time compiler has done its work before anything is
/// timed: the peers import code that was compiled long before.
/// </summary>
internal static class WarmUp
{
    private const int Rows = 400;
    private const int Steps = 120;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);

    /// <summary>Runs the solver that the options name, on a copy of its own that is freed again.</summary>
    public static void Run<T>(DataSet set, NmfOptions options, int seed, bool sketches, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var data = set.Load<T>(Rows);
        var start = set.LoadStart<T>(Rows, options.Rank, seed);
        if (sketches)
        {
            Until(() => SketchStart.Improve(
                data.Data, new NmfStart<T>(start.Dictionary.Clone(), start.Activations!.Clone()),
                options.Problem.BetaOrNull!.Value, seed, team, CancellationToken.None));
        }

        var solver = Solver<T>.Create(data.Data, options, start, team);
        Until(solver.Step);
    }

    /// <summary>
    /// Repeats an action often enough, and for long enough, that its methods are compiled with full optimisation: they
    /// are promoted in the background after some thirty calls, in two stages.
    /// </summary>
    public static void Until(Action action)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; clock.Elapsed < Most && (i < Steps || clock.Elapsed < Least); i++)
            action();
    }
}

using System.Diagnostics;

namespace OnnxRates;

/// <summary>Least seconds of several tries.</summary>
internal static class Clock
{
    private const int Tries = 7;
    private const double Enough = 4;

    public static double Best(Action action)
    {
        var (best, all) = (double.PositiveInfinity, Stopwatch.StartNew());
        for (var i = 0; i < Tries && (i < 2 || all.Elapsed.TotalSeconds < Enough); i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}

using System.Diagnostics;

namespace Nmf;

/// <summary>The objective became infinite or not a number.</summary>
public sealed class NmfNumericalException : ArithmeticException
{
    internal NmfNumericalException(string message)
        : base(message)
    {
    }

    /// <summary>Whether the numbers are fine, but automatic relevance determination has found every
    /// component dead.</summary>
    internal bool NoComponentIsRelevant { get; init; }
}

/// <summary>
/// The one loop of all models: iterations, stopping rule, objective history, progress, cancellation and the guard
/// against values that are not finite.
/// </summary>
internal static class FitLoop
{
    /// <summary>Runs a model until it has converged or reached the limit.</summary>
    /// <param name="model">A model at its start; it holds the result.</param>
    /// <param name="options">Limit, tolerance and check interval.</param>
    /// <param name="progress">Called at every check with the iteration and the objective, or null.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <param name="history">What an interrupted run has recorded, of which the model is the state; or empty.</param>
    /// <param name="checkpoint">
    /// Called between a check and the next iteration, when the history and the model say everything; or null.
    /// </param>
    /// <param name="started">When the time began that the options may limit, or null for now.</param>
    public static FitReport Run(
        IIterativeModel model, IterationOptions options, Action<int, double>? progress,
        CancellationToken cancellationToken, List<ObjectivePoint>? history = null, Action? checkpoint = null,
        long? started = null)
    {
        var clock = Stopwatch.StartNew();
        history ??= [];
        var earlier = history.Count > 0 ? history[^1].Elapsed : TimeSpan.Zero;
        var begun = started ?? Stopwatch.GetTimestamp();
        var stopped = options.Interruption(begun, cancellationToken);
        var previous = history.Count > 0 ? history[^1].Objective : Record(0);
        var iteration = history[^1].Iteration;
        while (iteration < options.MaximumIterations && stopped is null)
        {
            var steps = 0;
            while (steps < options.CheckInterval && iteration < options.MaximumIterations
                && (stopped = options.Interruption(begun, cancellationToken)) is null)
            {
                model.Step();
                (steps, iteration) = (steps + 1, iteration + 1);
            }

            if (steps == 0)
                break;
            var current = Record(iteration);
            var converged = model.HasConverged(options.Tolerance)
                ?? previous - current <= options.Tolerance * steps * Math.Abs(current);
            if (options.Tolerance > 0 && converged && stopped is null)
                return new FitReport(history, iteration, StopReason.Converged);
            if (stopped is not null)
                break;
            previous = current;
            model.BetweenChecks();
            if (iteration < options.MaximumIterations)
                checkpoint?.Invoke();
        }

        return new FitReport(history, iteration, stopped ?? StopReason.MaximumIterations);

        double Record(int done)
        {
            var objective = model.Objective();
            if (!double.IsFinite(objective))
            {
                throw new NmfNumericalException(
                    $"The objective is {objective} after {done} iterations. "
                    + "The values of the data or of the start span too wide a range for the precision of the fit with "
                    + "this beta: use double precision.");
            }

            history.Add(new ObjectivePoint(done, objective, earlier + clock.Elapsed));
            progress?.Invoke(done, objective);
            return objective;
        }
    }
}

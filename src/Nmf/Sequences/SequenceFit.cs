using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What fits of sequences have in common: several starts, one loop, and inference from flat activations.</summary>
internal static class SequenceFit
{
    /// <summary>Runs all starts and keeps the best.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TStart">Factors of one start.</typeparam>
    /// <param name="options">Limits and number of starts.</param>
    /// <param name="create">Makes the factors of a start by its number.</param>
    /// <param name="solve">Makes the solver that improves them in place.</param>
    /// <param name="progress">Told the objective at every check, or null.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    public static (TStart Factors, FitReport Report) Best<T, TStart>(
        NmfOptions options, Func<int, TStart> create, Func<TStart, Solver<T>> solve, IProgress<FitProgress>? progress, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TStart : class, IDisposable
    {
        var objectives = new double[options.Starts];
        TStart? best = null;
        FitReport? bestReport = null;
        try
        {
            for (var i = 0; i < options.Starts; i++)
            {
                var number = i;
                var factors = create(i);
                try
                {
                    using var solver = solve(factors);
                    var report = FitLoop.Run(
                        solver, options,
                        progress is null ? null : (done, objective) => progress.Report(
                            new FitProgress(number, options.Starts, done, options.MaximumIterations, objective) { Beta = options.Beta }),
                        cancellationToken);
                    objectives[i] = report.Objective;
                    if (bestReport is null || report.Objective < bestReport.Objective)
                        (best, bestReport, factors) = (factors, report, best);
                }
                finally
                {
                    factors?.Dispose();
                }
            }

            return (best!, bestReport!.With(objectives));
        }
        catch
        {
            best?.Dispose();
            throw;
        }
    }

    /// <summary>Activations to infer from: in every sample all the same, and so large that the model has the mean of the sample.</summary>
    public static Matrix<T> FlatActivations<T>(Matrix<T> dictionary, NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = new double[dictionary.Columns];
        FactorKernels.ColumnSums(dictionary, sums);
        var total = Math.Max(sums.Sum(), double.Epsilon);
        var activations = new Matrix<T>(data.Samples, dictionary.Columns);
        for (var n = 0; n < data.Samples; n++)
        {
            double sum = 0;
            var observed = 0;
            foreach (var v in data.Dense!.Row(n))
            {
                if (T.IsNaN(v))
                    continue;
                sum += double.CreateTruncating(v);
                observed++;
            }

            var mean = observed > 0 ? sum / observed : data.Mean;
            activations.Row(n).Fill(T.CreateSaturating(mean * data.Features / total));
        }

        return activations;
    }

    /// <summary>The part of the data that the factors explain.</summary>
    public static double ExplainedPart<T>(NmfData<T> data, NmfOptions options, NmfStart<T> factors, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (divergence, _, _) = FinalObjective.Evaluate(data, options, factors.Dictionary, factors.Activations!, null, team);
        return ConstantModel.ExplainedPart(data, options, divergence);
    }

    /// <summary>Checks data for the Itakura-Saito divergence of sequences.</summary>
    /// <exception cref="NmfDataException">The data are sparse, have a zero, or weights of samples.</exception>
    public static void RequireValid<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        data.RequireValidFor(BetaDivergence.ItakuraSaito);
        if (data.Dense is null)
            throw new NmfDataException("The data are sparse, but models of sequences minimise the Itakura-Saito divergence, which needs dense, positive data.");
        if (data.HasSampleWeights)
            throw new NmfDataException("The samples have weights, but a sequence has each sample once: a weighted one would stand for several, which have no place in its order.");
    }

    /// <summary>Checks that a start is there when components are fixed.</summary>
    public static void RequireStart(IReadOnlyList<bool>? fixedComponents, object? start)
    {
        if (start is null && fixedComponents is not null && fixedComponents.Contains(true))
            throw new ArgumentException("A fit with fixed components needs a start: its dictionary has the columns that stay.", nameof(start));
    }

    /// <summary>Components by decreasing contribution; as they are where some are fixed.</summary>
    public static int[] Order<T>(Matrix<T> dictionary, Matrix<T> activations, IReadOnlyList<bool>? fixedComponents)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var order = Enumerable.Range(0, dictionary.Columns);
        if (fixedComponents is not null && fixedComponents.Contains(true))
            return [.. order];
        var shares = Components.Contributions(dictionary, activations);
        return [.. order.OrderByDescending(k => shares[k])];
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What fits of sequences have in common: several starts, one loop, inference from flat activations.</summary>
internal static class SequenceFit
{
    /// <summary>Checks, runs all starts and makes a model of the best.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TStart">Factors of one start.</typeparam>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="data">samples x features.</param>
    /// <param name="options">What the models have in common.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence.</param>
    /// <param name="start">Factors that the user gave, or null.</param>
    /// <param name="create">Makes the factors of a start by its number.</param>
    /// <param name="solve">Makes the solver that improves them in place.</param>
    /// <param name="finish">Makes the model; takes the factors over.</param>
    /// <param name="progress">Told the objective at every check, or null.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    public static TModel Run<T, TStart, TModel>(
        NmfData<T> data,
        SequenceNmfOptions options,
        SequenceLayout? sequences,
        NmfStart<T>? start,
        Func<int, WorkTeam, TStart> create,
        Func<TStart, SequenceLayout, WorkTeam, Solver<T>> solve,
        Func<TStart, FitReport, WorkTeam, TModel> finish,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TStart : class
    {
        options.Validate();
        RequireValid(data);
        NmfStart<T>.RequireWhereFixed(options.FixedComponents, start);
        var layout = SequenceLayout.For(sequences, data.Samples);
        start?.RequireShape(data.Samples, data.Features, options.Rank);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var (factors, report) = Best(
            options.ToLoopOptions(), number => create(number, team), from => solve(from, layout, team), progress,
            cancellationToken);
        return finish(factors, report, team);
    }

    /// <summary>Activations of new sequences for a fixed dictionary, from flat ones.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="data">samples x features.</param>
    /// <param name="options">Options with all components fixed: see <see cref="WithFixed"/>.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence.</param>
    /// <param name="solve">Makes the solver that improves the activations in place.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>samples x rank.</returns>
    public static Matrix<T> Infer<T>(
        Matrix<T> dictionary,
        NmfData<T> data,
        SequenceNmfOptions options,
        SequenceLayout? sequences,
        Func<Matrix<T>, SequenceLayout, WorkTeam, Solver<T>> solve,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options.Validate();
        if (data.Features != dictionary.Rows)
            throw new ArgumentException(
                $"The data have {data.Features} features, but the dictionary has {dictionary.Rows}.", nameof(data));
        RequireValid(data);
        var layout = SequenceLayout.For(sequences, data.Samples);
        var activations = FlatActivations(dictionary, data);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var loop = options.ToLoopOptions() with
        {
            MaximumIterations = options.MaximumInferenceIterations, Tolerance = options.InferenceTolerance
        };
        FitLoop.Run(solve(activations, layout, team), loop, null, cancellationToken);
        return activations;
    }

    /// <summary>Options for inference with a dictionary of some rank.</summary>
    public static TOptions WithFixed<TOptions>(TOptions options, int rank)
        where TOptions : SequenceNmfOptions
        => options with { Rank = rank, FixedComponents = [.. Enumerable.Repeat(true, rank)] };

    /// <summary>Factors of a start: those given for the first, random ones for others, with
    /// fixed columns kept.</summary>
    public static NmfStart<T> CreateStart<T>(
        NmfData<T> data, SequenceNmfOptions options, NmfStart<T>? given, int number, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (given is not null && number == 0)
            return new NmfStart<T>(
                given.Dictionary.Clone(), given.Activations?.Clone() ?? FlatActivations(given.Dictionary, data));
        var random = Initializer.Create(data, options.ToLoopOptions(), number, team);
        if (given is not null)
            random.KeepColumns(given.Dictionary, options.FixedComponents);
        return random;
    }

    /// <summary>Activations to infer from: in every sample all the same, and so large that the model has the mean
    /// of the sample.</summary>
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
        var (divergence, _, _) = FinalObjective.Evaluate(
            data, options, factors.Dictionary, factors.Activations!, null, team);
        return ConstantModel.ExplainedPart(data, options, divergence);
    }

    /// <summary>Checks data for the Itakura-Saito divergence of sequences.</summary>
    /// <exception cref="NmfDataException">The data are sparse, have a zero, or weights of samples.</exception>
    private static void RequireValid<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        data.RequireValidFor(BetaDivergence.ItakuraSaito);
        if (data.Dense is null)
            throw new NmfDataException(
                "The data are sparse, but models of sequences minimise the Itakura-Saito divergence, "
                + "which needs dense, positive data.");
        if (data.HasSampleWeights)
            throw new NmfDataException(
                "The samples have weights, but a sequence has each sample once: "
                + "a weighted one would stand for several, which have no place in its order.");
    }

    // Runs all starts and keeps the best.
    private static (TStart Factors, FitReport Report) Best<T, TStart>(
        NmfOptions options, Func<int, TStart> create, Func<TStart, Solver<T>> solve, IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TStart : class
    {
        var objectives = new double[options.Starts];
        TStart? best = null;
        FitReport? bestReport = null;
        for (var i = 0; i < options.Starts; i++)
        {
            var number = i;
            var factors = create(i);
            var report = FitLoop.Run(
                solve(factors), options, progress is null ? null : (done, objective) => progress.Report(new FitProgress(
                    number, options.Starts, done, options.MaximumIterations, objective) { Beta = options.Beta }),
                cancellationToken);
            objectives[i] = report.Objective;
            if (bestReport is null || report.Objective < bestReport.Objective)
                (best, bestReport) = (factors, report);
        }

        return (best!, bestReport!.With(objectives));
    }
}

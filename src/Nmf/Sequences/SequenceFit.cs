using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What fits of sequences have in common: several starts, one loop, inference from flat activations.</summary>
internal static class SequenceFit
{
    private static readonly BetaMeasure Measure = new(BetaDivergence.ItakuraSaito);

    /// <summary>Checks, runs all starts and makes a model of the best.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TSolver">The solver.</typeparam>
    /// <typeparam name="TStart">Factors of one start.</typeparam>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="data">samples x features.</param>
    /// <param name="options">What the models have in common.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence.</param>
    /// <param name="start">Factors that the user gave, or null.</param>
    /// <param name="transitions">Transitions that the user gave, or null.</param>
    /// <param name="plan">The starts of data in a unit.</param>
    /// <param name="finish">Makes the model; takes the factors over, which are in the unit.</param>
    /// <param name="checkpoint">Where to save the state and to find that of an interrupted fit, or null.</param>
    /// <param name="progress">Told the objective at every check, or null.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    public static TModel Run<T, TSolver, TStart, TModel>(
        NmfData<T> data,
        SequenceNmfOptions options,
        SequenceLayout? sequences,
        NmfStart<T>? start,
        Matrix<T>? transitions,
        Func<NmfData<T>, FitUnit, SequenceLayout, WorkTeam, SequencePlan<T, TSolver, TStart>> plan,
        Func<NmfData<T>, FitUnit, TStart, FitReport, WorkTeam, TModel> finish,
        NmfCheckpoint? checkpoint,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSolver : Solver<T>
    {
        options.Validate();
        RequireValid(data);
        options.Known?.RequireFeatures(data.Features);
        var layout = SequenceLayout.For(sequences, data.Samples);
        start?.RequireUsable(data.Samples, data.Features, options.Rank);
        double? ofDictionary = options.Known is { } known ? FitUnit.LargestExponent(known.ToDictionary())
            : start is null ? null : FitUnit.LargestExponent(start.Dictionary);
        var unit = FitUnit.Of(data, BetaDivergence.ItakuraSaito, ofDictionary, OwnUnitsOf(options));
        var inUnit = data.InUnit(unit, Measure);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        return new BestOfStarts<TSolver, TStart>(plan(inUnit, unit, layout, team), progress, cancellationToken).Run(
            checkpoint,
            () => options.AddTo(CheckpointFacts.Of<T>("fit of sequences", checkpoint!))
                .AddData(data)
                .Add("sequences", layout.Describe())
                .AddFactor("initial dictionary", start?.Dictionary)
                .AddFactor(
                    start?.ZerosThatStay is not null ? "initial activations, whose zeros stay"
                        : "initial activations", start?.Activations)
                .AddFactor("initial transitions", transitions)
                .Add("exponent of the unit", unit.Data),
            (factors, report) => finish(inUnit, unit, factors, report, team));
    }

    /// <summary>Activations of new sequences for a fixed dictionary, from flat ones.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="data">samples x features.</param>
    /// <param name="options">Options of the rank of the dictionary.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence.</param>
    /// <param name="solve">Makes the solver of data, dictionary and activations in a unit, which improves the latter in
    /// place.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>samples x rank.</returns>
    public static Matrix<T> Infer<T>(
        Matrix<T> dictionary,
        NmfData<T> data,
        SequenceNmfOptions options,
        SequenceLayout? sequences,
        Func<NmfData<T>, FitUnit, NmfStart<T>, SequenceLayout, WorkTeam, Solver<T>> solve,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options.Validate();
        if (data.Features != dictionary.Rows)
            throw new ArgumentException(
                $"The data have {data.Features} features, but the dictionary has {dictionary.Rows}.", nameof(data));
        RequireValid(data);
        var layout = SequenceLayout.For(sequences, data.Samples);
        var unit = FitUnit.Of(
            data, BetaDivergence.ItakuraSaito, FitUnit.LargestExponent(dictionary), OwnUnitsOf(options));
        var inUnit = data.InUnit(unit, Measure);
        var inside = unit.Apply(new NmfStart<T>(dictionary)).Dictionary;
        var activations = FlatActivations(inside, inUnit);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var iterations = new IterationOptions
        {
            MaximumIterations = options.Inference.MaximumIterations,
            Tolerance = options.Inference.Tolerance,
            CheckInterval = options.Iterations.CheckInterval,
        };
        FitLoop.Run(
            solve(inUnit, unit, new NmfStart<T>(inside, activations), layout, team), iterations, null,
            cancellationToken);
        FitUnit.Scale(activations, unit.Activations);
        return activations;
    }

    /// <summary>
    /// Factors of a start: those given for the first, random ones for others, with known columns.
    /// </summary>
    public static NmfStart<T> CreateStart<T>(
        NmfData<T> data, SequenceNmfOptions options, NmfStart<T>? given, int number, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NmfStart<T> start;
        Option.Require(
            given?.WarmsUp != true, nameof(NmfStart<T>.WarmsUp),
            "A start does not warm up for sequences: what is on a sketch has no order of the samples.");
        if (given is not null && number == 0)
        {
            start = new NmfStart<T>(
                given.Dictionary.Clone(), given.Activations?.Clone() ?? FlatActivations(given.Dictionary, data));
            if (options.Iterations.MaximumIterations > 0)
                StartFloor<T>.OfGiven(data, keepsZeros: true).Lift(start);
        }
        else
        {
            start = Initializer.Create(data, options.Rank, NmfInitialization.Random, options.Seed, number, team);
        }

        options.Known?.PutInto(start);
        return start.Masked(given?.Mask);
    }

    /// <summary>Factors of a solver that is to load a state.</summary>
    public static NmfStart<T> AnyStart<T>(NmfData<T> data, int rank)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(Filled<T>(data.Features, rank), Filled<T>(data.Samples, rank));

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

    /// <summary>Gives factors the unit of the data and dictionary columns the sum one, or where they are not free the
    /// unit alone.</summary>
    /// <returns>What the activations were multiplied by beside the unit.</returns>
    public static double[] Finish<T>(FitUnit unit, SequenceNmfOptions options, NmfStart<T> factors, bool isScaleFree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var isFixed = options.Known is not null || !isScaleFree;
        if (isFixed || !unit.IsUniform)
            unit.Restore(factors);
        options.Known?.CopyTo(factors.Dictionary);
        if (isFixed)
            return [];
        var scale = Components.Rescale(factors.Dictionary, factors.Activations!, ComponentScale.UnitSum);
        if (unit.IsUniform)
            FitUnit.Scale(factors.Activations!, unit.Data);
        return scale;
    }

    private static OwnUnits OwnUnitsOf(SequenceNmfOptions options)
        => options.SeesRatiosOfFeatures ? OwnUnits.Features : OwnUnits.None;

    /// <summary>The part of the data that the factors explain.</summary>
    public static double ExplainedPart<T>(NmfData<T> data, NmfStart<T> factors, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return ConstantModel.ExplainedPart(
            data, Measure, Measure.Evaluate(data, factors.Dictionary, factors.Activations!, team).Value);
    }

    private static Matrix<T> Filled<T>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = new Matrix<T>(rows, columns);
        for (var i = 0; i < rows; i++)
            factor.Row(i).Fill(T.One);
        return factor;
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
}

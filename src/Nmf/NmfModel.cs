using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A fitted factorisation V ≈ H Wᵀ. Components are sorted by the contribution that they had when the updates ended, the
/// largest first, and scaled by the convention of <see cref="NmfOptions.Scale"/>; where the final inference of the
/// activations changes much, as with outliers or brightness, <see cref="Contributions"/> may have another order. They
/// keep their order where something names them by their number: in a fit with known components or a
/// <see cref="GroupPenalty"/>, and where given or picked endmembers were not improved.
/// </summary>
/// <remarks>
/// For 1 ≤ β ≤ 2, the α-divergences and the Bernoulli likelihood, where the problem in H is convex,
/// <see cref="Activations"/> are what <see cref="Transform"/> gives for the training data, to the bit. For other β,
/// and where entries have weights, they are those of the fit; <see cref="Transform"/> starts afresh and may find
/// another local minimum. Samples without an observed entry have zero activations, features without one a
/// dictionary row of zeros. Penalties of the activations and relevances found are part of inference; where they are
/// not convex, tie rows to each other, or meet weighted samples, <see cref="Activations"/> are those of the fit too, as
/// they are where the fit was told to end without inference (<see cref="NmfOptions.InfersActivations"/>).
/// Immutable; <see cref="Transform"/> may be called from several threads.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed partial class NmfModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private NmfModel(NmfOptions options, Matrix<T> dictionary, Matrix<T> activations, FitReport report)
    {
        Options = options;
        Dictionary = dictionary;
        Activations = activations;
        Report = report;
    }

    /// <summary>The options of the fit.</summary>
    public NmfOptions Options { get; }

    /// <summary>W, features x rank.</summary>
    public Matrix<T> Dictionary { get; }

    /// <summary>H, samples x rank, of the training data; without rows for a model learnt from a stream,
    /// which keeps none.</summary>
    public Matrix<T> Activations { get; }

    /// <summary>How the fit went: what it minimised, which need not be <see cref="Objective"/>. Penalties are part of
    /// it, pixels with a brightness of their own (<see cref="AbundanceConstraint.Shaded"/>) are divided by it and
    /// weighted, and pixels without light are not there.</summary>
    public FitReport Report { get; }

    /// <summary>D_β(V | WH), or another measure of fit, without penalties (with the outlier term and the prior of a
    /// Bernoulli likelihood), of the training data with <see cref="Dictionary"/> and <see cref="Activations"/>; pixels
    /// without light do not count. Where pixels have a brightness of their own
    /// (<see cref="AbundanceConstraint.Shaded"/>), WH is times that.</summary>
    public double Objective { get; private init; }

    /// <summary>
    /// The part of the data that the model explains: 1 - D(V | WH) / D(V | c) with c the best constant: the mean of the
    /// data, or their power mean for an α-divergence. It is 1 for an exact fit, 0 for a model as good as a constant,
    /// and R² for β = 2; for no other β it is a part of the energy or of the variance.
    /// </summary>
    public double ExplainedPart { get; private init; }

    /// <summary>
    /// Share of each component in the sum of WH, in the order of the components; they add up to one. It is a share of
    /// the model: under the Itakura-Saito divergence, which fits ratios, WH may be far from the data in sum, and this
    /// says little of how loud a component of a sound is (Nmf.Audio has that: <c>WienerFilter.Energies</c>).
    /// </summary>
    public IReadOnlyList<double> Contributions { get; private init; } = [];

    /// <summary>What inference adds to the divergence of a row, because the fit did, or null.</summary>
    internal RowPenalty? Penalty { get; private init; }

    /// <summary>Relevance of the components, or null where it was not determined.</summary>
    public ComponentRelevance? Relevance { get; private init; }

    /// <summary>
    /// Of a fit with an outlier term, the size of the outlier part of every training sample: ‖r_n‖₂, or Σ_f r_fn where
    /// single entries are outliers. Empty otherwise.
    /// </summary>
    public IReadOnlyList<double> OutlierNorms { get; private init; } = [];

    /// <summary>Number of training rows whose activations ended at <see cref="InferenceOptions.MaximumIterations"/>
    /// before they had reached <see cref="InferenceOptions.Tolerance"/>; 0 where they are those of the fit. Rows with
    /// an outlier part are the slow ones.</summary>
    public int UnsolvedRows { get; private init; }

    /// <summary>Number of training samples from which the dictionary was not learnt: pixels without light.</summary>
    internal int LeftOut { get; private init; }

    /// <summary>Activations of new data for this dictionary, with the divergence and the
    /// penalties of the fit.</summary>
    /// <remarks>Missing entries are left out, whether or not the training data had any; the activations of a sample
    /// without observed entries are zero. Weights of samples do not matter, weights of entries do: such data are solved
    /// by multiplicative updates of all rows together until in every row no activation is farther from its optimum
    /// along its own axis than <see cref="InferenceOptions.Tolerance"/> times the largest of the row, which is looked
    /// at every ten updates.</remarks>
    /// <param name="data">samples x features, with the features of the training data.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <returns>samples x rank.</returns>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    public Matrix<T> Transform(NmfData<T> data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Features != Dictionary.Rows)
            throw new ArgumentException(
                $"The data have {data.Features} features, but the dictionary has {Dictionary.Rows}.", nameof(data));
        Options.Problem.RequireValid(data);
        using var team = new WorkTeam(Options.Threads ?? Environment.ProcessorCount);
        return Inference.Run(Dictionary, data, Options.Problem, Options.Inference, Penalty, team, cancellationToken);
    }

    /// <summary>Activations of new data and the sizes of their outlier parts, for a fit with an outlier term.</summary>
    /// <param name="data">samples x features, with the features of the training data.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <returns>samples x rank activations and as many sizes as in <see cref="OutlierNorms"/>.</returns>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    /// <exception cref="InvalidOperationException">The fit had no outlier term.</exception>
    public (Matrix<T> Activations, double[] OutlierNorms) TransformRobust(
        NmfData<T> data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!Options.Problem.HasOutliers)
            throw new InvalidOperationException("The model was fitted without an outlier term.");
        if (data.Features != Dictionary.Rows)
            throw new ArgumentException(
                $"The data have {data.Features} features, but the dictionary has {Dictionary.Rows}.", nameof(data));
        Options.Problem.RequireValid(data);
        using var team = new WorkTeam(Options.Threads ?? Environment.ProcessorCount);
        var activations = new Matrix<T>(data.Samples, Dictionary.Columns);
        return (activations, Options.Problem.SolveRows(
            Dictionary, data, Options.Inference, Penalty, activations, team, cancellationToken).OutlierNorms!);
    }

    /// <summary>A solver for single rows, thread-safe and free of allocations: what a server wants.</summary>
    /// <param name="missing">What NaN in a row means; <see cref="MissingValues.Error"/> leaves the
    /// check to the caller.</param>
    /// <param name="absent">What a feature means that a sparse row does not store.</param>
    public RowSolver<T> CreateRowSolver(
        MissingValues missing = MissingValues.Error, AbsentEntries absent = AbsentEntries.Zero)
        => Options.Problem.CreateRowSolver(Dictionary, Options.Inference, Penalty, missing, absent);

    /// <summary>The data with every missing entry replaced by the model, H Wᵀ; observed entries
    /// stay as they are.</summary>
    /// <remarks>Sparse data become dense. Where no entry of a feature was observed in training, the
    /// model is zero.</remarks>
    /// <param name="data">samples x features; of these the activations are inferred.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <returns>samples x features.</returns>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    public Matrix<T> Impute(NmfData<T> data, CancellationToken cancellationToken = default)
    {
        var activations = Transform(data, cancellationToken);
        var filled = Reconstruct(activations);
        for (var n = 0; n < filled.Rows; n++)
            data.CopyObserved(n, filled.Row(n));
        return filled;
    }

    /// <summary>H Wᵀ for given activations; where pixels have a brightness of their own
    /// (<see cref="AbundanceConstraint.Shaded"/>), without it: rows times s = vᵀW h / ‖W h‖² are the pixels.</summary>
    /// <param name="activations">samples x rank.</param>
    /// <returns>samples x features.</returns>
    public Matrix<T> Reconstruct(Matrix<T> activations)
    {
        ArgumentNullException.ThrowIfNull(activations);
        if (activations.Columns != Dictionary.Columns)
            throw new ArgumentException(
                $"The activations have {activations.Columns} components, but the dictionary has {Dictionary.Columns}.",
                nameof(activations));
        var model = new Matrix<T>(activations.Rows, Dictionary.Rows);
        for (var n = 0; n < model.Rows; n++)
            ReconstructRow(activations.Row(n), model.Row(n));
        return model;
    }

    /// <summary>W h for the activations of one sample, without a brightness.</summary>
    /// <param name="activations">rank values.</param>
    /// <param name="model">Receives features values; not the memory of the activations.</param>
    /// <exception cref="ArgumentException">A length does not fit, or they overlap.</exception>
    public void ReconstructRow(ReadOnlySpan<T> activations, Span<T> model)
    {
        if (activations.Length != Dictionary.Columns || model.Length != Dictionary.Rows)
            throw new ArgumentException(
                $"Expected {Dictionary.Columns} activations and room for {Dictionary.Rows} features, "
                + $"got {activations.Length} and {model.Length}.");
        if (activations.Overlaps(model))
            throw new ArgumentException("The activations and the model overlap.", nameof(model));
        for (var f = 0; f < model.Length; f++)
            model[f] = System.Numerics.Tensors.TensorPrimitives.Dot(Dictionary.Row(f), activations);
    }

    /// <summary>A model without activations, of a dictionary that is scaled and sorted.</summary>
    internal static NmfModel<T> FromStream(
        NmfOptions options, Matrix<T> dictionary, FitReport report, double objective, double explainedPart,
        IReadOnlyList<double> contributions)
        => new(options, dictionary, new Matrix<T>(0, dictionary.Columns), report)
        {
            Objective = objective,
            ExplainedPart = explainedPart,
            Contributions = contributions,
        };

    /// <summary>The model with another report.</summary>
    internal NmfModel<T> With(FitReport report) => new(Options, Dictionary, Activations, report)
    {
        Objective = Objective,
        ExplainedPart = ExplainedPart,
        Contributions = Contributions,
        Penalty = Penalty,
        UnsolvedRows = UnsolvedRows,
    };

    /// <summary>Makes a model of a finished fit: unit, scale, order, activations as inference gives them, and the
    /// figures of merit, which are computed in the unit of the fit.</summary>
    internal static NmfModel<T> Create(
        NmfData<T> data, NmfData<T> inUnit, FitUnit unit, NmfOptions options, NmfStart<T> fitted, FitReport report,
        FittedTerms terms, WorkTeam team, CancellationToken cancellationToken, bool keepsOrder = false,
        bool keepsActivations = false)
    {
        var isShared = data.SharesMemory(inUnit) && unit.Data != 0;
        if (isShared)
            inUnit.Multiply(unit.Data);

        // Where the convention decides the scale of W, its small entries need not pass through the unit of the data.
        var isFixed = options.Problem.IsScaleFree && options.Scale != ComponentScale.None && unit.IsUniform
            && options.Problem.KnownCount == 0;
        var restored = isFixed && !options.Problem.HasPenalties ? fitted : unit.Restore(fitted, copy: isFixed);
        options.Problem.CopyKnownTo(restored.Dictionary);
        terms = options.Problem.TermsOf(terms, unit, restored, team);
        var relevant = RelevantComponents(terms);
        if (relevant.Length < fitted.Dictionary.Columns && terms.Relevance is not null)
            fitted = new NmfStart<T>(
                Components.Select(fitted.Dictionary, relevant), Components.Select(fitted.Activations!, relevant));
        var (problem, dictionary, activations) = (options.Problem, fitted.Dictionary, fitted.Activations!);
        Components.ClearUnobserved(data, dictionary, activations, problem.KnownCount);
        var penalty = terms.Relevance is null ? terms.Penalty : terms.Penalty!.Reordered(relevant);
        if (problem.IsScaleFree)
        {
            var scale = Components.Rescale(dictionary, activations, options.Scale, problem.KnownCount);
            if (isFixed)
            {
                FitUnit.Scale(activations, unit.Data);
                scale = Array.ConvertAll(scale, s => s * Math.Pow(2, unit.Dictionary));
            }

            penalty = penalty?.Rescaled(scale);
        }

        int[] order = [.. Enumerable.Range(0, dictionary.Columns)];
        if (terms.SortsComponents && !keepsOrder && problem.KnownCount == 0)
            order = Components.SortByContribution(dictionary, activations);
        penalty = penalty?.Reordered(order);
        if (!keepsOrder)
            problem.Balance(data, dictionary, activations, team, cancellationToken);
        SolvedRows solved = default;
        if (!keepsActivations && InfersAtEnd(data, options, terms, penalty, report.Iterations))
        {
            solved = problem.SolveRows(
                dictionary, data, options.Inference, penalty, activations, team, cancellationToken);
        }
        if (isShared)
            inUnit.Multiply(-unit.Data);
        var inside = unit.IsIdentity ? new NmfStart<T>(dictionary, activations)
            : unit.Apply(new NmfStart<T>(dictionary, activations));
        var final = problem.InUnit(unit).Evaluate(
            inUnit, inside.Dictionary, inside.Activations!,
            solved.OutlierNorms is not { } norms ? null
                : Array.ConvertAll(norms, norm => Math.ScaleB(norm, -unit.Data)), team).Finite(problem, report);
        return new NmfModel<T>(options, dictionary, activations, report)
        {
            Objective = problem.DivergenceOf(final.Value, unit),
            ExplainedPart = ConstantModel.ExplainedPart(inUnit, problem.Entry, final.Value - final.Prior),
            OutlierNorms = Array.ConvertAll(final.OutlierNorms, norm => Math.ScaleB(norm, unit.Data)),
            Contributions = Components.Contributions(dictionary, activations),
            Penalty = penalty,
            UnsolvedRows = solved.Unsolved,
            Relevance =
                terms.Relevance is null ? null : RelevanceOf(terms, [.. order.Select(k => relevant[k])], options.Rank),
        };
    }

    /// <summary>The model of all samples of which some took no part in the fit: they have the activations that
    /// inference gives them. Figures of merit are of those that took part: a mixture that has to sum to one is no
    /// measure of a background.</summary>
    /// <param name="data">All samples.</param>
    /// <param name="fitted">Those of this model.</param>
    /// <param name="isDense">Whether these were dense.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    internal NmfModel<T> Completed(
        NmfData<T> data, int[] fitted, bool isDense, WorkTeam team, CancellationToken cancellationToken)
    {
        const int AtOnce = 4096;
        var unsolved = UnsolvedRows;
        var activations = new Matrix<T>(data.Samples, Dictionary.Columns);
        for (var i = 0; i < fitted.Length; i++)
            Activations.Row(i).CopyTo(activations.Row(fitted[i]));
        foreach (var others in Enumerable.Range(0, data.Samples).Except(fitted).Chunk(AtOnce))
        {
            var rest = LitPixels.Select(data, others, isDense);
            var inferred = new Matrix<T>(others.Length, Dictionary.Columns);
            unsolved += Options.Problem.SolveRows(
                Dictionary, rest, Options.Inference, Penalty, inferred, team, cancellationToken).Unsolved;
            for (var i = 0; i < others.Length; i++)
                inferred.Row(i).CopyTo(activations.Row(others[i]));
        }
        return new NmfModel<T>(Options, Dictionary, activations, Report)
        {
            Objective = Objective,
            ExplainedPart = ExplainedPart,
            Contributions = Contributions,
            Penalty = Penalty,
            UnsolvedRows = unsolved,
            LeftOut = data.Samples - fitted.Length,
        };
    }

    // Logarithms are not convex; and weights of samples weigh the divergence against the penalty, which inference
    // cannot know. A sample of weight 0 took no part in the iterations.
    private static bool InfersAtEnd(
        NmfData<T> data, NmfOptions options, FittedTerms terms, RowPenalty? penalty, int iterations)
        => options.Problem.IsInferenceConvex && !data.HasElementWeights && terms.RowsAreIndependent
            && (penalty is null || (penalty.Groups.Count == 0 && !data.HasWeights))
            && (options.InfersActivations || !options.Problem.MayKeepActivations || data.HasWeights || iterations == 0);

    internal static int[] RelevantComponents(FittedTerms terms)
    {
        if (terms.Relevance is not { } relevance)
            return [];
        var floor = terms.RelevanceParameters!.Floor;
        int[] relevant = [
            .. Enumerable.Range(0, relevance.Count).Where(k => ComponentRelevance.IsRelevant(relevance[k], floor))];
        if (relevant.Length == 0)
        {
            throw new NmfNumericalException(
                "No component is relevant: the priors outweigh the data. "
                + "Lower the dispersion, or raise the shape of the relevance prior.") { NoComponentIsRelevant = true };
        }

        return relevant;
    }

    internal static ComponentRelevance RelevanceOf(FittedTerms terms, int[] components, int startingRank)
    {
        var relevance = terms.Relevance!;
        var floor = terms.RelevanceParameters!.Floor;
        var all = relevance.Concat(Enumerable.Repeat(floor, startingRank - relevance.Count)).OrderDescending();
        return new ComponentRelevance(terms.RelevanceParameters, [.. components.Select(k => relevance[k])], [.. all]);
    }
}

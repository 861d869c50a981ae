using System.Diagnostics;
using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>
/// What a fit has found: the dictionary W, the names of the features, and the record of the fit. Saved with the model
/// and complete after loading.
/// </summary>
/// <remarks>Immutable; may be read from several threads. Components are sorted by the contribution that they had when
/// the updates ended, the largest first, except where something names them by their number: known components come
/// first, groups of a penalty stay together, and endmembers that were given or picked and not improved, and the
/// components of a sequence model with fixed ones, keep their order.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class NmfModelParameters
{
    // Component after component: what users read. Inference keeps its own copy in its own layout.
    private readonly float[] _components;
    private readonly string[]? _featureNames;
    private readonly ObjectivePoint[] _history;
    private readonly double[] _contributions;

    private NmfModelParameters(
        float[] components, int rank, string[]? featureNames, ObjectivePoint[] history, double[] contributions)
    {
        _components = components;
        _featureNames = featureNames;
        _history = history;
        _contributions = contributions;
        Rank = rank;
        FeatureCount = components.Length / rank;
    }

    /// <summary>Number of components K.</summary>
    public int Rank { get; }

    /// <summary>Number of features F, the size of the input vector.</summary>
    public int FeatureCount { get; }

    /// <summary>What the fit minimised and Transform does, without the penalties and known components of
    /// the fit.</summary>
    public NmfProblem Problem => Sections.Find<IProblemSection>()?.Problem(Beta) ?? new BetaNmf(Beta);

    /// <summary>
    /// For a separable model, which row of the training data each component is, counted from 0 in the order in which
    /// they were read; else null.
    /// </summary>
    public IReadOnlyList<int>? SelectedRows => Sections.Find<SelectedRowsSection>()?.Rows;

    /// <summary>
    /// For components that are spectra of a library (<see cref="NmfEstimator.Options.LibrarySelection"/>, or endmembers
    /// with names), which ones, and where they were in the rows of the fit; else null.
    /// </summary>
    public IReadOnlyList<LibrarySpectrum>? LibrarySpectra => Sections.Find<LibrarySection>()?.Spectra;

    /// <summary>The solver of the fit, never <see cref="NmfSolver.Auto"/>.</summary>
    public NmfSolver Solver { get; private init; }

    /// <summary>How the scale of the components is fixed.</summary>
    public ComponentScale Scale { get; private init; }

    /// <summary>Slot names of the input column of the fit, or null when it had none.</summary>
    public IReadOnlyList<string>? FeatureNames => _featureNames;

    /// <summary>Number of rows of the fit; 2^31 - 1 stands for any larger number, which only a
    /// stream can have.</summary>
    public int TrainingRows { get; private init; }

    /// <summary>Number of iterations that the fit took.</summary>
    public int Iterations { get; private init; }

    /// <summary>Why the fit ended.</summary>
    public StopReason StopReason { get; private init; }

    /// <summary>The objective at the start, at every check and at the end of the fit, and when it was reached; of every
    /// pass in an online fit.</summary>
    public IReadOnlyList<ObjectivePoint> ObjectiveHistory => _history;

    /// <summary>
    /// D_β(V | WH) of the training rows, or another measure of fit, over the observed entries with their weights,
    /// without penalties (the last entry of <see cref="ObjectiveHistory"/> has them; an outlier term and the prior of a
    /// Bernoulli likelihood are in both). For β-divergences with β = 1 or 2 with the activations of the last iteration;
    /// for others with those that Transform gives, or those of the fit where a row has several optima or depends on
    /// others. For an online fit the activations are those of the last reading, close
    /// to what Transform gives; for a model updated batch by batch it is the cost of the last batch.
    /// </summary>
    public double Objective { get; private init; }

    /// <summary>1 - D(V | WH) / D(V | c) with c the mean of the training data (their power mean for an α-divergence): 1
    /// for an exact fit, 0 for a model as good as a constant.</summary>
    public double ExplainedPart { get; private init; }

    /// <summary>Share of each component in the approximation of the training data, in the order of the components; they
    /// add up to one.</summary>
    public IReadOnlyList<double> Contributions => _contributions;

    /// <summary>How far Transform solves a row.</summary>
    public InferenceOptions Inference { get; private init; } = new();

    /// <summary>Relevance of the components, found by automatic relevance determination, or null where the
    /// rank was given.</summary>
    public ComponentRelevance? Relevance => Sections.Find<RelevanceSection>()?.Relevance;

    /// <summary>What Transform adds to the divergence of a row, because the fit did, or null.</summary>
    internal RowPenalty? Penalty => Sections.Find<PenaltySection>()?.Penalty;

    /// <summary>What NaN means in the input.</summary>
    public MissingValues MissingValues => Sections.Find<MissingEntriesSection>()?.MissingValues ?? MissingValues.Error;

    /// <summary>What zeros of the input mean: see <see cref="NmfEstimator.Options.AbsentEntries"/>.</summary>
    public AbsentEntries AbsentEntries => Sections.Find<MissingEntriesSection>()?.AbsentEntries ?? AbsentEntries.Zero;

    /// <summary>How the input is taken.</summary>
    internal InputSection Input => Sections.Find<InputSection>() ?? new(NameMismatch.Error, 0);

    /// <summary>β, or 2 where another measure of fit takes its place.</summary>
    internal double Beta { get; private init; }

    /// <summary>What only some models have.</summary>
    internal ModelSections Sections { get; private set; } = ModelSections.None;

    /// <summary>One component: a column of the dictionary W.</summary>
    /// <param name="component">0 to <see cref="Rank"/> - 1.</param>
    /// <returns>Its F weights, not a copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such component.</exception>
    public ReadOnlySpan<float> GetComponent(int component)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)component, (uint)Rank, nameof(component));
        return _components.AsSpan(component * FeatureCount, FeatureCount);
    }

    /// <summary>The features that matter most in a component, best first.</summary>
    /// <param name="component">0 to <see cref="Rank"/> - 1.</param>
    /// <param name="count">Most features to return; features of zero weight are never returned.</param>
    /// <param name="ranking">By what to rank.</param>
    /// <remarks>Takes O(K F + F log F) time.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">There is no such component, or the count is negative.</exception>
    public IReadOnlyList<NmfFeature> GetTopFeatures(
        int component, int count = 10, NmfFeatureRanking ranking = NmfFeatureRanking.Weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!Enum.IsDefined(ranking))
            throw new ArgumentOutOfRangeException(nameof(ranking), ranking, "There is no such ranking.");
        var features = new List<NmfFeature>();
        var weights = GetComponent(component);
        var total = Sum(weights);
        var overall = OverallShares();
        for (var f = 0; f < weights.Length; f++)
        {
            if (weights[f] > 0)
                features.Add(new NmfFeature(
                    f, FeatureName(f), weights[f], overall[f] > 0 ? weights[f] / total / overall[f] : 0));
        }

        // Rounding must not order features that occur in this component alone, whose lifts are equal: single
        // precision is what W has.
        var ranked = ranking == NmfFeatureRanking.Weight
            ? features.OrderByDescending(feature => feature.Weight)
            : features.OrderByDescending(feature => Math.Round(Math.Log2(feature.Lift), 4)).ThenByDescending(
                feature => feature.Weight);
        return [.. ranked.ThenBy(feature => feature.Index).Take(count)];
    }

    /// <summary>The name of a feature: its slot name, or <c>Feature</c> and its index.</summary>
    internal string FeatureName(int feature)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)feature, (uint)FeatureCount, nameof(feature));
        return _featureNames?[feature] is { Length: > 0 } name ? name : $"Feature{feature}";
    }

    internal static NmfModelParameters FromFit(
        NmfModel<float> model, long rows, string[]? featureNames, params IModelSection[] sections)
    {
        List<IModelSection> all = [.. sections];
        if (model.Penalty is { IsZero: false } penalty)
            all.Add(new PenaltySection(penalty));
        if (model.Relevance is { } relevance)
            all.Add(new RelevanceSection(relevance));
        return new NmfModelParameters(
            ComponentsOf(model.Dictionary), model.Dictionary.Columns, featureNames, [.. model.Report.History],
            [.. model.Contributions])
        {
            Beta = model.Options.Problem.BetaOrNull ?? BetaDivergence.Euclidean,
            Solver = model.Options.Solver,
            Scale = model.Options.EffectiveScale,
            TrainingRows = (int)Math.Min(int.MaxValue, rows),
            Iterations = model.Report.Iterations,
            StopReason = model.Report.StopReason,
            Objective = model.Objective,
            ExplainedPart = model.ExplainedPart,
            Inference = model.Options.Inference,
            Sections = new ModelSections([.. all]),
        };
    }

    /// <summary>Stores how the options say that the input is taken.</summary>
    internal NmfModelParameters TakingInputAs(NmfFitOptions options)
    {
        if (options.NameMismatch != NameMismatch.Error || options.NegativeTolerance > 0)
            Sections = Sections.With(new InputSection(options.NameMismatch, options.NegativeTolerance));
        return this;
    }

    private static float[] ComponentsOf(Matrix<float> dictionary)
    {
        var (features, rank) = (dictionary.Rows, dictionary.Columns);
        if ((long)features * rank > Array.MaxLength)
        {
            throw new ArgumentException(
                $"A dictionary of {features} features x {rank} components is too large. "
                + "Lower the rank or the number of features.");
        }

        var components = new float[features * rank];
        for (var f = 0; f < features; f++)
        {
            var row = dictionary.Row(f);
            for (var k = 0; k < rank; k++)
                components[(k * features) + f] = row[k];
        }

        return components;
    }

    /// <summary>Finds what the file names only: a generator that the user registered.</summary>
    internal void ResolveMeasure(IHostEnvironment environment)
    {
        if (Sections.Find<MeasureSection>() is { } section)
            Sections = Sections.With(section.Resolved(environment));
    }

    /// <summary>Slot names of the activations.</summary>
    internal string[] SlotNames => [.. Enumerable.Range(0, Rank).Select(ComponentName)];

    internal RowSolver<float> CreateRowSolver()
        => Problem.CreateRowSolver(ToDictionary(), Inference, Penalty, MissingValues, AbsentEntries);

    // The share of each feature in W H, summed over the training rows.
    private double[] OverallShares()
    {
        var shares = new double[FeatureCount];
        for (var k = 0; k < Rank; k++)
        {
            var component = GetComponent(k);
            var total = Sum(component);
            if (total == 0)
                continue;
            for (var f = 0; f < shares.Length; f++)
                shares[f] += _contributions[k] * (component[f] / total);
        }

        return shares;
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values)
            sum += value;
        return sum;
    }

    internal Matrix<float> ToDictionary()
    {
        var dictionary = new Matrix<float>(FeatureCount, Rank);
        for (var k = 0; k < Rank; k++)
        {
            var component = GetComponent(k);
            for (var f = 0; f < component.Length; f++)
                dictionary.Row(f)[k] = component[f];
        }

        return dictionary;
    }
}

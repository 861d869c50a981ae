using System.Diagnostics;
using System.Globalization;
using Nmf.Kernels;

namespace Nmf;

[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class NmfModel<T>
{
    /// <summary>Names of the components that the user has given, or null.</summary>
    public IReadOnlyList<string>? ComponentNames { get; private init; }

    /// <summary>
    /// What has been done to the components since the fit, in the order in which it was done: <c>merge 3, 5</c>. Empty
    /// for a model as it was fitted. <see cref="Options"/> and <see cref="Report"/> stay those of the fit; where
    /// components were dropped or merged, <see cref="Objective"/> and <see cref="ExplainedPart"/> do so too until
    /// <see cref="Refreshed"/>.
    /// </summary>
    public IReadOnlyList<string> Edits { get; private init; } = [];

    /// <summary>The name of a component: the user's, or <c>Component</c> and its number.</summary>
    /// <param name="component">0 to rank - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such component.</exception>
    public string ComponentName(int component)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            (uint)component, (uint)Dictionary.Columns, nameof(component));
        return ComponentNames?[component] ?? DefaultName(component);
    }

    /// <summary>The model with names for its components.</summary>
    /// <param name="names">A name for each, different from each other; null takes the names away.</param>
    /// <exception cref="ArgumentException">Their number is not the rank, or one is empty, longer than 1,000 characters,
    /// no valid text, or there twice.</exception>
    public NmfModel<T> Named(IReadOnlyList<string>? names)
        => Copy(Dictionary, Activations, ComponentNameList.Of(names, Dictionary.Columns), Edits);

    /// <summary>The model without some components. Activations of the others stay as they were: those that are best
    /// without the dropped ones are what <see cref="Refreshed"/> finds.</summary>
    /// <remarks>Penalties and relevances of the others stay. Abundances are then mixtures of what is left.</remarks>
    /// <param name="components">Numbers of the components to leave out; at least one must be left.</param>
    /// <exception cref="ArgumentException">There is no such component, one is named twice, or none is left.</exception>
    public NmfModel<T> Drop(params IReadOnlyList<int> components)
        => Apply(ComponentEdit.Drop(Dictionary.Columns, components), null);

    /// <summary>The model with its components in another order.</summary>
    /// <param name="order">For every new place the number of the old one; all components, each once.</param>
    /// <exception cref="ArgumentException">A component is missing, is named twice or does not exist.</exception>
    public NmfModel<T> Reorder(params IReadOnlyList<int> order)
        => Apply(ComponentEdit.Reorder(Dictionary.Columns, order), null);

    /// <summary>
    /// The model with one component in the place of several: their mean, each as a distribution over the features and
    /// weighted by its contribution. The new activations are <c>Σ s_k h_k / s</c>, with s the sums of the columns of W:
    /// plain sums where these are one; every sample keeps its sum of W h. They are not a new optimum: the shares of the
    /// members within the new component are fixed now. <see cref="Refreshed"/> finds that.
    /// </summary>
    /// <param name="components">Two or more; the new one takes the place of the first in the model.</param>
    /// <param name="name">Its name, or null for the names of the members, if there are any.</param>
    /// <exception cref="ArgumentException">There is no such component, or one is named twice.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model has penalties of its activations, relevances, or bounded activations (abundances, the Bernoulli
    /// likelihood): what these mean for a mixture of components is not defined.
    /// </exception>
    public NmfModel<T> Merge(IReadOnlyList<int> components, string? name = null)
    {
        RequireFreeComponents("Merging");
        return Apply(ComponentEdit.Merge(Dictionary.Columns, components), name);
    }

    /// <summary>
    /// The model with two components in the place of one: the factorisation of rank two of its part of the data,
    /// <c>v w_k h_k / (W h)</c>, under the measure of fit of the model. Deterministic. The activations and figures of
    /// the result are those of the data given, as of <see cref="Refreshed"/>.
    /// </summary>
    /// <param name="component">The component.</param>
    /// <param name="data">The data of the fit, or others: samples x features.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">There is no such component, the number of features differs, entries have
    /// weights, or the component has no part of the data.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="Merge"/>.</exception>
    public NmfModel<T> Split(int component, NmfData<T> data, CancellationToken cancellationToken = default)
    {
        RequireFreeComponents("Splitting");
        var edit = ComponentEdit.Split(Dictionary.Columns, component);
        var activations = Transform(data, cancellationToken);
        var halves = ComponentSplit.Fit(component, data, Dictionary, activations, Options, cancellationToken);
        var dictionary = Components.Select(Dictionary, edit.Order);
        for (var f = 0; f < dictionary.Rows; f++)
            halves.Row(f).CopyTo(dictionary.Row(f)[component..]);
        return Copy(
            dictionary, new Matrix<T>(0, edit.Rank),
            ComponentNameList.Of(edit.Names(ComponentNames, null, DefaultName), edit.Rank),
            [.. Edits, edit.Description]).Refreshed(data, cancellationToken);
    }

    /// <summary>The model with the activations of some data, as <see cref="Transform"/> finds them, and the objective,
    /// the part that is explained and the contributions that go with them.</summary>
    /// <param name="data">samples x features: those of the fit, or others.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    public NmfModel<T> Refreshed(NmfData<T> data, CancellationToken cancellationToken = default)
    {
        var (activations, norms) = Options.Problem.HasOutliers ? TransformRobust(data, cancellationToken)
            : (Transform(data, cancellationToken), null);
        var problem = Options.Problem;
        using var team = new WorkTeam(Options.Threads ?? Environment.ProcessorCount);
        var unit = FitUnit.Of(data, problem, new NmfStart<T>(Dictionary));
        var (inUnit, inside) = (data.InUnit(unit, problem.Entry), unit.Apply(new NmfStart<T>(Dictionary, activations)));
        var final = problem.InUnit(unit).Evaluate(
            inUnit, inside.Dictionary, inside.Activations!,
            norms is null ? null : Array.ConvertAll(norms, norm => Math.ScaleB(norm, -unit.Data)), team);
        return new NmfModel<T>(Options, Dictionary, activations, Report)
        {
            Objective = problem.DivergenceOf(final.Value, unit),
            ExplainedPart = ConstantModel.ExplainedPart(inUnit, problem.Entry, final.Value - final.Prior),
            OutlierNorms = norms ?? [],
            Contributions = Components.Contributions(Dictionary, activations),
            Penalty = Penalty,
            Relevance = Relevance,
            ComponentNames = ComponentNames,
            Edits = Edits,
        };
    }

    /// <summary>Pairs of components that are nearly the same, the most similar first.</summary>
    /// <param name="threshold">Similarity from which on a pair counts, above 0 and at most 1.</param>
    /// <param name="similarity">How similarity is measured.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public IReadOnlyList<ComponentPair> NearDuplicates(
        double threshold = 0.9, ComponentSimilarity similarity = ComponentSimilarity.Cosine)
        => ComponentSimilarities.Above(threshold, Dictionary, similarity);

    /// <summary>Rank, what was minimised, how well, and the largest components.</summary>
    public override string ToString()
    {
        var largest = Enumerable.Range(0, Contributions.Count).OrderByDescending(k => Contributions[k]).Take(3)
            .Select(k => string.Create(CultureInfo.InvariantCulture, $"{ComponentName(k)} {Contributions[k]:P0}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Dictionary.Columns} components x {Dictionary.Rows} features of {Activations.Rows} samples, "
            + $"{Options.Problem}, {ExplainedPart:P1} explained after {Report.Iterations} iterations "
            + $"({Report.StopReason}); largest: {string.Join(", ", largest)}")
            + (Edits.Count > 0 ? $"; edited: {string.Join("; ", Edits)}" : "");
    }

    private static string DefaultName(int component)
        => string.Create(CultureInfo.InvariantCulture, $"Component{component}");

    private NmfModel<T> Apply(ComponentEdit edit, string? name)
    {
        var dictionary = edit.Dictionary(Dictionary, Contributions, Options.EffectiveScale);
        return Copy(
            dictionary, edit.Activations(Activations, Dictionary, dictionary),
            ComponentNameList.Of(edit.Names(ComponentNames, name, DefaultName), edit.Rank),
            [.. Edits, edit.Description], edit);
    }

    private NmfModel<T> Copy(
        Matrix<T> dictionary, Matrix<T> activations, IReadOnlyList<string>? names, IReadOnlyList<string> edits,
        ComponentEdit? edit = null)
        => new(Options, dictionary, activations, Report)
        {
            Objective = Objective,
            ExplainedPart = ExplainedPart,
            Contributions = edit?.Contributions(Contributions) ?? Contributions,
            Penalty = Penalty is { IsZero: true } ? null : edit is null ? Penalty : Penalty?.Reordered(edit.Order),
            Relevance = edit is null ? Relevance : Relevance?.Of(edit.Order),
            OutlierNorms = edit is { ChangesModel: true } ? [] : OutlierNorms,
            UnsolvedRows = UnsolvedRows,
            LeftOut = LeftOut,
            ComponentNames = names,
            Edits = edits,
        };

    private void RequireFreeComponents(string what) => EditRules.RequireFreeComponents(
        what, Options.Problem, Penalty is { IsZero: false }, Relevance is not null);
}

using System.Globalization;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfModelParameters
{
    /// <summary>Names of the components that the user has given, as seeds of topics or by
    /// <see cref="Named"/>, or null.</summary>
    public IReadOnlyList<string>? ComponentNames => Sections.Find<ComponentNamesSection>()?.Names;

    /// <summary>
    /// What has been done to the components since the fit, in the order in which it was done: <c>merge 3, 5</c>. Empty
    /// for a model as it was fitted. <see cref="Objective"/>, <see cref="ExplainedPart"/> and the other figures of the
    /// fit stay those of the fit, but for <see cref="Contributions"/>.
    /// </summary>
    public IReadOnlyList<string> Edits => Sections.Find<EditsSection>()?.Edits ?? [];

    /// <summary>The name of a component, which its slot of the output has: the user's, that of its spectrum in a
    /// library, or <c>Component</c> and its number.</summary>
    /// <param name="component">0 to <see cref="Rank"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such component.</exception>
    public string ComponentName(int component)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)component, (uint)Rank, nameof(component));
        return ComponentNames?[component] ?? LibrarySpectra?[component].Name
            ?? string.Create(CultureInfo.InvariantCulture, $"Component{component}");
    }

    /// <summary>The model with names for its components; they are stored with it.</summary>
    /// <param name="names">A name for each, different from each other; null takes the names away.</param>
    /// <exception cref="ArgumentException">Their number is not the rank, or one is empty, longer than 1,000 characters,
    /// no valid text, or there twice.</exception>
    public NmfModelParameters Named(params IReadOnlyList<string>? names)
        => Copy(_components, _contributions, WithNames(Sections, ComponentNameList.Of(names, Rank)));

    /// <inheritdoc cref="NmfModel{T}.Drop"/>
    /// <exception cref="InvalidOperationException">It is a model of sequences or of maximum marginal
    /// likelihood.</exception>
    public NmfModelParameters Drop(params IReadOnlyList<int> components)
        => Apply(ComponentEdit.Drop(Rank, components), null);

    /// <inheritdoc cref="NmfModel{T}.Reorder"/>
    /// <exception cref="InvalidOperationException">It is a model of sequences or of maximum marginal
    /// likelihood.</exception>
    public NmfModelParameters Reorder(params IReadOnlyList<int> order)
        => Apply(ComponentEdit.Reorder(Rank, order), null);

    /// <summary>
    /// The model with one component in the place of several: their mean, each as a distribution over the features and
    /// weighted by its contribution. Transform finds the activation of the new component afresh; near the sum of those
    /// of its members, in units of what they add to a row, but not that sum.
    /// </summary>
    /// <param name="components">Two or more; the new one takes the place of the first in the model.</param>
    /// <param name="name">Its name, or null for the names of the members, if there are any.</param>
    /// <exception cref="ArgumentException">There is no such component, or one is named twice.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model has penalties of its activations, relevances, bounded activations, components that are rows or spectra
    /// of a library, or it is a model of sequences or of maximum marginal likelihood.
    /// </exception>
    public NmfModelParameters Merge(IReadOnlyList<int> components, string? name = null)
    {
        RequireFreeComponents("Merging");
        return Apply(ComponentEdit.Merge(Rank, components), name);
    }

    /// <summary>Pairs of components that are nearly the same, the most similar first.</summary>
    /// <param name="threshold">Similarity from which on a pair counts, above 0 and at most 1.</param>
    /// <param name="similarity">How similarity is measured.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public IReadOnlyList<ComponentPair> NearDuplicates(
        double threshold = 0.9, ComponentSimilarity similarity = ComponentSimilarity.Cosine)
        => ComponentSimilarities.Above(threshold, ToDictionary(), similarity);

    /// <summary>Rank, what was minimised, how well, and every component with its share and its first
    /// features.</summary>
    public override string ToString()
    {
        const int mostLines = 20, features = 6;
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Rank} components x {FeatureCount} features of {TrainingRows} rows, {Problem}, "
            + $"{ExplainedPart:P1} explained after {Iterations} iterations ({StopReason})")
            + (Edits.Count > 0 ? $"; edited: {string.Join("; ", Edits)}" : "");
        var lines = Enumerable.Range(0, Math.Min(Rank, mostLines)).Select(k => string.Create(
            CultureInfo.InvariantCulture,
            $"{ComponentName(k)} ({_contributions[k]:P1}): "
            + $"{string.Join(", ", GetTopFeatures(k, features).Select(feature => feature.Name))}"));
        return string.Join('\n', [text, .. lines, .. Rank > mostLines ? ["…"] : Array.Empty<string>()]);
    }

    /// <summary>The model with two components in the place of one, which its part of the data has decided.</summary>
    internal NmfModelParameters Split(
        int component, NmfData<float> data, int seed, int? threads, CancellationToken cancellationToken)
    {
        RequireFreeComponents("Splitting");
        var edit = ComponentEdit.Split(Rank, component);
        var sections = Sections.Edited(edit);
        var before = ToDictionary();
        using var team = new WorkTeam(threads ?? Environment.ProcessorCount);
        var activations = Infer(before);
        var halves = ComponentSplit.Fit(
            component, data, before, activations,
            new NmfOptions
            {
                Rank = Rank, Problem = Problem, Scale = Scale, Inference = Inference, Seed = seed, Threads = threads,
            },
            cancellationToken);
        var after = Components.Select(before, edit.Order);
        for (var f = 0; f < after.Rows; f++)
            halves.Row(f).CopyTo(after.Row(f)[component..]);
        return Copy(
            ComponentsOf(after), Components.Contributions(after, Infer(after)),
            WithNames(
                Recorded(sections, edit),
                ComponentNameList.Of(edit.Names(ComponentNames, null, ComponentName), edit.Rank)),
            edit.Rank);

        Matrix<float> Infer(Matrix<float> dictionary) => global::Nmf.Inference.Run(
            dictionary, data, Problem, Inference, null, team, cancellationToken);
    }

    private static ModelSections WithNames(ModelSections sections, string[]? names)
        => names is null ? sections.Without(ComponentNamesSection.TagName)
            : sections.With(new ComponentNamesSection(names));

    private static ModelSections Recorded(ModelSections sections, ComponentEdit edit)
        => sections.Find<EditsSection>() is null ? sections.With(new EditsSection([edit.Description])) : sections;

    private NmfModelParameters Apply(ComponentEdit edit, string? name)
    {
        var sections = Recorded(Sections.Edited(edit), edit);
        var dictionary = edit.Dictionary(ToDictionary(), _contributions, Scale);
        return Copy(
            ComponentsOf(dictionary), edit.Contributions(_contributions),
            WithNames(sections, ComponentNameList.Of(edit.Names(ComponentNames, name, ComponentName), edit.Rank)),
            edit.Rank);
    }

    private NmfModelParameters Copy(
        float[] components, double[] contributions, ModelSections sections, int? rank = null)
        => new(components, rank ?? Rank, _featureNames, _history, contributions)
        {
            Beta = Beta,
            Solver = Solver,
            Scale = Scale,
            TrainingRows = TrainingRows,
            Iterations = Iterations,
            StopReason = StopReason,
            Objective = Objective,
            ExplainedPart = ExplainedPart,
            Inference = Inference,
            Sections = sections,
        };

    private void RequireFreeComponents(string what)
        => EditRules.RequireFreeComponents(what, Problem, Penalty is not null, Relevance is not null);
}

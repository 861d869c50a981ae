using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfTransformer
{
    /// <summary>The transformer with names for its components: they are the slot names of the output.</summary>
    /// <inheritdoc cref="NmfModelParameters.Named"/>
    public NmfTransformer NameComponents(params IReadOnlyList<string>? names) => With(Model.Named(names));

    /// <summary>The transformer without some components; its output is narrower.</summary>
    /// <inheritdoc cref="NmfModelParameters.Drop"/>
    public NmfTransformer DropComponents(params IReadOnlyList<int> components) => With(Model.Drop(components));

    /// <summary>The transformer with its components in another order.</summary>
    /// <inheritdoc cref="NmfModelParameters.Reorder"/>
    public NmfTransformer ReorderComponents(params IReadOnlyList<int> order) => With(Model.Reorder(order));

    /// <summary>The transformer with one component in the place of several.</summary>
    /// <inheritdoc cref="NmfModelParameters.Merge"/>
    public NmfTransformer MergeComponents(IReadOnlyList<int> components, string? name = null)
        => With(Model.Merge(components, name));

    /// <summary>
    /// The transformer with two components in the place of one: the factorisation of rank two of its part of the rows,
    /// <c>v w_k h_k / (W h)</c>, under the measure of fit of the model. Deterministic.
    /// </summary>
    /// <param name="component">The component.</param>
    /// <param name="data">The rows of the fit, or others, with the input column; read once, into memory.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">There is no such component, or it has no part of the rows.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="MergeComponents"/>.</exception>
    /// <exception cref="NmfDataException">A row cannot be factorised.</exception>
    public NmfTransformer SplitComponent(
        int component, IDataView data, CancellationToken cancellationToken = default)
    {
        Host.CheckValue(data, nameof(data));
        var guard = ColumnGuard.ForModel(Host, data.Schema, InputColumnName, Model);
        guard.RequireNamesOf(Model);
        using var channel = Host.Start("Split");
        using var cancellation = new FitCancellation(Host, cancellationToken);
        var rows = RowReader.Read(channel, data, guard, cancellation);
        return With(cancellation.Guard(token => Model.Split(component, rows, 0, null, token)));
    }

    /// <summary>What <see cref="Model"/> says, and the columns.</summary>
    public override string ToString() => $"{InputColumnName} -> {OutputColumnName}: {Model}";

    private NmfTransformer With(NmfModelParameters model)
        => new(Host, model, [.. ColumnPairs.Select(p => (p.outputColumnName, p.inputColumnName))], NormalizeOutput,
            OnnxIterations);
}

using Microsoft.ML.Data;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>What one word, or other slot of a row, has to do with one topic, or other component.</summary>
/// <param name="Component">Number of the component.</param>
/// <param name="ComponentName">Its name.</param>
/// <param name="Feature">Slot.</param>
/// <param name="FeatureName">Name of the slot.</param>
/// <param name="Value">Contribution <c>v_f h_k w_fk / y_f</c>, in the unit of the input.</param>
public sealed record NmfContribution(
    int Component, string ComponentName, int Feature, string FeatureName, double Value);

/// <summary>
/// Which slots of a row speak for which components, exactly: the contributions of a slot add up to its value, those to
/// a component to its part of the row (<see cref="RowExplanation"/>).
/// </summary>
public sealed class NmfRowExplanation
{
    internal NmfRowExplanation(long row, NmfModelParameters model, RowExplanation explanation)
    {
        (Row, Numbers) = (row, explanation);
        Contributions =
        [
            .. explanation.Top().Select(c => new NmfContribution(
                c.Component, model.ComponentName(c.Component), c.Feature, model.FeatureName(c.Feature), c.Value)),
        ];
    }

    /// <summary>Number of the row in the data, counted from 0.</summary>
    public long Row { get; }

    /// <summary>All contributions that are not zero, the largest first.</summary>
    public IReadOnlyList<NmfContribution> Contributions { get; }

    /// <summary>The numbers by indices, with the activations, the part of each component, and what no component speaks
    /// for.</summary>
    public RowExplanation Numbers { get; }
}

public sealed partial class NmfTransformer
{
    /// <summary>Explains rows: which of their slots speak for which components.</summary>
    /// <param name="data">Data with the input column; rows are read as they are asked for.</param>
    /// <param name="cancellationToken">Looked at before every row.</param>
    /// <returns>An explanation for every row, in their order.</returns>
    /// <exception cref="NmfDataException">A row cannot be factorised.</exception>
    public IEnumerable<NmfRowExplanation> Explain(IDataView data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        var guard = ColumnGuard.ForModel(Host, data.Schema, InputColumnName, Model);
        guard.RequireNamesOf(Model);
        return Rows();

        IEnumerable<NmfRowExplanation> Rows()
        {
            using var cursor = data.GetRowCursor([guard.SchemaColumn]);
            var scope = TransformScope.Begin(cursor, nameof(NmfModel<float>), out var end);
            try
            {
                var row = new RowActivations(_rows, Model, false, guard, cursor, scope, shared: false);
                while (cursor.MoveNext())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return new NmfRowExplanation(cursor.Position, Model, row.Explain());
                }
            }
            finally
            {
                end?.Invoke();
            }
        }
    }
}

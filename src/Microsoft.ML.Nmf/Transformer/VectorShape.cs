using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Shapes of vector columns of Single, as estimators announce and require them.</summary>
internal static class VectorShape
{
    /// <summary>The annotation of slot names.</summary>
    public static SchemaShape.Column SlotNames { get; } = new(
        AnnotationUtils.Kinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false);

    /// <summary>A column of vectors of known size.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="annotations">Its annotations.</param>
    public static SchemaShape.Column Create(string name, params IEnumerable<SchemaShape.Column> annotations)
        => new(
            name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false, new SchemaShape(annotations));

    /// <summary>The input column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or is not a known-size vector of Single.</exception>
    public static SchemaShape.Column RequireInput(IHost host, SchemaShape inputSchema, string name)
    {
        host.CheckValue(inputSchema, nameof(inputSchema));
        if (!inputSchema.TryFindColumn(name, out var input))
            throw host.ExceptSchemaMismatch(nameof(inputSchema), "input", name);
        if (input.Kind != SchemaShape.Column.VectorKind.Vector || !input.ItemType.Equals(NumberDataViewType.Single))
            throw host.ExceptSchemaMismatch(
                nameof(inputSchema), "input", name, ColumnGuard.ExpectedType, input.GetTypeString());
        return input;
    }
}

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>A column of clips: waveforms (vectors of Single, of known or variable size) or paths of WAV files (text).</summary>
internal sealed class AudioColumn
{
    public const string ExpectedType = "vector of Single (a waveform) or Text (the path of a WAV file)";

    private AudioColumn(DataViewSchema.Column column, bool isPath) => (Column, IsPath) = (column, isPath);

    public DataViewSchema.Column Column { get; }

    /// <summary>Whether rows are paths.</summary>
    public bool IsPath { get; }

    /// <summary>Checks the column of a schema.</summary>
    public static AudioColumn ForInput(IHost host, DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw host.ExceptSchemaMismatch(nameof(schema), "input", name);
        var isPath = column.Type is TextDataViewType;
        if (!isPath && !(column.Type is VectorDataViewType vector && vector.ItemType.Equals(NumberDataViewType.Single)))
            throw host.ExceptSchemaMismatch(nameof(schema), "input", name, ExpectedType, column.Type.ToString());
        return new AudioColumn(column, isPath);
    }

    /// <summary>Checks the column of a shape.</summary>
    public static void RequireShape(IHost host, SchemaShape schema, string name)
    {
        if (!schema.TryFindColumn(name, out var column))
            throw host.ExceptSchemaMismatch(nameof(schema), "input", name);
        var isPath = column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType is TextDataViewType;
        if (!isPath && !(column.Kind != SchemaShape.Column.VectorKind.Scalar && column.ItemType.Equals(NumberDataViewType.Single)))
            throw host.ExceptSchemaMismatch(nameof(schema), "input", name, ExpectedType, column.GetTypeString());
    }
}

using Microsoft.ML.Data;

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

    /// <summary>A shape with further columns, or others of the same names.</summary>
    public static SchemaShape With(this SchemaShape shape, params IEnumerable<SchemaShape.Column> columns)
    {
        var all = shape.ToDictionary(column => column.Name);
        foreach (var column in columns)
            all[column.Name] = column;
        return new SchemaShape(all.Values);
    }

    /// <summary>Adds slot names.</summary>
    public static void AddSlotNames(this DataViewSchema.Annotations.Builder annotations, IReadOnlyList<string> names)
        => annotations.AddSlotNames(names.Count, (ref VBuffer<ReadOnlyMemory<char>> slots) =>
        {
            var editor = VBufferEditor.Create(ref slots, names.Count);
            for (var slot = 0; slot < names.Count; slot++)
                editor.Values[slot] = names[slot].AsMemory();
            slots = editor.Commit();
        });
}

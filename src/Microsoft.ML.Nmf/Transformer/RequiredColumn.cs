using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>What a column has to be, required in the same words of the schema of data and of the shape that estimators
/// are asked with.</summary>
/// <param name="Role">What the column is to the estimator.</param>
/// <param name="Expected">What it has to be, in words.</param>
/// <param name="IsType">Whether the type of a column of data fits.</param>
/// <param name="IsShape">Whether the column of a shape fits.</param>
internal sealed record RequiredColumn(
    string Role, string Expected, Func<DataViewType, bool> IsType, Func<SchemaShape.Column, bool> IsShape)
{
    /// <summary>The column to factorise.</summary>
    public static RequiredColumn Input { get; } = new(
        "input", "known-size vector of Single", type => type is VectorDataViewType { IsKnownSize: true } vector
            && vector.ItemType.Equals(NumberDataViewType.Single),
        column => column.Kind == SchemaShape.Column.VectorKind.Vector
            && column.ItemType.Equals(NumberDataViewType.Single));

    /// <summary>A column of single values.</summary>
    /// <param name="role">What it is to the estimator.</param>
    /// <param name="expected">What it has to be, in words.</param>
    /// <param name="fits">Whether a type fits.</param>
    /// <param name="orKey">Whether keys fit, too.</param>
    public static RequiredColumn Scalar(string role, string expected, Func<DataViewType, bool> fits, bool orKey = false)
        => new(role, expected, type => fits(type) || (orKey && type is KeyDataViewType), column =>
            column.Kind == SchemaShape.Column.VectorKind.Scalar && (column.IsKey ? orKey : fits(column.ItemType)));

    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public DataViewSchema.Column In(IHost host, DataViewSchema inputSchema, string name)
    {
        if (inputSchema.GetColumnOrNull(name) is not { } column)
            throw host.ExceptSchemaMismatch(nameof(inputSchema), Role, name);
        return IsType(column.Type)
            ? column
            : throw host.ExceptSchemaMismatch(nameof(inputSchema), Role, name, Expected, column.Type.ToString());
    }

    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public SchemaShape.Column In(IHost host, SchemaShape inputSchema, string name)
    {
        host.CheckValue(inputSchema, nameof(inputSchema));
        if (!inputSchema.TryFindColumn(name, out var column))
            throw host.ExceptSchemaMismatch(nameof(inputSchema), Role, name);
        return IsShape(column)
            ? column
            : throw host.ExceptSchemaMismatch(nameof(inputSchema), Role, name, Expected, column.GetTypeString());
    }
}

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static Microsoft.ML.SchemaShape.Column;

namespace Microsoft.ML.Transforms;

/// <summary>What a column has to be, required in the same words of the schema of data and of the shape that estimators
/// are asked with; the error says what helps.</summary>
/// <param name="Role">What the column is to the estimator.</param>
/// <param name="Expected">What it has to be, in words.</param>
/// <param name="Fits">Whether a column does.</param>
/// <param name="Remedy">What makes one of a column that does not, or null.</param>
internal sealed record RequiredColumn(
    string Role, string Expected, Func<SchemaShape.Column, bool> Fits, Func<SchemaShape.Column, string?> Remedy)
{
    private const string Conversions = "mlContext.Transforms.Conversion";

    /// <summary>The column to factorise: numbers, which are converted to Single as by ML.NET's LDA.</summary>
    public static RequiredColumn Input { get; } = new(
        "input", "known-size vector of Single or another number",
        column => column.Kind == VectorKind.Vector && !column.IsKey && column.ItemType is NumberDataViewType,
        column => column switch
        {
            { IsKey: true } => $"Make a vector with {Conversions}.MapKeyToVector",
            { ItemType: TextDataViewType }
                => "Make a vector with mlContext.Transforms.Text.ProduceWordBags or FeaturizeText",
            { ItemType: not (NumberDataViewType or BooleanDataViewType) } => null,
            { Kind: VectorKind.VariableVector } => "Give it a size: [VectorType(n)] on the member of the class, or "
                + "ColumnType of a SchemaDefinition",
            { Kind: VectorKind.Scalar } => "Make a vector of such columns with mlContext.Transforms.Concatenate",
            _ => ToSingle(column),
        });

    /// <summary>A column of activations, as factorisations give them.</summary>
    public static RequiredColumn Activations { get; } = new(
        "activations", "known-size vector of Single",
        column => column.Kind == VectorKind.Vector && !column.IsKey && column.ItemType == NumberDataViewType.Single,
        column => column.Kind == VectorKind.Vector ? ToSingle(column) : null);

    /// <summary>A column of single values.</summary>
    /// <param name="role">What it is to the estimator.</param>
    /// <param name="expected">What it has to be, in words.</param>
    /// <param name="fits">Whether a type fits.</param>
    /// <param name="orKey">Whether keys fit, too.</param>
    public static RequiredColumn Scalar(string role, string expected, Func<DataViewType, bool> fits, bool orKey = false)
        => new(
            role, expected,
            column => column.Kind == VectorKind.Scalar && (column.IsKey ? orKey : fits(column.ItemType)),
            column => column.Kind == VectorKind.Scalar && fits(NumberDataViewType.Single) ? ToSingle(column) : null);

    /// <summary>A column of keys.</summary>
    public static RequiredColumn Key(string role) => new(
        role, "Key<UInt32>", column => column.Kind == VectorKind.Scalar && column.IsKey
            && column.ItemType.Equals(NumberDataViewType.UInt32),
        _ => $"Make keys with {Conversions}.MapValueToKey");

    /// <summary>How numbers of another type become Single; null for what has none.</summary>
    public static string? ToSingle(SchemaShape.Column column)
        => !column.IsKey && (column.ItemType is NumberDataViewType or BooleanDataViewType)
            ? $"Convert it with {Conversions}.ConvertType, outputKind: DataKind.Single" : null;

    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public DataViewSchema.Column In(IHost host, DataViewSchema inputSchema, string name)
    {
        if (inputSchema.GetColumnOrNull(name) is not { } column)
            throw host.ExceptSchemaMismatch(nameof(inputSchema), Role, name);
        SchemaShape.GetColumnTypeShape(column.Type, out var kind, out var itemType, out var isKey);
        Require(host, new SchemaShape.Column(name, kind, itemType, isKey), $"{column.Type}");
        return column;
    }

    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public SchemaShape.Column In(IHost host, SchemaShape inputSchema, string name)
    {
        host.CheckValue(inputSchema, nameof(inputSchema));
        if (!inputSchema.TryFindColumn(name, out var column))
            throw host.ExceptSchemaMismatch(nameof(inputSchema), Role, name);
        Require(host, column, column.GetTypeString());
        return column;
    }

    private void Require(IHost host, SchemaShape.Column column, string actual)
    {
        if (!Fits(column))
            throw host.ExceptSchemaMismatch(
                "inputSchema", Role, column.Name, Expected,
                Remedy(column) is { } remedy ? $"{actual}. {remedy}" : actual);
    }
}

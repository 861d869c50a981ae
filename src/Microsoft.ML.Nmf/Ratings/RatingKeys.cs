using System.Text;
using Microsoft.ML.Data;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Trainers;

/// <summary>A key column of a rating model: what the keys of the fit stood for.</summary>
/// <param name="Role">What it has to be.</param>
/// <param name="Name">Its name.</param>
/// <param name="Count">Number of keys.</param>
/// <param name="Values">Their values as text, or null where the fit had none.</param>
internal sealed record RatingKeys(RequiredColumn Role, string Name, int Count, string[]? Values)
{
    private static readonly FuncStaticMethodInfo1<DataViewSchema.Column, ReadOnlyMemory<char>[]?> AnyValues =
        new(ValuesOf<int>);

    public static RequiredColumn Label { get; } = RequiredColumn.Scalar(
        "label", NumberDataViewType.Single.ToString(), type => type.Equals(NumberDataViewType.Single));

    public static RequiredColumn User { get; } = RequiredColumn.Key("matrix column index");

    public static RequiredColumn Item { get; } = RequiredColumn.Key("matrix row index");

    /// <summary>The keys of a column of the fit.</summary>
    public static RatingKeys Of(IHost host, RequiredColumn role, DataViewSchema schema, string name)
    {
        var column = role.In(host, schema, name);
        var count = CountOf(column);
        host.CheckUserArg(
            count <= (ulong)Array.MaxLength, nameof(name),
            $"Column '{name}' has {count} keys, more than {Array.MaxLength}.");
        var values = PlacesOf(column).Names;
        return new(
            role, name, (int)count, values is null ? null : Array.ConvertAll(values, value => value.ToString()));
    }

    /// <summary>The column in a schema, with the same keys.</summary>
    public DataViewSchema.Column In(IHost host, DataViewSchema schema, NameMismatch reaction)
    {
        var column = Role.In(host, schema, Name);
        if (CountOf(column) != (ulong)Count)
            throw host.ExceptSchemaMismatch(
                nameof(schema), Role.Role, Name, $"a key type of {Count} values, as in the fit",
                column.Type.ToString());
        PlacesOf(column).RequireThoseOf(host, Values, reaction);
        return column;
    }

    private static ulong CountOf(DataViewSchema.Column column) => ((KeyDataViewType)column.Type).Count;

    private static NamedPlaces PlacesOf(DataViewSchema.Column column)
        => new(
            "Key", 1, column.Name,
            column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type
                is VectorDataViewType { IsKnownSize: true } type && CountOf(column) == (ulong)type.Size
                ? Utils.MarshalInvoke(AnyValues, type.ItemType.RawType, column)
                : null);

    private static ReadOnlyMemory<char>[]? ValuesOf<T>(DataViewSchema.Column column)
    {
        var type = column.Annotations.Schema[AnnotationUtils.Kinds.KeyValues].Type.GetItemType();
        if (!Conversions.DefaultInstance.TryGetStringConversion<T>(type, out var toText))
            return null;
        var values = default(VBuffer<T>);
        column.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref values);
        var text = new StringBuilder();
        return [.. values.DenseValues().Select(value =>
        {
            toText(in value, ref text);
            return text.ToString().AsMemory();
        })];
    }
}

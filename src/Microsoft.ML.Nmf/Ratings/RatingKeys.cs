using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>The columns of a rating, checked in the same words by Fit and by Transform.</summary>
internal static class RatingKeys
{
    public const string ExpectedType = "Key<UInt32>";

    public static DataViewSchema.Column Label(IHost host, DataViewSchema schema, string name)
    {
        var column = Find(host, schema, name, "label");
        if (!column.Type.Equals(NumberDataViewType.Single))
            throw host.ExceptSchemaMismatch(
                nameof(schema), "label", name, NumberDataViewType.Single.ToString(), column.Type.ToString());
        return column;
    }

    public static DataViewSchema.Column Key(IHost host, DataViewSchema schema, string name, string role)
    {
        var column = Find(host, schema, name, role);
        if (column.Type is not KeyDataViewType key || key.RawType != typeof(uint))
            throw host.ExceptSchemaMismatch(nameof(schema), role, name, ExpectedType, column.Type.ToString());
        return column;
    }

    /// <summary>Number of values of a key column.</summary>
    public static int Count(IHost host, DataViewSchema.Column column)
    {
        var count = ((KeyDataViewType)column.Type).Count;
        if (count > (ulong)Array.MaxLength)
            throw host.ExceptUserArg(
                nameof(column), $"Column '{column.Name}' has {count} keys, more than {Array.MaxLength}.");
        return (int)count;
    }

    private static DataViewSchema.Column Find(IHost host, DataViewSchema schema, string name, string role)
        => schema.GetColumnOrNull(name) ?? throw host.ExceptSchemaMismatch(nameof(schema), role, name);
}

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Trainers;

/// <summary>The columns of a rating, required in the same words by Fit and by Transform.</summary>
internal static class RatingKeys
{
    public static RequiredColumn Label { get; } = RequiredColumn.Scalar(
        "label", NumberDataViewType.Single.ToString(), type => type.Equals(NumberDataViewType.Single));

    public static RequiredColumn User { get; } = Key("matrix column index");

    public static RequiredColumn Item { get; } = Key("matrix row index");

    /// <summary>Number of values of a key column.</summary>
    public static int Count(IHost host, DataViewSchema.Column column)
    {
        var count = ((KeyDataViewType)column.Type).Count;
        if (count > (ulong)Array.MaxLength)
            throw host.ExceptUserArg(
                nameof(column), $"Column '{column.Name}' has {count} keys, more than {Array.MaxLength}.");
        return (int)count;
    }

    private static RequiredColumn Key(string role) => new(
        role, "Key<UInt32>", type => type is KeyDataViewType && type.RawType == typeof(uint),
        column => column.Kind == SchemaShape.Column.VectorKind.Scalar && column.IsKey
            && column.ItemType.Equals(NumberDataViewType.UInt32));
}

using Microsoft.ML.Data;

namespace PartsOfObjects.Decompositions;

/// <summary>Vectors out of ML.NET's views.</summary>
internal static class Columns
{
    public const string Pixels = "Pixels";

    /// <summary>A vector column, one array a row.</summary>
    public static float[][] Vectors(this IDataView view, string column)
        => [.. view.GetColumn<VBuffer<float>>(view.Schema[column]).Select(vector => vector.DenseValues().ToArray())];
}

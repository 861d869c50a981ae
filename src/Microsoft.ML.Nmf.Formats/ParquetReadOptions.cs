namespace Microsoft.ML.Data;

/// <summary>How a Parquet file becomes columns of ML.NET.</summary>
public sealed class ParquetReadOptions
{
    /// <summary>Names of the columns to load; null for all that can be.</summary>
    public IReadOnlyCollection<string>? Columns { get; init; }

    /// <summary>
    /// Whether all numbers (booleans too, as 0 and 1) are loaded as Single, the type that factorisations take; else
    /// each keeps its type. A number too large for a Single is an error that names its place; long whole numbers lose
    /// digits.
    /// </summary>
    public bool NumbersAsSingle { get; init; }

    /// <summary>
    /// Number of values of vector columns, by name. Rows of another length are an error, rows without a vector are
    /// missing (NaN) in all slots; 0 stands for vectors of any length. A column that is not named has the size that was
    /// saved with it, else the number of values of its rows where all row groups agree on it, else any length.
    /// </summary>
    public IReadOnlyDictionary<string, int>? VectorSizes { get; init; }
}

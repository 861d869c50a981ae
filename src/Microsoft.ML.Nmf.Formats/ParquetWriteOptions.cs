using System.IO.Compression;

namespace Microsoft.ML.Data;

/// <summary>How columns of ML.NET become a Parquet file.</summary>
public sealed class ParquetWriteOptions
{
    /// <summary>Names of the columns to write, in this order; null for all that are not hidden.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>
    /// Names of vector columns of Singles or Doubles that are written sparse: as a group of <c>type</c>, <c>size</c>,
    /// <c>indices</c> and <c>values</c>, the layout of the vectors of Apache Spark's machine learning. Others are
    /// lists, which every program reads.
    /// </summary>
    public IReadOnlyCollection<string> SparseColumns { get; init; } = [];

    /// <summary>Most rows of a row group, which readers hold in memory as a whole; null for a number that goes with the
    /// size of the vectors: groups of about four million values, and 128 Ki rows at most.</summary>
    public int? RowsPerGroup { get; init; }

    /// <summary>How much time compression (Snappy; Zstandard for <see cref="CompressionLevel.SmallestSize"/>, none for
    /// <see cref="CompressionLevel.NoCompression"/>) may take.</summary>
    public CompressionLevel Compression { get; init; } = CompressionLevel.Fastest;
}

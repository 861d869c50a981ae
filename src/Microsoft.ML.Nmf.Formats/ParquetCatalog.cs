using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Formats;
using Nmf.Formats;

namespace Microsoft.ML;

/// <summary>Parquet files in the catalog of data.</summary>
public static class ParquetCatalog
{
    /// <summary>
    /// Loads a Parquet file, or all of a folder in the order of their names, as ML.NET sees it: lists as vectors,
    /// texts, numbers, dates.
    /// </summary>
    /// <remarks>
    /// <para>The files are read when a cursor goes over the rows: one row group of the columns that are asked for is in
    /// memory for each cursor. Any number of cursors may be open, one for each thread, and sets of parallel cursors
    /// split the files by row groups. Compression and encoding may be any that Parquet.Net reads.</para>
    /// <para>Types: booleans, whole numbers, Single and Double as they are; decimals are Double; texts, GUIDs: Text;
    /// dates and timestamps: DateTime (to 100 ns; UTC where the file says so); times of day: TimeSpan; lists: vectors;
    /// groups of type, size, indices and values (the vectors of Apache Spark): sparse vectors. What is missing becomes
    /// NaN in numbers: columns and lists of whole numbers or booleans are Single (of 16 bits at most) or Double where
    /// values are missing. Missing texts are empty, missing dates the smallest DateTime, as ML.NET's text loader has
    /// them. Bytes, maps, other groups and lists of lists are left out, with a warning of the context's
    /// log.</para>
    /// <para>Slot names and sizes that <see cref="SaveAsParquet"/> has stored come back. Loading and reading are
    /// cancelled with the context.</para>
    /// </remarks>
    /// <param name="catalog">The catalog of data.</param>
    /// <param name="path">A file, or a folder of files (.parquet) with the same columns.</param>
    /// <param name="options">Which columns, as which types; null for all as they are.</param>
    /// <exception cref="MatrixFormatException">A file is no Parquet file, damaged, or has no such column; later, from
    /// cursors: a vector has another size, or a number is too large. The message names file, column, row and
    /// value.</exception>
    /// <exception cref="FileNotFoundException">There is no file.</exception>
    /// <example>
    /// <code>
    /// var data = mlContext.Data.LoadFromParquet("spectra.parquet", new() { NumbersAsSingle = true });
    /// var model = mlContext.Transforms.NonnegativeMatrixFactorization("Parts", "spectrum", rank: 8).Fit(data);
    /// mlContext.Data.SaveAsParquet(model.Transform(data), "parts.parquet", new() { Columns = ["id", "Parts"] });
    /// </code>
    /// </example>
    public static IDataView LoadFromParquet(
        this DataOperationsCatalog catalog, string path, ParquetReadOptions? options = null)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        var host = CatalogUtils.GetEnvironment(catalog).Register(nameof(LoadFromParquet));
        host.CheckNonEmpty(path, nameof(path));
        return ParquetView.Open(host, path, options ?? new ParquetReadOptions());
    }

    /// <summary>
    /// Writes rows as a Parquet file, row group by row group: vectors as lists (or sparse), texts, numbers, booleans,
    /// dates (to the microsecond; those with an offset as UTC), keys as the texts that they stand for, or as numbers.
    /// </summary>
    /// <remarks>One row group is in memory. The names of slots and the sizes of vectors are kept in the file's
    /// metadata, so that <see cref="LoadFromParquet"/> gives them back. The file is written under another name first:
    /// one that is there stays as it is until the new one is complete.</remarks>
    /// <param name="catalog">The catalog of data.</param>
    /// <param name="data">The rows; read once.</param>
    /// <param name="path">The file, which is replaced.</param>
    /// <param name="options">Which columns, and how; null for all.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <exception cref="ArgumentException">There is no such column, or its type has no counterpart in a Parquet file;
    /// the message names it.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveAsParquet(
        this DataOperationsCatalog catalog, IDataView data, string path, ParquetWriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        var host = CatalogUtils.GetEnvironment(catalog).Register(nameof(SaveAsParquet));
        host.CheckValue(data, nameof(data));
        host.CheckNonEmpty(path, nameof(path));
        new ParquetExport(host, data, options ?? new ParquetWriteOptions()).Write(path, cancellationToken);
    }
}

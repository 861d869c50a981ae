using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Formats;
using Nmf.Formats;
using Nmf.Kernels;

namespace Microsoft.ML;

/// <summary>Matrices of other programs in the catalog of data: rows are samples, columns features.</summary>
public static class MatrixCatalog
{
    /// <summary>Name of the column of the rows, unless another is given.</summary>
    public const string DefaultColumnName = "Features";

    /// <summary>
    /// Loads a matrix from a file of NumPy (.npy; .npz with dense arrays, or a sparse matrix of SciPy) or Matrix Market
    /// (.mtx, .mtx.gz): a row for each of its rows, in one column of vectors, sparse ones where the matrix is.
    /// </summary>
    /// <param name="catalog">The catalog of data.</param>
    /// <param name="path">The file; its ending says what it is.</param>
    /// <param name="columnName">Name of the column, a vector of Singles.</param>
    /// <param name="arrayName">Which array of an NPZ file; null for the only one, or the sparse matrix.</param>
    /// <param name="slotNames">Names of the features, or null.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Rows in memory.</returns>
    /// <exception cref="MatrixFormatException">The file is broken, or no matrix; the message names file and
    /// place.</exception>
    /// <exception cref="ArgumentException">The ending is of none of these kinds, there are several arrays and none is
    /// named, or the number of names is not that of the features.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <example>
    /// <code>
    /// var counts = mlContext.Data.LoadFromMatrixFile("counts.npz");              // scipy.sparse.save_npz
    /// var topics = mlContext.Transforms.NonnegativeMatrixFactorization("Topics", "Features", rank: 20, beta: 1);
    /// mlContext.Data.SaveAsMatrixFile(topics.Fit(counts).Transform(counts), "topics.npy", "Topics");
    /// </code>
    /// </example>
    public static IDataView LoadFromMatrixFile(
        this DataOperationsCatalog catalog, string path, string columnName = DefaultColumnName,
        string? arrayName = null, IReadOnlyList<string>? slotNames = null,
        CancellationToken cancellationToken = default)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        Contracts.CheckNonEmpty(path, nameof(path));
        var matrix = MatrixFileReader.Read(path, arrayName, cancellationToken);
        return matrix.Dense is { } dense
            ? LoadFromMatrix(catalog, dense, columnName, slotNames)
            : LoadFromMatrix(catalog, matrix.Sparse!, columnName, slotNames);
    }

    /// <summary>A matrix as rows, one for each of its rows. It is not copied, so it must not change.</summary>
    /// <param name="catalog">The catalog of data.</param>
    /// <param name="matrix">Samples x features.</param>
    /// <param name="columnName">Name of the column, a vector of Singles.</param>
    /// <param name="slotNames">Names of the features, or null.</param>
    /// <exception cref="ArgumentException">The matrix has no columns, or another number than there are
    /// names.</exception>
    public static IDataView LoadFromMatrix(
        this DataOperationsCatalog catalog, Matrix<float> matrix, string columnName = DefaultColumnName,
        IReadOnlyList<string>? slotNames = null)
    {
        Contracts.CheckValue(matrix, nameof(matrix));
        return MatrixRows.View(catalog, columnName, matrix.Columns, slotNames, new MatrixRows.Dense(matrix));
    }

    /// <summary>A sparse matrix as rows, one for each of its rows.</summary>
    /// <inheritdoc cref="LoadFromMatrix(DataOperationsCatalog, Matrix{float}, string, IReadOnlyList{string})"/>
    public static IDataView LoadFromMatrix(
        this DataOperationsCatalog catalog, SparseMatrix<float> matrix, string columnName = DefaultColumnName,
        IReadOnlyList<string>? slotNames = null)
    {
        Contracts.CheckValue(matrix, nameof(matrix));
        return MatrixRows.View(catalog, columnName, matrix.Columns, slotNames, new MatrixRows.Sparse(matrix));
    }

    /// <summary>
    /// Writes a column of vectors as a matrix, a row for each row: .npy as a dense array of NumPy, .npz as a sparse
    /// matrix of SciPy, .mtx and .mtx.gz as a sparse one of Matrix Market.
    /// </summary>
    /// <param name="catalog">The catalog of data.</param>
    /// <param name="data">The rows; read once, and gathered in memory.</param>
    /// <param name="path">The file, which is replaced; its ending says what it becomes.</param>
    /// <param name="columnName">Name of a column of vectors of known size of Singles.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <exception cref="ArgumentException">The column does not fit, or the ending is of none of these
    /// kinds.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveAsMatrixFile(
        this DataOperationsCatalog catalog, IDataView data, string path, string columnName = DefaultColumnName,
        CancellationToken cancellationToken = default)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        var host = Data.CatalogUtils.GetEnvironment(catalog).Register(nameof(SaveAsMatrixFile));
        host.CheckValue(data, nameof(data));
        host.CheckNonEmpty(path, nameof(path));
        host.CheckNonEmpty(columnName, nameof(columnName));
        MatrixFileWriter.Write(host, data, path, columnName, cancellationToken);
    }
}

using Nmf.Formats;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>Which reader a file of a matrix asks for, by its ending.</summary>
internal static class MatrixFileReader
{
    private static readonly string[] Endings = [".npy", ".npz", ".mtx", ".mtx.gz"];

    /// <summary>Whether the ending is that of a file that is read here.</summary>
    public static bool Knows(string path)
        => Array.Exists(Endings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    public static (Matrix<float>? Dense, SparseMatrix<float>? Sparse) Read(
        string path, string? array, CancellationToken cancellationToken)
    {
        if (!Knows(path))
            throw new ArgumentException(
                $"{Path.GetFileName(path)} has none of the endings {string.Join(", ", Endings)}.", nameof(path));
        if (path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
            return (NpyFile.ReadMatrix<float>(path, cancellationToken), null);
        if (path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
            return ReadNpz(path, array, cancellationToken);
        return MatrixMarketFile.IsDense(path)
            ? (MatrixMarketFile.ReadDense<float>(path, cancellationToken), null)
            : (null, MatrixMarketFile.ReadSparse<float>(path, cancellationToken));
    }

    private static (Matrix<float>? Dense, SparseMatrix<float>? Sparse) ReadNpz(
        string path, string? array, CancellationToken cancellationToken)
    {
        using var file = NpzFile.Open(path);
        if (array is null && file.IsSparse)
            return (null, file.ReadSparse<float>(cancellationToken));
        if (file.Names.Count == 0)
            throw new MatrixFormatException(path, "the archive has no arrays.");
        var name = array ?? (file.Names is [var only]
            ? only
            : throw new ArgumentException(
                $"{Path.GetFileName(path)} has the arrays {string.Join(", ", file.Names)}: say which.",
                nameof(array)));
        return (file.ReadMatrix<float>(name, cancellationToken), null);
    }
}

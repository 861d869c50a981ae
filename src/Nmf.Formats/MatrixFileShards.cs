using Nmf.Kernels;

namespace Nmf.Formats;

/// <summary>
/// Shards of a fit on many machines in files, one for each: NPY (dense), NPZ (a sparse matrix of SciPy, or the only
/// array), Matrix Market (.mtx, .mtx.gz). An address is a pattern of files, as <c>/data/part-*.npz</c>; the shards are
/// the files that match it in the order of their names, character by character: number them with leading zeros.
/// </summary>
/// <param name="missing">What NaN in dense files means.</param>
/// <param name="absent">What entries mean that sparse files do not have.</param>
/// <remarks>All machines need the same files under the same path. Thread-safe.</remarks>
public sealed class MatrixFileShards(
    MissingValues missing = MissingValues.Error, AbsentEntries absent = AbsentEntries.Zero) : IShardSource
{
    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">No file matches.</exception>
    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken)
        => new(Files(address).Length);

    /// <inheritdoc/>
    /// <exception cref="MatrixFormatException">The file is broken, or of a kind that is not read.</exception>
    public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
    {
        var path = Files(address)[shard];
        if (path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
            return new(Data(NpyFile.ReadMatrix<float>(path, cancellationToken)));
        if (path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase))
        {
            using var archive = NpzFile.Open(path);
            if (archive.IsSparse)
                return new(Data(archive.ReadSparse<float>(cancellationToken)));
            return archive.Names.Count == 1 ? new(Data(archive.ReadMatrix<float>(archive.Names[0], cancellationToken)))
                : throw new MatrixFormatException(
                    path, $"the archive has {archive.Names.Count} arrays. A shard is one, or a sparse matrix.");
        }

        return MatrixMarketFile.IsDense(path)
            ? new(Data(MatrixMarketFile.ReadDense<float>(path, cancellationToken)))
            : new(Data(MatrixMarketFile.ReadSparse<float>(path, cancellationToken)));
    }

    /// <inheritdoc/>
    public string NameOf(string address, int shard)
        => Files(address) is var files && shard < files.Length ? files[shard] : $"shard {shard} of {address}";

    private static string[] Files(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        var folder = Path.GetDirectoryName(Path.GetFullPath(address))!;
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, Path.GetFileName(address)) : [];
        if (files.Length == 0)
            throw new FileNotFoundException($"No file matches {address}.", address);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private NmfData<float> Data(Matrix<float> matrix) => NmfData<float>.FromMatrix(matrix, missing, isBatch: true);

    private NmfData<float> Data(SparseMatrix<float> matrix)
        => NmfData<float>.FromMatrix(matrix, absent, isBatch: true);
}

using Nmf.Kernels;

namespace Nmf.Formats;

/// <summary>
/// Shards of a fit on many machines in files, one for each: NPY (dense), NPZ (a sparse matrix of SciPy, or the only
/// array), Matrix Market (.mtx, .mtx.gz). An address is a pattern of files, as <c>/data/part-*.npz</c>; the shards are
/// the files that match it in the order of their names, character by character: number them with leading zeros.
/// </summary>
/// <param name="missing">What NaN in dense files means.</param>
/// <param name="absent">What entries mean that sparse files do not have.</param>
/// <param name="folder">The folder that addresses are relative to and may not leave, or null for all that the process
/// may read. Links within it are followed.</param>
/// <remarks>All machines need the same files under the same path. Thread-safe. An address comes from whoever may start
/// fits, so give a folder where that is not everybody who may read the files of the machine.</remarks>
public sealed class MatrixFileShards(
    MissingValues missing = MissingValues.Error, AbsentEntries absent = AbsentEntries.Zero, string? folder = null)
    : IShardSource
{
    private readonly ShardFiles _files = new(folder);

    /// <inheritdoc/>
    /// <exception cref="FileNotFoundException">No file matches.</exception>
    /// <exception cref="ArgumentException">The address leaves the folder.</exception>
    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken)
        => new(_files.At(address).Length);

    /// <inheritdoc/>
    /// <exception cref="MatrixFormatException">The file is broken, or of a kind that is not read.</exception>
    public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
    {
        var path = _files.At(address, shard);
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
    public string NameOf(string address, int shard) => _files.NameOf(address, shard);

    private NmfData<float> Data(Matrix<float> matrix) => NmfData<float>.FromMatrix(matrix, missing, isBatch: true);

    private NmfData<float> Data(SparseMatrix<float> matrix)
        => NmfData<float>.FromMatrix(matrix, absent, isBatch: true);
}

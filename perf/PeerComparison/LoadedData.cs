using System.Numerics;
using Nmf;
using Nmf.Kernels;

namespace PeerComparison;

/// <summary>Data in the library's hands, and the matrix beneath them for scoring.</summary>
internal sealed class LoadedData<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public LoadedData(Matrix<T> dense)
    {
        Dense = dense;
        Data = NmfData<T>.FromMatrix(dense);
    }

    public LoadedData(SparseMatrix<T> sparse)
    {
        Sparse = sparse;
        Data = NmfData<T>.FromMatrix(sparse);
    }

    /// <summary>What the library factorises; it owns the matrix.</summary>
    public NmfData<T> Data { get; }

    public Matrix<T>? Dense { get; }

    public SparseMatrix<T>? Sparse { get; }
}

using Nmf.Kernels;

namespace StreamingFit;

/// <summary>The rows as the matrices of a fit in memory.</summary>
internal sealed class DataInMemory(Matrix<float>? dense, SparseMatrix<float>? sparse)
{
    private readonly SparseMatrix<float>? _transposed = sparse?.Transpose();

    public int Samples => dense?.Rows ?? sparse!.Rows;

    public int Features => dense?.Columns ?? sparse!.Columns;

    public DivergencePass<float> CreatePass(int rank, double beta, WorkTeam team) => dense is not null
        ? DivergencePass<float>.Create(dense, rank, beta, team)
        : DivergencePass<float>.Create(sparse!, _transposed!, rank, beta, team);
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The data V of a factorisation: samples x features, dense or sparse, nonnegative and finite. Validated once, when it is built.
/// </summary>
/// <remarks>
/// Sparse data are never densified; absent entries are zeros. Rows and columns of zeros are allowed: they get zero activations and zero
/// dictionary entries. Immutable after construction, so any number of fits may share it; dispose it after the last.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class NmfData<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T>? _dense;
    private readonly SparseMatrix<T>? _sparse;
    private readonly Lazy<SparseMatrix<T>>? _transposed;
    private readonly (long Sample, int Feature) _firstZero;

    private NmfData(Matrix<T> dense)
    {
        _dense = dense;
        (Sum, SumOfSquares, _firstZero) = DataScan.Scan(dense);
    }

    private NmfData(SparseMatrix<T> sparse)
    {
        _sparse = sparse;
        _transposed = new Lazy<SparseMatrix<T>>(sparse.Transpose);
        (Sum, SumOfSquares, _firstZero) = DataScan.Scan(sparse);
    }

    /// <summary>Number of samples N (rows).</summary>
    public int Samples => _dense?.Rows ?? _sparse!.Rows;

    /// <summary>Number of features F (columns).</summary>
    public int Features => _dense?.Columns ?? _sparse!.Columns;

    /// <summary>Whether the data are sparse.</summary>
    public bool IsSparse => _sparse is not null;

    /// <summary>Number of stored entries: all of them for dense data.</summary>
    public long StoredEntries => _sparse?.NonZeros ?? (long)Samples * Features;

    /// <summary>Sum of all entries.</summary>
    public double Sum { get; }

    /// <summary>Sum of the squares of all entries.</summary>
    public double SumOfSquares { get; }

    /// <summary>Mean of all entries, zeros included.</summary>
    public double Mean => Sum / ((double)Samples * Features);

    /// <summary>The dense matrix, samples x features, or null.</summary>
    internal Matrix<T>? Dense => _dense;

    /// <summary>The sparse matrix, samples x features, or null.</summary>
    internal SparseMatrix<T>? Sparse => _sparse;

    /// <summary>Copies dense data.</summary>
    /// <param name="values">samples x features values, row-major.</param>
    /// <param name="samples">Number of rows.</param>
    /// <param name="features">Number of columns.</param>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite, or there is nothing to factorise.</exception>
    public static NmfData<T> FromDense(ReadOnlySpan<T> values, int samples, int features)
        => FromMatrix(Matrix<T>.FromRowMajor(values, samples, features));

    /// <summary>Takes over a matrix, without a copy; it is disposed with the data, also when this method throws.</summary>
    /// <param name="matrix">samples x features.</param>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite, or there is nothing to factorise.</exception>
    public static NmfData<T> FromMatrix(Matrix<T> matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        try
        {
            return new NmfData<T>(matrix);
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <summary>Takes over a sparse matrix, without a copy; it is disposed with the data, also when this method throws.</summary>
    /// <param name="matrix">samples x features.</param>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite, or there is nothing to factorise.</exception>
    public static NmfData<T> FromMatrix(SparseMatrix<T> matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        try
        {
            return new NmfData<T>(matrix);
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _dense?.Dispose();
        _sparse?.Dispose();
        if (_transposed is { IsValueCreated: true })
            _transposed.Value.Dispose();
    }

    /// <summary>The kernels' passes over this data.</summary>
    internal DivergencePass<T> CreatePass(int rank, double beta, WorkTeam team) => _dense is not null
        ? DivergencePass<T>.Create(_dense, rank, beta, team)
        : DivergencePass<T>.Create(_sparse!, _transposed!.Value, rank, beta, team);

    /// <summary>The kernels' Newton sweeps over the factors of this data, β = 1.</summary>
    internal NewtonPass<T> CreateNewtonPass(int rank, WorkTeam team) => _dense is not null
        ? NewtonPass<T>.Create(_dense, rank, team)
        : NewtonPass<T>.Create(_sparse!, _transposed!.Value, rank, team);

    /// <summary>The kernels' Newton steps with shared curvature, β = 1.</summary>
    internal NewtonPass<T> CreateSharedNewtonPass(int rank, WorkTeam team) => _dense is not null
        ? NewtonPass<T>.CreateShared(_dense, rank, team)
        : NewtonPass<T>.CreateShared(_sparse!, _transposed!.Value, rank, team);

    /// <summary>Checks what depends on β: the Itakura-Saito divergence and its relatives are infinite at zero.</summary>
    /// <exception cref="NmfDataException">β ≤ 0 and there is a zero.</exception>
    internal void RequireValidFor(double beta)
    {
        if (beta > 0 || _firstZero.Sample < 0)
            return;
        var (sample, feature) = _firstZero;
        throw new NmfDataException(
            $"The entry at sample {sample}, feature {feature} is 0, where the divergence with beta = {beta} is infinite. "
            + "Add a small positive constant to the data, or choose beta > 0.", sample, feature, 0);
    }
}

using System.Numerics;
using Nmf.Kernels.Newton;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// Sweeps of damped scalar Newton steps over either factor for β = 1, Kullback-Leibler: one activation at a time, each
/// step with the exact first and second derivative at the newest model (Hsieh and Dhillon 2011), shortened where the
/// objective, which is self-concordant, would not be sure to fall (Hien and Gillis, "Algorithms for nonnegative matrix
/// factorization with the Kullback-Leibler divergence", 2021).
/// </summary>
/// <remarks>
/// Cost of a sweep: about 11 flops per entry (non-zero entry for sparse data) and component, of which two build the
/// model anew, so that the rounding of single steps does not pile up. Rows are independent of each other; results do
/// not depend on the number of threads. A sweep allocates nothing, except that of sparse data when a row is longer than
/// any before. One caller at a time.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
internal abstract class NewtonPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly (int Samples, int Features, int Rank) _shape;
    private readonly SparseData<T>? _sparse;

    private protected NewtonPass(Matrix<T>? dense, SparseData<T>? sparse, int rank, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        _sparse = sparse;
        _shape = dense is null ? (sparse!.Matrix.Rows, sparse.Matrix.Columns, rank) : (dense.Rows, dense.Columns, rank);
    }

    /// <summary>Activations whose zeros stay, samples x rank, or null: where it is zero, an activation that is zero is
    /// not moved. Kept, not copied.</summary>
    private Matrix<T>? Mask
    {
        get;
        init
        {
            if (value is not null && (value.Rows != _shape.Samples || value.Columns != _shape.Rank))
            {
                throw new ArgumentException(
                    $"The mask is {value.Rows} x {value.Columns}, not {_shape.Samples} x {_shape.Rank}.");
            }

            field = value;
        }
    }

    /// <summary>Sweeps over the factors of dense data.</summary>
    /// <param name="data">V, samples x features; kept, not copied.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <param name="mask">Activations whose zeros stay, samples x rank, or null; kept, not copied.</param>
    public static NewtonPass<T> Create(Matrix<T> data, int rank, WorkTeam team, Matrix<T>? mask = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        return SimdWidth.Dispatch<T, DenseMaker, NewtonPass<T>>(new DenseMaker(data, rank, team, mask));
    }

    /// <summary>Sweeps over the factors of sparse data; only non-zeros are visited.</summary>
    /// <param name="data">V, samples x features; kept, not copied.</param>
    /// <param name="transposed">The transpose of <paramref name="data"/>; kept, not copied.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <param name="mask">Activations whose zeros stay, samples x rank, or null; kept, not copied.</param>
    public static NewtonPass<T> Create(
        SparseMatrix<T> data, SparseMatrix<T> transposed, int rank, WorkTeam team, Matrix<T>? mask = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(transposed);
        return SimdWidth.Dispatch<T, SparseMaker, NewtonPass<T>>(
            new SparseMaker(SparseData<T>.Of(data, transposed), rank, team, mask));
    }

    /// <summary>
    /// Newton steps on all components at once over the factors of dense data, with a curvature that the rows of a
    /// factor share up to a number of their own; the part of each step that is taken lowers the objective of its row.
    /// </summary>
    /// <param name="data">V, samples x features; kept, not copied. Must not change.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <param name="mask">Activations whose zeros stay, samples x rank, or null; kept, not copied.</param>
    /// <returns>A pass whose number of sweeps is that over the quadratic model of each step.</returns>
    public static NewtonPass<T> CreateShared(Matrix<T> data, int rank, WorkTeam team, Matrix<T>? mask = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        return SimdWidth.Dispatch<T, SharedMaker, NewtonPass<T>>(new SharedMaker(data, null, rank, team, mask));
    }

    /// <summary>The same for sparse data, at the price that dense data of that size would have: 32 rows at a time
    /// are made dense.</summary>
    /// <param name="data">V, samples x features; kept, not copied. Must not change.</param>
    /// <param name="transposed">The transpose of <paramref name="data"/>; kept, not copied.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <param name="mask">Activations whose zeros stay, samples x rank, or null; kept, not copied.</param>
    public static NewtonPass<T> CreateShared(
        SparseMatrix<T> data, SparseMatrix<T> transposed, int rank, WorkTeam team, Matrix<T>? mask = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(transposed);
        return SimdWidth.Dispatch<T, SharedMaker, NewtonPass<T>>(
            new SharedMaker(null, SparseData<T>.Of(data, transposed), rank, team, mask));
    }

    /// <summary>Improves the activations in place; D_1(V | H Wᵀ) does not increase.</summary>
    /// <param name="w">Dictionary, features x rank.</param>
    /// <param name="h">Activations, samples x rank.</param>
    /// <param name="sweeps">Number of sweeps, at least 1.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void SweepActivations(Matrix<T> w, Matrix<T> h, int sweeps)
    {
        Require(w, h, sweeps);
        Sweep(w, h, sweeps, activations: true);
    }

    /// <summary>Improves the dictionary in place; D_1(V | H Wᵀ) does not increase.</summary>
    /// <param name="w">Dictionary, features x rank.</param>
    /// <param name="h">Activations, samples x rank.</param>
    /// <param name="sweeps">Number of sweeps, at least 1.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void SweepDictionary(Matrix<T> w, Matrix<T> h, int sweeps)
    {
        Require(w, h, sweeps);
        Sweep(h, w, sweeps, activations: false);
    }

    private protected nint MaskStride => Mask?.Stride ?? 0;

    /// <summary>The row of the mask where there is one, else null.</summary>
    /// <param name="row">Row of the improved factor.</param>
    /// <param name="activations">Whether that is the factor of the samples.</param>
    private protected unsafe T* MaskOf(int row, bool activations)
        => activations && Mask is { } mask ? mask.Data + (row * mask.Stride) : null;

    /// <summary>Improves one factor.</summary>
    /// <param name="basis">The factor that is given.</param>
    /// <param name="factor">The factor that is improved.</param>
    /// <param name="sweeps">Number of sweeps.</param>
    /// <param name="activations">Whether the improved factor is that of the samples.</param>
    private protected abstract void Sweep(Matrix<T> basis, Matrix<T> factor, int sweeps, bool activations);

    private void Require(Matrix<T> w, Matrix<T> h, int sweeps)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(h);
        ArgumentOutOfRangeException.ThrowIfLessThan(sweeps, 1);
        _sparse?.RequireUnchanged();
        var (samples, features, rank) = _shape;
        if (w.Rows != features || h.Rows != samples || w.Columns != rank || h.Columns != rank)
        {
            throw new ArgumentException(
                $"The dictionary is {w.Rows} x {w.Columns} and the activations are {h.Rows} x {h.Columns}, "
                + $"not {features} x {rank} and {samples} x {rank}.");
        }
    }

    private readonly struct DenseMaker(Matrix<T> data, int rank, WorkTeam team, Matrix<T>? mask)
        : ISimdVisitor<T, NewtonPass<T>>
    {
        public NewtonPass<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => new DenseNewtonPass<TVector, TSimd, T>(data, rank, team) { Mask = mask };
    }

    private readonly struct SparseMaker(SparseData<T> data, int rank, WorkTeam team, Matrix<T>? mask)
        : ISimdVisitor<T, NewtonPass<T>>
    {
        public NewtonPass<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => new SparseNewtonPass<TVector, TSimd, T>(data, rank, team) { Mask = mask };
    }

    private readonly struct SharedMaker(
        Matrix<T>? dense, SparseData<T>? sparse, int rank, WorkTeam team, Matrix<T>? mask)
        : ISimdVisitor<T, NewtonPass<T>>
    {
        public NewtonPass<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => new SharedNewtonPass<TVector, TSimd, T>(dense, sparse, rank, team) { Mask = mask };
    }
}

using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// The exact abundances of all samples for a dictionary that changes from call to call: the step of a fit. The same
/// problem, and the same bits, as a <see cref="RowSolver{T}"/> with <see cref="RowSolverOptions.Abundances"/>, which is
/// made for one dictionary.
/// </summary>
/// <remarks>O(F K) per sample for products in double, and O(K³) per face of the simplex. Memory: O(K (F + K))
/// doubles. Nothing is allocated after the constructor. One caller at a time; the result does not depend on the
/// number of threads.</remarks>
/// <typeparam name="T">float or double.</typeparam>
internal sealed unsafe class AbundancePass<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 64;
    private const int MaximumIterations = 1000;

    private readonly WorkTeam _team;
    private readonly AbundanceRows<T> _rows;
    private readonly RowSolver<T>.Scratch[] _scratch;
    private readonly (int Features, int Rank) _shape;
    private Matrix<T>? _dense;
    private SparseMatrix<T>? _sparse;
    private Matrix<T>? _h;

    /// <summary>Allocates for dictionaries of one shape.</summary>
    /// <param name="features">Number of features F.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="constraint">What the sums must be.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <exception cref="ArgumentException">There is no constraint.</exception>
    public AbundancePass(int features, int rank, SumConstraint constraint, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        if (constraint == SumConstraint.None)
            throw new ArgumentException("There is no constraint on the sums.", nameof(constraint));
        _team = team;
        _shape = (features, rank);
        _rows = new AbundanceRows<T>(features, rank, constraint, MaximumIterations);
        _scratch = new RowSolver<T>.Scratch[team.Threads];
        for (var i = 0; i < _scratch.Length; i++)
        {
            _scratch[i] = new RowSolver<T>.Scratch(features, rank);
            _rows.Reserve(_scratch[i]);
        }
    }

    /// <summary>Abundances of dense data.</summary>
    /// <param name="w">Dictionary, features x rank.</param>
    /// <param name="data">V, samples x features.</param>
    /// <param name="h">Receives the abundances, samples x rank.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void Solve(Matrix<T> w, Matrix<T> data, Matrix<T> h)
    {
        ArgumentNullException.ThrowIfNull(data);
        Run(w, data.Rows, data.Columns, data, null, h);
    }

    /// <summary>Abundances of sparse data, whose absent entries are zeros.</summary>
    /// <param name="w">Dictionary, features x rank.</param>
    /// <param name="data">V, samples x features.</param>
    /// <param name="h">Receives the abundances, samples x rank.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void Solve(Matrix<T> w, SparseMatrix<T> data, Matrix<T> h)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.RequireValid();
        Run(w, data.Rows, data.Columns, null, data, h);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (h, scratch) = (_h!, _scratch[worker]);
        var to = (int)long.Min(h.Rows, (block + 1L) * RowsOfBlock);
        for (var i = block * RowsOfBlock; i < to; i++)
        {
            if (_dense is { } dense)
                _rows.SolveDense(dense.Row(i), scratch);
            else
                _rows.SolveSparse(_sparse!.RowIndices(i), _sparse.RowValues(i), scratch);
            var row = h.Row(i);
            for (var k = 0; k < row.Length; k++)
                row[k] = T.CreateSaturating(scratch.H[k]);
        }
    }

    private void Run(Matrix<T> w, int samples, int features, Matrix<T>? dense, SparseMatrix<T>? sparse, Matrix<T> h)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(h);
        if ((w.Rows, w.Columns) != _shape || features != _shape.Features || h.Rows != samples
            || h.Columns != _shape.Rank)
        {
            throw new ArgumentException(
                $"The dictionary is {w.Rows} x {w.Columns}, "
                + $"the data {samples} x {features} and the abundances {h.Rows} x {h.Columns}, "
                + $"but the pass was made for {_shape.Features} features and {_shape.Rank} components.");
        }

        _rows.Load(w);
        (_dense, _sparse, _h) = (dense, sparse, h);
        _team.Run(this, (int)((samples + (RowsOfBlock - 1L)) / RowsOfBlock));
        (_dense, _sparse, _h) = (null, null, null);
    }
}

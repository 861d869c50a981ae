using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Activations of a whole data set together with the size of each row's outlier part.</summary>
internal sealed class RobustInference<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 16;

    private readonly RowSolver<T> _rows;
    private readonly NmfData<T> _data;
    private readonly Matrix<T> _activations;
    private readonly double[] _norms;
    private readonly RowSolver<T>.Scratch[] _scratch;
    private readonly CancellationToken _cancellationToken;
    private int _unsolved;

    private RobustInference(
        RowSolver<T> rows, NmfData<T> data, Matrix<T> activations, int threads, CancellationToken cancellationToken)
    {
        (_rows, _data, _activations, _cancellationToken) = (rows, data, activations, cancellationToken);
        _norms = new double[data.Samples];
        _scratch = new RowSolver<T>.Scratch[threads];
        for (var i = 0; i < threads; i++)
            _scratch[i] = rows.CreateScratch();
    }

    public static SolvedRows Run(
        Matrix<T> dictionary, NmfData<T> data, RowSolverOptions options, Matrix<T> activations, WorkTeam team,
        CancellationToken cancellationToken)
    {
        var rows = new RowSolver<T>(dictionary, options);
        var work = new RobustInference<T>(rows, data, activations, team.Threads, cancellationToken);
        team.Run(work, (int)((data.Samples + (RowsOfBlock - 1L)) / RowsOfBlock));
        return new SolvedRows(work._norms, work._unsolved);
    }

    void IBlockWork.Run(int block, int worker)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var end = (int)long.Min(_data.Samples, (block + 1L) * RowsOfBlock);
        for (var n = block * RowsOfBlock; n < end; n++)
        {
            if (_data.Dense is { } dense)
                _rows.Solve(dense.Row(n), _activations.Row(n), _scratch[worker]);
            else
                _rows.Solve(
                    _data.Sparse!.RowIndices(n), _data.Sparse.RowValues(n), _activations.Row(n), _scratch[worker]);
            _norms[n] = _scratch[worker].OutlierNorm;
            if (!_scratch[worker].Converged)
                Interlocked.Increment(ref _unsolved);
        }
    }
}

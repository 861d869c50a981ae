using System.Numerics;

namespace Nmf.Kernels;

public sealed unsafe partial class RowSolver<T>
{
    /// <summary>Solves all rows of dense data, each exactly as
    /// <see cref="Solve(ReadOnlySpan{T}, Span{T}, Scratch)"/> would.</summary>
    /// <param name="data">V, samples x features.</param>
    /// <param name="h">Receives the activations, samples x rank.</param>
    /// <param name="team">Threads to use. Allocates scratch memory for each.</param>
    /// <param name="cancellation">Looked at between blocks of rows; rows already solved stay in
    /// <paramref name="h"/>.</param>
    /// <returns>Number of rows that did not reach the tolerance.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    internal int SolveAll(Matrix<T> data, Matrix<T> h, WorkTeam team, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        RequireFeatures(data.Columns, nameof(data));
        RequireActivations(h, data.Rows);
        return new Batch(this, data, null, h, cancellation).Run(team);
    }

    /// <summary>Solves all rows of sparse data, each exactly as
    /// <see cref="Solve(ReadOnlySpan{int}, ReadOnlySpan{T}, Span{T}, Scratch)"/> would.</summary>
    /// <param name="data">V, samples x features.</param>
    /// <param name="h">Receives the activations, samples x rank.</param>
    /// <param name="team">Threads to use. Allocates scratch memory for each.</param>
    /// <param name="cancellation">Looked at between blocks of rows; rows already solved stay in
    /// <paramref name="h"/>.</param>
    /// <returns>Number of rows that did not reach the tolerance.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    internal int SolveAll(SparseMatrix<T> data, Matrix<T> h, WorkTeam team, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.RequireValid();
        RequireFeatures(data.Columns, nameof(data));
        RequireActivations(h, data.Rows);
        return new Batch(this, null, data, h, cancellation).Run(team);
    }

    private void RequireFeatures(int columns, string name)
    {
        if (columns != Features)
            throw new ArgumentException(
                $"The data have {columns} columns, but the dictionary has {Features} features.", name);
    }

    private void RequireActivations(Matrix<T> h, int rows)
    {
        ArgumentNullException.ThrowIfNull(h);
        if (h.Rows != rows || h.Columns != Rank)
            throw new ArgumentException($"The activations are {h.Rows} x {h.Columns}, not {rows} x {Rank}.", nameof(h));
    }

    private sealed class Batch(
        RowSolver<T> solver, Matrix<T>? dense, SparseMatrix<T>? sparse, Matrix<T> h, CancellationToken cancellation)
        : IBlockWork
    {
        private const int RowsOfBlock = 16;

        private Scratch[] _scratch = [];
        private int _unconverged;

        public int Run(WorkTeam team)
        {
            ArgumentNullException.ThrowIfNull(team);
            _scratch = new Scratch[team.Threads];
            for (var i = 0; i < _scratch.Length; i++)
                _scratch[i] = solver.CreateScratch();
            team.Run(this, (int)((h.Rows + (RowsOfBlock - 1L)) / RowsOfBlock));
            return _unconverged;
        }

        void IBlockWork.Run(int block, int worker)
        {
            cancellation.ThrowIfCancellationRequested();
            var scratch = _scratch[worker];
            var to = (int)long.Min(h.Rows, (block + 1L) * RowsOfBlock);
            var unconverged = 0;
            for (var i = block * RowsOfBlock; i < to; i++)
            {
                if (dense is not null)
                    solver.Solve(dense.Row(i), h.Row(i), scratch);
                else
                    solver.Solve(sparse!.RowIndices(i), sparse.RowValues(i), h.Row(i), scratch);
                unconverged += scratch.Converged ? 0 : 1;
            }

            if (unconverged > 0)
                Interlocked.Add(ref _unconverged, unconverged);
        }
    }
}

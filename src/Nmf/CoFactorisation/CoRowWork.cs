using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Activations of all samples of some data.</summary>
internal sealed class CoRowWork<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 8;

    private readonly IReadOnlyList<NmfData<T>?> _views;
    private readonly Matrix<T>[] _activations;
    private readonly CancellationToken _cancellationToken;
    private readonly CoRowSolver<T>[] _solvers;
    private readonly T[][] _results;
    private readonly T[][][] _rows;

    public CoRowWork(
        CoRowProblem<T> problem, IReadOnlyList<NmfData<T>?> views, Matrix<T>[] activations, int threads,
        CancellationToken cancellationToken)
    {
        (_views, _activations, _cancellationToken) = (views, activations, cancellationToken);
        _solvers = [.. Enumerable.Range(0, threads).Select(_ => new CoRowSolver<T>(problem))];
        _results = [.. _solvers.Select(_ => new T[problem.Rank * activations.Length])];
        _rows = [.. _solvers.Select(_ => problem.Views.Select(view => new T[view.Dictionary.Length]).ToArray())];
    }

    public void Run(WorkTeam team) => team.Run(this, (_activations[0].Rows + RowsOfBlock - 1) / RowsOfBlock);

    void IBlockWork.Run(int block, int worker)
    {
        var (solver, result, rank) = (_solvers[worker], _results[worker], _activations[0].Columns);
        var end = int.Min(_activations[0].Rows, (block + 1) * RowsOfBlock);
        for (var n = block * RowsOfBlock; n < end; n++)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            for (var v = 0; v < _views.Count; v++)
            {
                if (_views[v] is not { } view || view.SampleWeight(n) == 0)
                {
                    solver[v].SetMissing();
                    continue;
                }

                var row = _rows[worker][v].AsSpan();
                row.Fill(T.NaN);
                view.CopyObserved(n, row);
                solver[v].Set(row);
            }

            solver.Solve(result);
            for (var v = 0; v < _activations.Length; v++)
                result.AsSpan(v * rank, rank).CopyTo(_activations[v].Row(n));
        }
    }
}

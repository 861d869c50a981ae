using System.Numerics;

namespace Nmf.Kernels;

/// <summary>The MM update of abundances, a row at a time, in double.</summary>
internal sealed class FactorSimplex<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 64;

    private double[][] _scratch = [];
    private SimplexMajoriser _majoriser;
    private bool _atMost;
    private Matrix<T>? _factor;
    private Matrix<T>? _negative;
    private Matrix<T>? _positive;

    public void Run(Matrix<T> factor, Matrix<T> negative, Matrix<T> positive, double beta, bool atMost, WorkTeam team)
    {
        if (_scratch.Length != team.Threads || _scratch[0].Length != 4 * factor.Columns)
        {
            _scratch = new double[team.Threads][];
            for (var i = 0; i < _scratch.Length; i++)
                _scratch[i] = new double[4 * factor.Columns];
        }

        (_majoriser, _atMost) = (new SimplexMajoriser(beta), atMost);
        (_factor, _negative, _positive) = (factor, negative, positive);
        team.Run(this, (int)((factor.Rows + (RowsOfBlock - 1L)) / RowsOfBlock));
        (_factor, _negative, _positive) = (null, null, null);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (factor, rank) = (_factor!, _factor!.Columns);
        var scratch = _scratch[worker].AsSpan();
        Span<double> h = scratch[..rank], negative = scratch.Slice(rank, rank), positive =
            scratch.Slice(2 * rank, rank), moves = scratch[(3 * rank)..];
        var to = (int)long.Min(factor.Rows, (block + 1L) * RowsOfBlock);
        for (var i = block * RowsOfBlock; i < to; i++)
        {
            var row = factor.Row(i);
            Widen(row, h);
            Widen(_negative!.Row(i), negative);
            Widen(_positive!.Row(i), positive);
            _majoriser.Minimise(h, negative, positive, moves, _atMost);
            for (var k = 0; k < rank; k++)
            {
                // "Less than" is false for NaN, which must reach the guard of the fit.
                var updated = T.CreateTruncating(h[k]);
                row[k] = updated < FactorUpdate<T>.Smallest ? T.Zero : updated;
            }
        }
    }

    private static void Widen(ReadOnlySpan<T> source, Span<double> target)
    {
        for (var k = 0; k < target.Length; k++)
            target[k] = double.CreateTruncating(source[k]);
    }
}

using System.Numerics.Tensors;

namespace Nmf.Audio;

/// <summary>
/// The Cholesky factor of a Gram matrix, for least squares. Where a column depends on those before it, its coefficient
/// is held at zero: the projection stays the same.
/// </summary>
internal sealed class GramCholesky
{
    // A pivot is the part of a column's energy that the columns before it do not determine.
    private const double LeastPivot = 1e-12;

    private readonly double[][] _rows;

    /// <summary>Factorises in O(n³/3).</summary>
    /// <param name="size">Number of columns n.</param>
    /// <param name="entry">Entry of row i and column j ≤ i.</param>
    /// <param name="cancellationToken">Looked at before every row.</param>
    public GramCholesky(int size, Func<int, int, double> entry, CancellationToken cancellationToken)
    {
        _rows = new double[size][];
        for (var i = 0; i < size; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = new double[i + 1];
            for (var j = 0; j < i; j++)
            {
                var pivot = _rows[j][j];
                row[j] = pivot == 0
                    ? 0
                    : (entry(i, j) - TensorPrimitives.Dot(row.AsSpan(0, j), _rows[j].AsSpan(0, j))) / pivot;
            }

            var diagonal = entry(i, i);
            var rest = diagonal - TensorPrimitives.Dot(row.AsSpan(0, i), row.AsSpan(0, i));
            row[i] = rest > LeastPivot * diagonal ? Math.Sqrt(rest) : 0;
            _rows[i] = row;
        }
    }

    /// <summary>Solves in place.</summary>
    /// <param name="values">n values of the right-hand side, replaced by the solution.</param>
    public void Solve(Span<double> values)
    {
        for (var i = 0; i < _rows.Length; i++)
        {
            var row = _rows[i];
            values[i] = row[i] == 0 ? 0 : (values[i] - TensorPrimitives.Dot(row.AsSpan(0, i), values[..i])) / row[i];
        }

        for (var i = _rows.Length - 1; i >= 0; i--)
        {
            var row = _rows[i];
            values[i] = row[i] == 0 ? 0 : values[i] / row[i];
            for (var j = 0; j < i; j++)
                values[j] -= values[i] * row[j];
        }
    }
}

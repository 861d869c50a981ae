using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>A copy of some samples and features of data, in the form of the data. Unlike data it
/// may be all zeros.</summary>
internal sealed class Submatrix<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T>? _dense;
    private readonly SparseMatrix<T>? _sparse;

    private Submatrix(Matrix<T> dense) => _dense = dense;

    private Submatrix(SparseMatrix<T> sparse) => _sparse = sparse;

    public int Rows => _dense?.Rows ?? _sparse!.Rows;

    /// <summary>Copies the crossing of increasing samples and features.</summary>
    public static Submatrix<T> Of(NmfData<T> data, int[] samples, int[] features)
        => data.Dense is { } dense
            ? new Submatrix<T>(Copy(dense, samples, features))
            : new Submatrix<T>(Copy(data.Sparse!, samples, features));

    /// <summary>Writes a row, zeros included.</summary>
    public void CopyRow(int row, Span<T> target)
    {
        if (_dense is not null)
        {
            _dense.Row(row).CopyTo(target);
            return;
        }

        target.Clear();
        var indices = _sparse!.RowIndices(row);
        var values = _sparse.RowValues(row);
        for (var j = 0; j < values.Length; j++)
            target[indices[j]] = values[j];
    }

    /// <summary>The same as data, which take over the memory.</summary>
    public NmfData<T> ToData() => _dense is not null ? NmfData<T>.FromMatrix(_dense) : NmfData<T>.FromMatrix(_sparse!);

    public Submatrix<T> Transposed()
    {
        if (_sparse is not null)
            return new Submatrix<T>(_sparse.Transpose());
        var transposed = new Matrix<T>(_dense!.Columns, _dense.Rows);
        for (var n = 0; n < _dense.Rows; n++)
        {
            var row = _dense.Row(n);
            for (var f = 0; f < row.Length; f++)
                transposed.Row(f)[n] = row[f];
        }

        return new Submatrix<T>(transposed);
    }

    /// <summary>Activations of the rows.</summary>
    public void Solve(RowSolver<T> solver, Matrix<T> result, WorkTeam team, CancellationToken cancellationToken)
    {
        if (_dense is not null)
            solver.SolveAll(_dense, result, team, cancellationToken);
        else
            solver.SolveAll(_sparse!, result, team, cancellationToken);
    }

    /// <summary>The divergence of all entries, zeros included, from their predictions.</summary>
    public double Divergence(Predictions<T> predictions, WorkTeam team, CancellationToken cancellationToken)
        => _dense is not null
            ? predictions.Divergence(_dense, cancellationToken)
            : predictions.DivergenceWithZeros(_sparse!, team, cancellationToken);

    private static Matrix<T> Copy(Matrix<T> from, int[] samples, int[] features)
    {
        var copy = new Matrix<T>(samples.Length, features.Length);
        for (var n = 0; n < samples.Length; n++)
        {
            var source = from.Row(samples[n]);
            var target = copy.Row(n);
            for (var f = 0; f < features.Length; f++)
                target[f] = source[features[f]];
        }

        return copy;
    }

    private static unsafe SparseMatrix<T> Copy(SparseMatrix<T> from, int[] samples, int[] features)
    {
        var place = new int[from.Columns];
        Array.Fill(place, -1);
        for (var f = 0; f < features.Length; f++)
            place[features[f]] = f;
        long nonZeros = 0;
        foreach (var n in samples)
        {
            foreach (var f in from.RowIndices(n))
                nonZeros += place[f] >= 0 ? 1 : 0;
        }

        var copy = new SparseMatrix<T>(samples.Length, features.Length, nonZeros);
        long at = 0;
        for (var n = 0; n < samples.Length; n++)
        {
            var indices = from.RowIndices(samples[n]);
            var values = from.RowValues(samples[n]);
            for (var j = 0; j < indices.Length; j++)
            {
                if (place[indices[j]] < 0)
                    continue;
                copy.ColumnIndices[at] = place[indices[j]];
                copy.Values[at++] = values[j];
            }

            copy.RowStarts[n + 1] = at;
        }

        return copy;
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Activations of a whole data set for a fixed dictionary.</summary>
internal static class Inference
{
    public static Matrix<T> Run<T>(RowSolver<T> rows, NmfData<T> data, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var activations = new Matrix<T>(data.Samples, rows.Rank);
        var scratch = rows.CreateScratch();
        for (var i = 0; i < data.Samples; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (data.Dense is { } dense)
                rows.Solve(dense.Row(i), activations.Row(i), scratch);
            else
                rows.Solve(data.Sparse!.RowIndices(i), data.Sparse.RowValues(i), activations.Row(i), scratch);
        }

        return activations;
    }
}

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
        try
        {
            if (data.Dense is { } dense)
                rows.SolveAll(dense, activations, team, cancellationToken);
            else
                rows.SolveAll(data.Sparse!, activations, team, cancellationToken);
            return activations;
        }
        catch
        {
            activations.Dispose();
            throw;
        }
    }
}

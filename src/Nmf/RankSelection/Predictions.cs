using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The divergence of held-out entries v from their predictions y = h w. Where a single prediction of zero for a
/// positive entry would decide everything, predictions are clipped from below: at a thousandth of the mean of the
/// entries that the fit saw for 0 &lt; β ≤ 1, at the smallest of them for β ≤ 0.
/// </summary>
/// <param name="w">Weights of the features, features x rank.</param>
/// <param name="h">Activations of the samples, samples x rank.</param>
/// <param name="beta">β.</param>
/// <param name="floor">Where predictions are clipped.</param>
internal sealed class Predictions<T>(Matrix<T> w, Matrix<T> h, double beta, double floor)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double PartOfMean = 1e-3;
    private const int SamplesBetweenChecks = 64;

    /// <summary>The floor for predictions that are made from some data.</summary>
    public static double Floor(NmfData<T> seen, double beta)
        => beta > 1 ? 0 : beta > 0 ? PartOfMean * seen.Mean : Smallest(seen);

    /// <summary>The divergence of all entries of a matrix.</summary>
    public double Divergence(Matrix<T> held, CancellationToken cancellationToken)
    {
        double sum = 0;
        for (var n = 0; n < held.Rows; n++)
        {
            ThrowIfCancelled(n, cancellationToken);
            var row = held.Row(n);
            for (var f = 0; f < row.Length; f++)
                sum += Entry(row[f], n, f);
        }

        return sum;
    }

    /// <summary>The divergence of the stored entries of a matrix.</summary>
    public double DivergenceOfStored(SparseMatrix<T> held, CancellationToken cancellationToken)
    {
        double sum = 0;
        for (var n = 0; n < held.Rows; n++)
        {
            ThrowIfCancelled(n, cancellationToken);
            var values = held.RowValues(n);
            var indices = held.RowIndices(n);
            for (var j = 0; j < values.Length; j++)
                sum += Entry(values[j], n, indices[j]);
        }

        return sum;
    }

    /// <summary>The divergence of all entries of a matrix that stores the positive ones. The zeros take one pass of the
    /// kernels, which for β = 1 does not visit them.</summary>
    public double DivergenceWithZeros(SparseMatrix<T> held, WorkTeam team, CancellationToken cancellationToken)
    {
        var nothing = new SparseMatrix<T>(held.Rows, held.Columns, 0);
        var transposed = new SparseMatrix<T>(held.Columns, held.Rows, 0);
        var pass = DivergencePass<T>.Create(nothing, transposed, w.Columns, beta, team);
        var zeros = pass.Objective(w, h);
        double counted = 0;
        for (var n = 0; n < held.Rows; n++)
        {
            ThrowIfCancelled(n, cancellationToken);
            foreach (var f in held.RowIndices(n))
                counted += Math.Pow(Prediction(n, f), beta) / beta;
        }

        return zeros - counted + DivergenceOfStored(held, cancellationToken);
    }

    private static double Smallest(NmfData<T> data)
    {
        var row = new T[data.Features];
        var smallest = double.PositiveInfinity;
        for (var n = 0; n < data.Samples; n++)
        {
            Array.Fill(row, T.NaN);
            data.CopyObserved(n, row);
            foreach (var value in row)
                smallest = T.IsNaN(value) ? smallest : Math.Min(smallest, double.CreateTruncating(value));
        }

        return smallest;
    }

    private static void ThrowIfCancelled(int sample, CancellationToken cancellationToken)
    {
        if (sample % SamplesBetweenChecks == 0)
            cancellationToken.ThrowIfCancellationRequested();
    }

    private double Prediction(int sample, int feature)
        => double.CreateTruncating(TensorPrimitives.Dot<T>(h.Row(sample), w.Row(feature)));

    private double Entry(T value, int sample, int feature)
        => BetaDivergence.Value(double.CreateTruncating(value), Math.Max(floor, Prediction(sample, feature)), beta);
}

using System.Numerics;

namespace Nmf.Kernels;

/// <summary>An update by way of the whole gradient, for passes that cannot replace a row as soon as they
/// have its gradient.</summary>
internal sealed unsafe class GradientRows<T>(int rows, int rank)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The points from which the rows are updated.</summary>
    public Matrix<T> Start { get; } = new(rows, rank);

    /// <summary>Negative part of the gradient there.</summary>
    public Matrix<T> Negative { get; } = new(rows, rank);

    /// <summary>Positive part of the gradient there.</summary>
    public Matrix<T> Positive { get; } = new(rows, rank);

    public void Begin(Matrix<T> factor, in RowUpdate<T> update)
    {
        for (var i = 0; i < rows; i++)
            update.Start(i, RowOf(factor, i), RowOf(Start, i), rank);
        GC.KeepAlive(factor);
        GC.KeepAlive(this);
    }

    public void End(Matrix<T> factor, in RowUpdate<T> update)
    {
        for (var i = 0; i < rows; i++)
            update.Finish(i, RowOf(factor, i), RowOf(Start, i), RowOf(Negative, i), RowOf(Positive, i), rank);
        GC.KeepAlive(factor);
        GC.KeepAlive(this);
    }

    private static T* RowOf(Matrix<T> matrix, int row) => matrix.Data + (row * matrix.Stride);
}

namespace Nmf;

/// <summary>Memory that several data objects use: freed, or given back, when the last of them lets go.</summary>
internal sealed class Shared<TItem>(TItem item, Action<TItem>? giveBack = null)
    where TItem : class, IDisposable
{
    private int _users = 1;

    public TItem Item { get; } = item;

    public Shared<TItem> Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0)
            return;
        if (giveBack is null)
            Item.Dispose();
        else
            giveBack(Item);
    }
}

/// <summary>A sparse matrix and its transpose, which is made when it is first needed where it was not given.</summary>
internal sealed class TransposableMatrix<T>(Nmf.Kernels.SparseMatrix<T> matrix, Nmf.Kernels.SparseMatrix<T>? transposed = null) : IDisposable
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
{
    private readonly Lazy<Nmf.Kernels.SparseMatrix<T>> _transposed = transposed is null ? new(matrix.Transpose) : new(transposed);

    public Nmf.Kernels.SparseMatrix<T> Matrix { get; } = matrix;

    public Nmf.Kernels.SparseMatrix<T> Transposed => _transposed.Value;

    public void Dispose()
    {
        Matrix.Dispose();
        if (_transposed.IsValueCreated)
            _transposed.Value.Dispose();
    }
}

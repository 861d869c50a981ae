using Nmf.Kernels;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>The matrices of whole batches, which hold one batch after another: as many as are in memory at a time, all of one size. Thread-safe.</summary>
internal sealed class BatchMatrices : IDisposable
{
    private readonly Stack<Matrix<float>> _free = new();
    private bool _isDisposed;

    /// <summary>A matrix that has held a batch, with what it held; or null.</summary>
    public Matrix<float>? TryTake()
    {
        lock (_free)
            return _free.TryPop(out var matrix) ? matrix : null;
    }

    public void GiveBack(Matrix<float> matrix)
    {
        lock (_free)
        {
            if (!_isDisposed)
            {
                _free.Push(matrix);
                return;
            }
        }

        matrix.Dispose();
    }

    public void Dispose()
    {
        lock (_free)
        {
            _isDisposed = true;
            foreach (var matrix in _free)
                matrix.Dispose();
            _free.Clear();
        }
    }
}

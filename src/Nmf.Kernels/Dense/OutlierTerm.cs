using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>The outlier term of a robust pass: the model of a tile becomes WH + R in scratch, and the norms of R, one
/// number per sample, are all that is kept.</summary>
internal sealed unsafe class OutlierTerm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OutlierStep<T> _step;
    private readonly double _lambda;
    private readonly double[] _sums;

    public OutlierTerm(double beta, OutlierKernel penalty, int samples)
    {
        _step = new OutlierStep<T>(beta, penalty.Lambda, penalty.OfSamples);
        _lambda = penalty.Lambda;
        IsForSamples = penalty.OfSamples;
        _sums = new double[samples];
        Norms = new double[samples];
    }

    /// <summary>‖r_n‖₂ of every sample for outliers that are samples, else Σ_f r_fn; of the last pass over
    /// the activations.</summary>
    public double[] Norms { get; }

    private bool IsForSamples { get; }

    /// <summary>The term for dense data; every norm starts as that of the sample, an upper bound.</summary>
    public static OutlierTerm<T> Create(Matrix<T> data, double beta, OutlierKernel penalty)
    {
        var term = new OutlierTerm<T>(beta, penalty, data.Rows);
        for (var n = 0; n < data.Rows; n++)
            term.Norms[n] = double.CreateTruncating(TensorPrimitives.Norm<T>(data.Row(n)));
        return term;
    }

    /// <summary>The term for sparse data.</summary>
    public static OutlierTerm<T> Create(SparseMatrix<T> data, double beta, OutlierKernel penalty)
    {
        var term = new OutlierTerm<T>(beta, penalty, data.Rows);
        for (var n = 0; n < data.Rows; n++)
            term.Norms[n] = double.CreateTruncating(TensorPrimitives.Norm<T>(data.RowValues(n)));
        return term;
    }

    /// <summary>Adds R to the model of a tile.</summary>
    /// <param name="data">V at the tile.</param>
    /// <param name="dataStride">Distance between rows of V.</param>
    /// <param name="model">WH of the tile; becomes WH + R.</param>
    /// <param name="tileStride">Distance between rows of the tile.</param>
    /// <param name="floor">Least value of WH.</param>
    /// <param name="first">Sample of the first row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="start">Whether the tile is the first of its rows.</param>
    /// <param name="keep">Whether the sums over the rows are wanted.</param>
    public void Add<TVector, TSimd>(
        T* data, nint dataStride, T* model, nint tileStride, T floor, int first, nint rows, nint columns, bool start,
        bool keep)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        for (var i = 0; i < rows; i++)
        {
            var sum = _step.Add<TVector, TSimd>(
                data + (i * dataStride), model + (i * tileStride), floor, columns, Norms[first + i], null);
            if (keep)
                _sums[first + i] = (start ? 0 : _sums[first + i]) + sum;
        }
    }

    /// <summary>Makes the sums of the last walk over some rows their norms.</summary>
    /// <returns>Their part of the penalty.</returns>
    public double Finish(int first, nint rows)
    {
        double penalty = 0;
        for (var n = first; n < first + rows; n++)
        {
            Norms[n] = IsForSamples ? Math.Sqrt(_sums[n]) : _sums[n];
            penalty += Norms[n];
        }

        return _lambda * penalty;
    }
}

using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels;

/// <summary>½‖V - H Wᵀ‖² of sparse data, all of it in double: for factors that fit so well that of the difference
/// <c>½‖V‖² - ⟨V, H Wᵀ⟩ + ½‖H Wᵀ‖²</c> sums in float leave nothing but their rounding.</summary>
internal sealed class ExactSquares<T>(SparseMatrix<T> data) : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 64;

    private readonly double[] _sums = new double[(data.Rows + RowsOfBlock - 1) / RowsOfBlock];
    private Matrix<double>? _w;
    private Matrix<double>? _h;

    public double Of(Matrix<T> w, Matrix<T> h, WorkTeam team)
    {
        (_w, _h) = (Exact(w, _w), Exact(h, _h));
        team.Run(this, _sums.Length);
        return double.Max(0, _sums.Sum() + (0.5 * FactorKernels.GramInnerProduct(_w, _h, team)));
    }

    void IBlockWork.Run(int block, int worker)
    {
        double sum = 0;
        for (var i = block * RowsOfBlock; i < int.Min(data.Rows, (block + 1) * RowsOfBlock); i++)
        {
            var values = data.RowValues(i);
            var indices = data.RowIndices(i);
            for (var j = 0; j < values.Length; j++)
            {
                var v = double.CreateTruncating(values[j]);
                sum += v * ((0.5 * v) - TensorPrimitives.Dot<double>(_h!.Row(i), _w!.Row(indices[j])));
            }
        }

        _sums[block] = sum;
    }

    private static Matrix<double> Exact(Matrix<T> factor, Matrix<double>? memory)
    {
        var exact = memory ?? new Matrix<double>(factor.Rows, factor.Columns);
        for (var i = 0; i < factor.Rows; i++)
            TensorPrimitives.ConvertTruncating<T, double>(factor.Row(i), exact.Row(i));
        return exact;
    }
}

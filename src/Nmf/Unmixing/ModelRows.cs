using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What rows of a model W h have to do with pixels, entry by entry and in double: differences of products of T lose
/// what little a good model leaves, and squares of small numbers of T vanish. Allocates in the constructor alone.
/// </summary>
internal sealed class ModelRows<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 256;

    private readonly WorkTeam _team;
    private readonly double[][] _columns;
    private readonly double[][] _scratch;
    private double[] _sums = [];
    private Matrix<T>? _pixels;
    private Matrix<T>? _h;
    private Matrix<T>? _lit;
    private T[]? _roots;

    public ModelRows(int features, int rank, WorkTeam team)
    {
        _team = team;
        _columns = Rows(rank, features);
        _scratch = Rows(team.Threads, 2 * features);
    }

    /// <summary>Σ r² ‖v - W h‖².</summary>
    /// <param name="pixels">V, samples x features.</param>
    /// <param name="roots">r, one for each sample.</param>
    /// <param name="w">W.</param>
    /// <param name="h">H.</param>
    public double SquaredDistance(Matrix<T> pixels, T[] roots, Matrix<T> w, Matrix<T> h)
    {
        Run(pixels, roots, w, h, null);
        double sum = 0;
        foreach (var part in _sums)
            sum += part;
        return sum;
    }

    /// <summary>s h, s = vᵀW h / ‖W h‖².</summary>
    /// <param name="pixels">V, samples x features.</param>
    /// <param name="w">W.</param>
    /// <param name="h">H.</param>
    /// <param name="lit">Receives the products; a row stays as it is where W h is zero.</param>
    public void Light(Matrix<T> pixels, Matrix<T> w, Matrix<T> h, Matrix<T> lit) => Run(pixels, null, w, h, lit);

    void IBlockWork.Run(int block, int worker)
    {
        var model = _scratch[worker].AsSpan(0, _scratch[worker].Length / 2);
        var pixel = _scratch[worker].AsSpan(model.Length);
        var to = (int)long.Min(_h!.Rows, (block + 1L) * RowsOfBlock);
        _sums[block] = 0;
        for (var n = block * RowsOfBlock; n < to; n++)
        {
            var h = _h.Row(n);
            model.Clear();
            for (var k = 0; k < h.Length; k++)
            {
                if (h[k] != T.Zero)
                    TensorPrimitives.MultiplyAdd(_columns[k], double.CreateTruncating(h[k]), model, model);
            }

            TensorPrimitives.ConvertTruncating<T, double>(_pixels!.Row(n), pixel);
            if (_lit is null)
            {
                var root = double.CreateTruncating(_roots![n]);
                TensorPrimitives.Subtract<double>(pixel, model, pixel);
                _sums[block] += root * root * TensorPrimitives.SumOfSquares<double>(pixel);
                continue;
            }

            var (product, squares) = (TensorPrimitives.Dot<double>(pixel, model),
                TensorPrimitives.SumOfSquares<double>(model));
            if (squares > 0)
                TensorPrimitives.Multiply(h, T.CreateSaturating(product / squares), _lit.Row(n));
        }
    }

    private static double[][] Rows(int count, int length)
    {
        var rows = new double[count][];
        for (var i = 0; i < count; i++)
            rows[i] = new double[length];
        return rows;
    }

    private void Run(Matrix<T> pixels, T[]? roots, Matrix<T> w, Matrix<T> h, Matrix<T>? lit)
    {
        for (var f = 0; f < w.Rows; f++)
        {
            for (var k = 0; k < _columns.Length; k++)
                _columns[k][f] = double.CreateTruncating(w[f, k]);
        }

        var blocks = (int)((h.Rows + (RowsOfBlock - 1L)) / RowsOfBlock);
        if (_sums.Length != blocks)
            _sums = new double[blocks];
        (_pixels, _roots, _h, _lit) = (pixels, roots, h, lit);
        _team.Run(this, blocks);
        (_pixels, _roots, _h, _lit) = (null, null, null, null);
    }
}

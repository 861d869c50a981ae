using System.Numerics;

namespace Nmf.Kernels;

internal sealed class DensePass<T>(Matrix<T> data, int rank, double beta, WorkTeam team) : DivergencePass<T>(beta, rank, team)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override double ActivationGradient(Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive, bool withObjective)
    {
        negative.Clear();
        positive.Clear();
        for (var n = 0; n < data.Rows; n++)
        {
            for (var f = 0; f < data.Columns; f++)
            {
                var (a, b) = Parts(data[n, f], w, f, h, n);
                for (var k = 0; k < Rank; k++)
                {
                    negative[n, k] += a * w[f, k];
                    positive[n, k] += b * w[f, k];
                }
            }
        }

        return withObjective ? Objective(w, h) : double.NaN;
    }

    public override void DictionaryGradient(Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive)
    {
        negative.Clear();
        positive.Clear();
        for (var n = 0; n < data.Rows; n++)
        {
            for (var f = 0; f < data.Columns; f++)
            {
                var (a, b) = Parts(data[n, f], w, f, h, n);
                for (var k = 0; k < Rank; k++)
                {
                    negative[f, k] += a * h[n, k];
                    positive[f, k] += b * h[n, k];
                }
            }
        }
    }

    public override double Objective(Matrix<T> w, Matrix<T> h)
    {
        double sum = 0;
        for (var n = 0; n < data.Rows; n++)
        {
            for (var f = 0; f < data.Columns; f++)
            {
                double x = double.CreateChecked(data[n, f]), y = Math.Max(double.CreateChecked(Model(w, f, h, n)), 1e-16);
                sum += Beta switch
                {
                    1 => x == 0 ? y : (x * Math.Log(x / y)) - x + y,
                    0 => (x / y) - Math.Log(x / y) - 1,
                    _ => (Math.Pow(x, Beta) + ((Beta - 1) * Math.Pow(y, Beta)) - (Beta * x * Math.Pow(y, Beta - 1))) / (Beta * (Beta - 1)),
                };
            }
        }

        return sum;
    }

    public override void ActivationProduct(Matrix<T> w, Matrix<T> result)
    {
        result.Clear();
        for (var n = 0; n < data.Rows; n++)
            for (var f = 0; f < data.Columns; f++)
                for (var k = 0; k < Rank; k++)
                    result[n, k] += data[n, f] * w[f, k];
    }

    public override void DictionaryProduct(Matrix<T> h, Matrix<T> result)
    {
        result.Clear();
        for (var n = 0; n < data.Rows; n++)
            for (var f = 0; f < data.Columns; f++)
                for (var k = 0; k < Rank; k++)
                    result[f, k] += data[n, f] * h[n, k];
    }

    private T Model(Matrix<T> w, int f, Matrix<T> h, int n)
    {
        var y = T.Zero;
        for (var k = 0; k < Rank; k++)
            y += h[n, k] * w[f, k];
        return y;
    }

    private (T Negative, T Positive) Parts(T v, Matrix<T> w, int f, Matrix<T> h, int n)
    {
        var y = T.Max(Model(w, f, h, n), T.CreateChecked(1e-16));
        var power = T.CreateChecked(Math.Pow(double.CreateChecked(y), Beta - 2));
        return (v * power, y * power);
    }
}

using System.Numerics;

namespace Nmf.Kernels;

/// <summary>The updates of binary factorisation (Magron and Févotte 2022), row by row of a factor.</summary>
internal sealed class FactorBernoulli<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 256;

    private Matrix<T>? _factor;
    private Matrix<T>? _rest;
    private Matrix<T>? _ones;
    private Matrix<T>? _zeros;
    private double _a;
    private double _b;

    public void RunActivations(
        Matrix<T> factor, Matrix<T> rest, Matrix<T> ones, Matrix<T> zeros, double a, double b, WorkTeam team)
    {
        (_factor, _rest, _ones, _zeros, _a, _b) = (factor, rest, ones, zeros, a - 1, b - 1);
        Run(team);
    }

    public void RunDictionary(Matrix<T> factor, Matrix<T> ones, Matrix<T> zeros, WorkTeam team)
    {
        (_factor, _rest, _ones, _zeros) = (factor, null, ones, zeros);
        Run(team);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var end = int.Min(_factor!.Rows, (block + 1) * RowsOfBlock);
        for (var i = block * RowsOfBlock; i < end; i++)
        {
            if (_rest is null)
                Dictionary(_factor.Row(i), _ones!.Row(i), _zeros!.Row(i));
            else
                Activations(_factor.Row(i), _rest.Row(i), _ones!.Row(i), _zeros!.Row(i));
        }
    }

    private void Run(WorkTeam team)
    {
        team.Run(this, (_factor!.Rows + RowsOfBlock - 1) / RowsOfBlock);
        (_factor, _rest, _ones, _zeros) = (null, null, null, null);
    }

    private void Activations(Span<T> h, Span<T> rest, ReadOnlySpan<T> ones, ReadOnlySpan<T> zeros)
    {
        for (var k = 0; k < h.Length; k++)
        {
            var one = (double.CreateTruncating(h[k]) * double.CreateTruncating(ones[k])) + _a;
            var zero = (double.CreateTruncating(rest[k]) * double.CreateTruncating(zeros[k])) + _b;

            // Neither: no feature has weight in the component. NaN goes on, to the guard of the fit.
            if (one + zero == 0)
                continue;
            h[k] = T.CreateTruncating(one / (one + zero));
            rest[k] = T.CreateTruncating(zero / (one + zero));
        }
    }

    // The sums of the products are the number of samples, up to rounding: dividing by them keeps
    // the rows at one for good.
    private static void Dictionary(Span<T> w, ReadOnlySpan<T> ones, ReadOnlySpan<T> zeros)
    {
        double sum = 0;
        for (var k = 0; k < w.Length; k++)
            sum +=
                double.CreateTruncating(w[k]) * (double.CreateTruncating(ones[k]) + double.CreateTruncating(zeros[k]));
        if (sum == 0)
            return;
        for (var k = 0; k < w.Length; k++)
            w[k] = T.CreateTruncating(double.CreateTruncating(w[k])
                * (double.CreateTruncating(ones[k]) + double.CreateTruncating(zeros[k])) / sum);
    }
}

using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>One pass over new data: every value is checked, and the sums that starts and objectives need are taken.</summary>
internal static class DataScan
{
    private static readonly (long, int) NoZero = (-1, -1);

    public static (double Sum, double SumOfSquares, (long Sample, int Feature) FirstZero) Scan<T>(Matrix<T> matrix, bool mayBeZero)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSize(matrix.Rows, matrix.Columns);
        double sum = 0, squares = 0;
        var zero = NoZero;
        for (var i = 0; i < matrix.Rows; i++)
        {
            var row = matrix.Row(i);
            var (rowSum, rowSquares, rowZero) = ScanRow(row, i, default);
            sum += rowSum;
            squares += rowSquares;
            if (zero.Item1 < 0 && rowZero >= 0)
                zero = (i, rowZero);
        }

        RequireSomething(sum, mayBeZero);
        return (sum, squares, zero);
    }

    public static (double Sum, double SumOfSquares, (long Sample, int Feature) FirstZero) Scan<T>(SparseMatrix<T> matrix, bool mayBeZero)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSize(matrix.Rows, matrix.Columns);
        double sum = 0, squares = 0;
        var zero = NoZero;
        for (var i = 0; i < matrix.Rows; i++)
        {
            var indices = matrix.RowIndices(i);
            var (rowSum, rowSquares, rowZero) = ScanRow(matrix.RowValues(i), i, indices);
            sum += rowSum;
            squares += rowSquares;
            if (zero.Item1 >= 0)
                continue;
            if (rowZero >= 0)
                zero = (i, indices[rowZero]);
            else if (indices.Length < matrix.Columns)
                zero = (i, FirstAbsent(indices));
        }

        RequireSomething(sum, mayBeZero);
        return (sum, squares, zero);
    }

    private static (double Sum, double SumOfSquares, int FirstZero) ScanRow<T>(ReadOnlySpan<T> values, int sample, ReadOnlySpan<int> indices)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0, squares = 0;
        var zero = -1;
        for (var j = 0; j < values.Length; j++)
        {
            var value = double.CreateTruncating(values[j]);
            if (!(value >= 0 && value < double.PositiveInfinity))
                throw Invalid(value, sample, indices.IsEmpty ? j : indices[j]);
            if (value == 0 && zero < 0)
                zero = j;
            sum += value;
            squares += value * value;
        }

        return (sum, squares, zero);
    }

    private static NmfDataException Invalid(double value, int sample, int feature)
    {
        var what = double.IsNaN(value) ? "not a number (NaN)" : double.IsInfinity(value) ? "infinite" : $"negative ({value:R})";
        return new NmfDataException(
            $"The entry at sample {sample}, feature {feature} is {what}. Nonnegative matrix factorization needs finite values that are at least 0.",
            sample, feature, value);
    }

    private static int FirstAbsent(ReadOnlySpan<int> indices)
    {
        for (var j = 0; j < indices.Length; j++)
        {
            if (indices[j] != j)
                return j;
        }

        return indices.Length;
    }

    private static void RequireSize(int samples, int features)
    {
        if (samples == 0 || features == 0)
            throw new NmfDataException($"The data are empty: {samples} samples x {features} features.");
    }

    private static void RequireSomething(double sum, bool mayBeZero)
    {
        if (sum == 0 && !mayBeZero)
            throw new NmfDataException("All entries are zero: there is nothing to factorize.");
        if (double.IsInfinity(sum))
            throw new NmfDataException("The entries are so large that their sum overflows. Divide the data by a constant.");
    }
}

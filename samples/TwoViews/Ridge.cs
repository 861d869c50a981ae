using MathNet.Numerics.LinearAlgebra;

namespace TwoViews;

/// <summary>Ridge regression of all features of one view on those of another, with an intercept: what NMF is compared
/// with. Negative predictions are zero.</summary>
internal static class Ridge
{
    /// <summary>Weights that are tried, in units of the largest squared singular value.</summary>
    public static IReadOnlyList<double> Weights { get; } = [.. Enumerable.Range(0, 25).Select(i => Math.Pow(10, -6
        + (i / 4.0)))];

    /// <summary>Predictions for the weight that is best for them, which nobody knows beforehand.</summary>
    /// <param name="inputs">Rows of the first view, to learn from.</param>
    /// <param name="outputs">Rows of the second.</param>
    /// <param name="test">Rows of the first view.</param>
    /// <param name="truth">What is to be predicted.</param>
    /// <param name="features">Features of both views.</param>
    public static Nmf.Kernels.Matrix<double> Best(
        double[] inputs, double[] outputs, double[] test, double[] truth, (int In, int Out) features)
    {
        var x = ToMatrix(inputs, features.In);
        var y = ToMatrix(outputs, features.Out);
        Vector<double> meanX = x.ColumnSums() / x.RowCount, meanY = y.ColumnSums() / y.RowCount;
        var svd = Centered(x, meanX).Svd();
        var rank = svd.S.Count;
        var projected = svd.U.SubMatrix(0, x.RowCount, 0, rank).TransposeThisAndMultiply(Centered(y, meanY));
        var of = Centered(ToMatrix(test, features.In), meanX) * svd.VT.SubMatrix(0, rank, 0, x.ColumnCount).Transpose();
        return Weights.Select(weight =>
        {
            var lambda = weight * svd.S[0] * svd.S[0];
            var shrink = svd.S.Map(s => s / ((s * s) + lambda));
            var guess = of * Matrix<double>.Build.DiagonalOfDiagonalVector(shrink) * projected;
            return Predictions(guess, meanY);
        }).MinBy(guess => Split.Error(truth, guess))!;
    }

    private static Nmf.Kernels.Matrix<double> Predictions(Matrix<double> guess, Vector<double> mean)
    {
        var predictions = new Nmf.Kernels.Matrix<double>(guess.RowCount, guess.ColumnCount);
        for (var n = 0; n < guess.RowCount; n++)
        {
            for (var f = 0; f < guess.ColumnCount; f++)
                predictions[n, f] = Math.Max(0, guess[n, f] + mean[f]);
        }

        return predictions;
    }

    private static Matrix<double> Centered(Matrix<double> values, Vector<double> mean)
        => values.MapIndexed((_, f, value) => value - mean[f]);

    private static Matrix<double> ToMatrix(double[] rows, int features)
        => Matrix<double>.Build.DenseOfRowMajor(rows.Length / features, features, rows);
}

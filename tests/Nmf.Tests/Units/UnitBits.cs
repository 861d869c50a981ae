using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests.Units;

/// <summary>Whether results differ by a power of two and by nothing else.</summary>
internal static class UnitBits
{
    public static NmfData<T> Scaled<T>(double[] values, int samples, int features, int exponent, bool sparse = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // In the precision of the data first, so that the unit is all that differs.
        var scaled = Array.ConvertAll(
            values, v => double.CreateChecked(T.ScaleB(T.CreateChecked(v), exponent)));
        return double.IsNaN(values.Sum())
            ? sparse ? TestData.SparseObserved<T>(scaled, samples, features)
                : TestData.DenseObserved<T>(scaled, samples, features)
            : sparse ? TestData.Sparse<T>(scaled, samples, features) : TestData.Dense<T>(scaled, samples, features);
    }

    /// <summary>The other factor is this one times 2^exponent.</summary>
    public static void Same<T>(Matrix<T> one, Matrix<T> other, int exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Where a small number is subnormal in one of the units, digits are lost.
        var normal = T.ScaleB(T.One, typeof(T) == typeof(float) ? -126 : -1022);
        for (var i = 0; i < one.Rows; i++)
        {
            for (var k = 0; k < one.Columns; k++)
            {
                if (one[i, k] != T.Zero && (one[i, k] < normal || T.ScaleB(one[i, k], exponent) < normal))
                    continue;
                Assert.Equal(T.ScaleB(one[i, k], exponent), other[i, k]);
            }
        }
    }

    public static void Same<T>(NmfModel<T> one, NmfModel<T> other, int exponent, double power)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Same(one.Dictionary, other.Dictionary, 0);
        Same(one.Activations, other.Activations, exponent);
        Assert.Equal(one.Report.Iterations, other.Report.Iterations);
        Assert.Equal(one.Report.StopReason, other.Report.StopReason);
        var unit = Math.Pow(2, exponent * power);
        for (var i = 0; i < one.Report.History.Count; i++)
            Close(one.Report.History[i].Objective * unit, other.Report.History[i].Objective);
        Close(one.Objective * unit, other.Objective);
        Close(one.ExplainedPart, other.ExplainedPart);
        Assert.Equal(one.Contributions, other.Contributions);
        Assert.Equal(one.OutlierNorms.Count, other.OutlierNorms.Count);
        for (var n = 0; n < one.OutlierNorms.Count; n++)
            Close(Math.ScaleB(one.OutlierNorms[n], exponent), other.OutlierNorms[n]);
    }

    public static void Descends(FitReport report, double roundingOfData = 0)
    {
        // What is left of an exact fit is rounding.
        var rounding = Math.Max(roundingOfData, 1e-11 * Math.Abs(report.History[0].Objective));
        for (var i = 1; i < report.History.Count; i++)
        {
            var (before, now) = (report.History[i - 1].Objective, report.History[i].Objective);
            Assert.True(
                double.IsFinite(now) && now <= before + (1e-6 * Math.Abs(before)) + rounding, $"{before} became {now}");
        }
    }

    private static void Close(double expected, double actual)
        => Assert.InRange(actual - expected, -1e-12 * Math.Abs(expected), 1e-12 * Math.Abs(expected));
}

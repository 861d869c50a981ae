using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests.Units;

/// <summary>Data in physical units and of wide range: the right model, or an error that says what to do.</summary>
public sealed class RangeTests
{
    // Exact rank 2, 4 x 4.
    private static readonly double[] Exact = Product([1, 2, 0.5, 1, 3, 1, 0.25, 2], [2, 1, 1, 3, 0.5, 1, 1, 0.5]);

    public static TheoryData<double, double> ExactCases()
    {
        var cases = new TheoryData<double, double>();
        foreach (var beta in new[] { 0.0, 1 })
        {
            foreach (var unit in new[] { 1, 1e-14, 1e-15, 1e-16, 1e-18, 1e-30 })
                cases.Add(beta, unit);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(ExactCases))]
    public void A_matrix_of_rank_two_is_found_in_every_unit(double beta, double unit)
    {
        foreach (var solver in new[] { NmfSolver.Auto, NmfSolver.MultiplicativeUpdate })
        {
            Assert.InRange(Error<float>(beta, unit, solver), 0, 2e-3);
            Assert.InRange(Error<double>(beta, unit, solver), 0, 2e-3);
        }
    }

    [Theory]
    [InlineData(1e-38, 1.0)]
    [InlineData(1e-14, 1.0)]
    [InlineData(1e-16, 1.0)]
    [InlineData(1e-24, 2.0)]
    [InlineData(1e16, -1.0)]
    [InlineData(1e20, -1.0)]
    [InlineData(1e90, 2.0)]
    [InlineData(1e-90, 0.5)]
    public void Figures_of_merit_are_those_of_the_unit_one(double unit, double beta)
    {
        Check<double>();
        if (unit is > 1e-37 and < 1e37)
            Check<float>();

        void Check<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (one, other) = (Fit<T>(1), Fit<T>(unit));
            UnitBits.Descends(other.Report);
            Assert.Equal(1, other.Objective / one.Objective / Math.Pow(unit, beta), 1e-2);
            Assert.Equal(one.ExplainedPart, other.ExplainedPart, 1e-2);
            Assert.InRange(other.ExplainedPart, 0, 1);
        }

        NmfModel<T> Fit<T>(double unit)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => NmfFactorizer.Fit(
                TestData.Dense<T>(Array.ConvertAll(TestData.Positive(20, 15, 3, 1), v => v * unit), 20, 15),
                Options(beta) with { Rank = 3 });
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(2.0)]
    [InlineData(3.0)]
    public void Single_precision_at_the_end_of_its_range_is_fitted_or_refused(double beta)
    {
        var values = TestData.Positive(20, 15, 3, 1);
        var largest = values.Max();
        var data = TestData.Dense<float>(Array.ConvertAll(values, v => v / largest * 3e38), 20, 15);
        var none = NmfFactorizer.Fit(data, Options(beta) with { Rank = 3, Scale = ComponentScale.None });
        UnitBits.Descends(none.Report);
        Assert.InRange(none.ExplainedPart, 0.5, 1);
        Assert.True(none.Dictionary.ToRowMajor().Concat(none.Activations.ToRowMajor()).All(float.IsFinite));

        // Columns of sum one leave no room for sums of samples.
        var tall = TestData.Dense<float>(Array.ConvertAll(values, _ => 3e38), 20, 15);
        var error = Assert.Throws<NmfNumericalException>(() => NmfFactorizer.Fit(tall, Options(beta)));
        Assert.Contains("divide the data", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ratios_are_fitted_alike_when_features_or_samples_are_in_other_units(bool features)
    {
        var values = TestData.Positive(20, 16, 3, 2);
        Check<float>(1e-14, i => i % 2 == 0);
        Check<float>(1e-20, i => i % 4 != 1);
        Check<double>(1e-60, i => i % 2 == 1);

        void Check<T>(double unit, Predicate<int> isSmall)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var other = values.Select((v, i) => isSmall(features ? i % 16 : i / 16) ? v * unit : v).ToArray();
            var options = Options(0) with { Rank = 3 };
            var one = NmfFactorizer.Fit(TestData.Dense<T>(values, 20, 16), options);
            var scaled = NmfFactorizer.Fit(TestData.Dense<T>(other, 20, 16), options);
            UnitBits.Descends(scaled.Report);
            Assert.Equal(1, scaled.Report.Objective / one.Report.Objective, 0.05);
        }
    }

    [Fact]
    public void Ratios_of_samples_and_features_in_other_units_are_fitted_where_entries_are_missing()
    {
        // Some samples are seen in few features, which are the small ones.
        var values = TestData.Positive(20, 16, 3, 2);
        var scaled = values.Select(
            (v, i) => v * (i % 16 < 8 ? 1e-14 : 1) * (i / 16 % 2 == 0 ? 1e12 : 1)).ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            if (i % 5 == 2 || (i / 16 == 7 && i % 16 >= 10))
                values[i] = scaled[i] = double.NaN;
        }

        var options = Options(0) with { Rank = 3, Starts = 4 };
        var one = NmfFactorizer.Fit(TestData.DenseObserved<float>(values, 20, 16), options);
        var other = NmfFactorizer.Fit(TestData.DenseObserved<float>(scaled, 20, 16), options);
        UnitBits.Descends(other.Report);
        Assert.Equal(1, other.Report.Objective / one.Report.Objective, 0.1);
        Assert.Equal(
            1, NmfFactorizer.Fit(TestData.SparseObserved<float>(scaled, 20, 16), options).Report.Objective
                / other.Report.Objective, 0.01);
    }

    [Fact]
    public void Known_components_of_features_in_other_units_stay_to_the_bit()
    {
        var values = TestData.Positive(20, 16, 3, 2);
        var w = TestData.Start<double>(20, 16, 1, 4).Dictionary;
        var (one, other) = (Fit(0), Fit(-50));
        Assert.Equal(1, other.Report.Objective / one.Report.Objective, 0.1);

        NmfModel<float> Fit(int exponent)
        {
            var column = w.ToRowMajor().Select((x, f) => f % 2 == 0 ? Math.ScaleB(x, exponent) : x).ToArray();
            var data = TestData.Dense<float>(
                values.Select((v, i) => i % 2 == 0 ? Math.ScaleB(v, exponent) : v).ToArray(), 20, 16);
            var model = NmfFactorizer.Fit(
                data, Options(new BetaNmf(0) { Known = KnownComponents.FromColumns([column]) }) with
                    { Rank = 3, Starts = 4 });
            Assert.Equal(
                column.Select(x => (float)x), Enumerable.Range(0, 16).Select(f => model.Dictionary[f, 0]));
            return model;
        }
    }

    [Fact]
    public void Samples_from_1e_minus_20_to_1e20_are_fitted()
    {
        var values = TestData.Positive(41, 16, 3, 3).Select((v, i) => v * Math.Pow(10, (i / 16) - 20)).ToArray();
        var options = Options(0) with { Rank = 3 };
        var plain = NmfFactorizer.Fit(TestData.Dense<float>(TestData.Positive(41, 16, 3, 3), 41, 16), options);
        var model = NmfFactorizer.Fit(TestData.Dense<float>(values, 41, 16), options);
        UnitBits.Descends(model.Report);
        Assert.Equal(1, model.Report.Objective / plain.Report.Objective, 0.05);
    }

    [Theory]
    [MemberData(nameof(UnitTests.Solvers), MemberType = typeof(UnitTests))]
    public void A_fit_is_right_or_refused_whatever_the_range_of_the_data(NmfSolver solver, double beta)
    {
        Func<int, double>[] spreads =
        [
            i => 1, i => Math.Pow(10, (i / 9) - 7), i => i % 2 == 0 ? 1e-14 : 1, i => i == 30 ? 1e6 : 1,
            i => i % 3 == 0 ? 1e-7 : 1,
        ];
        foreach (var spread in spreads)
        {
            var values = TestData.Positive(14, 9, 3, 3).Select((v, i) => v * spread(i)).ToArray();
            foreach (var unit in new[] { 1e-30, 1e-16, 1, 1e16, 1e30 })
            {
                Check<float>(Array.ConvertAll(values, v => v * unit), mayBeRefused: beta <= 0);
                Check<double>(Array.ConvertAll(values, v => v * unit), mayBeRefused: false);
            }
        }

        void Check<T>(double[] values, bool mayBeRefused)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            NmfModel<T> model;
            try
            {
                model = NmfFactorizer.Fit(
                    TestData.Dense<T>(values, 14, 9),
                    Options(beta) with { Rank = 3, Solver = solver, Scale = ComponentScale.None,
                        Iterations = new() { MaximumIterations = 60 } });
            }
            catch (NmfDataException) when (mayBeRefused && values.Min() < 1e-6 * values.Average())
            {
                // Values so far below the others have no digits left beside them.
                return;
            }

            // The objective for β = 2 is a difference of energies.
            var digits = typeof(T) == typeof(float) ? 1e-6 : 1e-15;
            UnitBits.Descends(model.Report, beta == 2 ? digits * values.Sum(v => v * v) : 0);
            Assert.InRange(model.ExplainedPart, beta < 0 ? 0 : 0.3, 1 + 1e-6);
            Assert.True(model.Dictionary.ToRowMajor().Concat(model.Activations.ToRowMajor()).All(T.IsFinite));
        }
    }

    [Theory]
    [InlineData(-50)]
    [InlineData(-90)]
    public void Rows_of_features_in_other_units_have_the_same_activations(int exponent)
    {
        var plain = TestData.Start<float>(6, 16, 3, 5);
        var values = TestData.Dense<float>(TestData.Positive(6, 16, 3, 4), 6, 16).Dense!;
        var (w, v) = (plain.Dictionary.Clone(), values.Clone());
        for (var f = 0; f < 16; f += 3)
        {
            PowerOfTwo.Scale(w.Row(f), exponent);
            for (var n = 0; n < 6; n++)
                v[n, f] = float.ScaleB(v[n, f], exponent);
        }

        var (one, other) = (new Matrix<float>(6, 3), new Matrix<float>(6, 3));
        var (rows, scaled) = (new RowSolver<float>(plain.Dictionary, 0, 1e-5, 2000), new RowSolver<float>(
            w, 0, 1e-5, 2000));
        for (var n = 0; n < 6; n++)
        {
            rows.Solve(values.Row(n), one.Row(n), rows.CreateScratch());
            scaled.Solve(v.Row(n), other.Row(n), scaled.CreateScratch());
        }

        Assert.Equal(one.ToRowMajor(), other.ToRowMajor(), (a, b) => Math.Abs(a - b) <= 1e-3f * (a + b + 0.01f));
    }

    [Fact]
    public void What_looks_like_zero_is_an_error_where_the_divergence_is_infinite()
    {
        var values = TestData.Positive(20, 15, 3, 1);
        values[37] = 1e-20;
        var error = Assert.Throws<NmfDataException>(
            () => NmfFactorizer.Fit(TestData.Dense<float>(values, 20, 15), Options(0)));
        Assert.Equal((2, 7), (error.Sample, error.Feature));
        Assert.Contains("double precision", error.Message, StringComparison.Ordinal);
        UnitBits.Descends(NmfFactorizer.Fit(TestData.Dense<double>(values, 20, 15), Options(0)).Report);
    }

    [Theory]
    [InlineData(1e-40, 1.0)]
    [InlineData(2e-37, 0.0)]
    public void Subnormal_data_are_an_error(double unit, double beta)
    {
        var data = TestData.Dense<float>(Array.ConvertAll(TestData.Positive(9, 7, 2, 1), v => v / 100 * unit), 9, 7);
        var error = Assert.Throws<NmfDataException>(() => NmfFactorizer.Fit(data, Options(beta)));
        Assert.Contains("multiply the data", error.Message, StringComparison.Ordinal);
    }

    private static NmfOptions Options(NmfProblem problem) => new()
    {
        Rank = 2,
        Problem = problem,
        Iterations = new() { MaximumIterations = 500, Tolerance = 1e-7 },
        Threads = 1,
    };

    private static double Error<T>(double beta, double unit, NmfSolver solver)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var model = NmfFactorizer.Fit(
            TestData.Dense<T>(Array.ConvertAll(Exact, v => v * unit), 4, 4),
            Options(beta) with { Solver = solver, Iterations = new() { MaximumIterations = 5000, Tolerance = 0 } });
        UnitBits.Descends(model.Report);
        var product = model.Reconstruct(model.Activations).ToRowMajor();
        return product.Select((y, i) => Math.Abs((double.CreateChecked(y) / (Exact[i] * unit)) - 1)).Max();
    }

    private static double[] Product(double[] h, double[] w)
    {
        var values = new double[16];
        for (var i = 0; i < 16; i++)
            values[i] = (h[i / 4 * 2] * w[i % 4 * 2]) + (h[(i / 4 * 2) + 1] * w[(i % 4 * 2) + 1]);
        return values;
    }
}

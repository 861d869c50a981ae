namespace Nmf.Tests;

public sealed class NmfDataTests
{
    [Theory]
    [InlineData(-0.5f, "negative (-0.5)")]
    [InlineData(float.NaN, "not a number")]
    [InlineData(float.PositiveInfinity, "infinite")]
    public void A_bad_entry_is_named_with_its_place_and_value(float bad, string what)
    {
        var values = Enumerable.Repeat(1f, 12).ToArray();
        values[(2 * 4) + 3] = bad;
        var dense = Assert.Throws<NmfDataException>(() => NmfData<float>.FromDense(values, 3, 4));
        var sparse = Assert.Throws<NmfDataException>(
            () => TestData.Sparse<float>(Array.ConvertAll(values, v => (double)v), 3, 4));
        foreach (var error in new[] { dense, sparse })
        {
            Assert.Equal((2, 3), (error.Sample, error.Feature));
            Assert.Equal(bad, (float)error.Value);
            Assert.Contains("sample 2, feature 3", error.Message, StringComparison.Ordinal);
            Assert.Contains(what, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    public void Empty_data_are_refused(int samples, int features)
        => Assert.Contains(
            "empty", Assert.Throws<NmfDataException>(() => NmfData<float>.FromDense([], samples, features)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void All_zero_data_are_refused()
    {
        Assert.Throws<NmfDataException>(() => NmfData<float>.FromDense(new float[6], 2, 3));
        Assert.Throws<NmfDataException>(() => TestData.Sparse<float>(new double[6], 2, 3));
    }

    [Fact]
    public void A_wrong_length_is_refused()
        => Assert.Throws<ArgumentException>(() => NmfData<float>.FromDense(new float[5], 2, 3));

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    public void A_zero_is_refused_where_the_divergence_is_infinite(double beta)
    {
        double[] values = [1, 2, 3, 4, 0, 6];
        var options = new NmfOptions { Rank = 1, Problem = beta };
        var dense = TestData.Dense<float>(values, 2, 3);
        var sparse = TestData.Sparse<float>(values, 2, 3);
        foreach (var data in new[] { dense, sparse })
        {
            var error = Assert.Throws<NmfDataException>(() => NmfFactorizer.Fit(data, options));
            Assert.Equal((1, 1), (error.Sample, error.Feature));
            Assert.Contains("beta", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sums_are_those_of_the_entries()
    {
        double[] values = [1, 0, 3, 4.5, 0, 6];
        var dense = TestData.Dense<float>(values, 2, 3);
        var sparse = TestData.Sparse<float>(values, 2, 3);
        foreach (var data in new[] { dense, sparse })
        {
            Assert.Equal(14.5, data.Sum);
            Assert.Equal(1 + 9 + 20.25 + 36, data.SumOfSquares);
            Assert.Equal(14.5 / 6, data.Mean);
        }

        Assert.Equal(4, sparse.StoredEntries);
        Assert.Equal(6, dense.StoredEntries);
    }

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void A_bad_option_is_named(NmfOptions options, string name)
    {
        var data = Fixture.Data<float>();
        var error = Assert.Throws<ArgumentException>(() => NmfFactorizer.Fit(data, options));
        Assert.Equal(name, error.ParamName);
    }

    public static TheoryData<NmfOptions, string> BadOptions()
    {
        var good = new NmfOptions { Rank = 2 };
        return new TheoryData<NmfOptions, string>
        {
            { good with { Rank = 0 }, "Rank" },
            { good with { Rank = -1 }, "Rank" },
            { good with { Problem = double.NaN }, "Beta" },
            { good with { Problem = double.PositiveInfinity }, "Beta" },
            { good with { Problem = 1, Solver = NmfSolver.Hals }, "Solver" },
            { good with { Problem = 1, Solver = NmfSolver.ExtrapolatedHals }, "Solver" },
            { good with { Problem = 2, Solver = NmfSolver.ExtrapolatedNewton }, "Solver" },
            { good with { Solver = (NmfSolver)99 }, "Solver" },
            { good with { Initialization = (NmfInitialization)99 }, "Initialization" },
            { good with { Scale = (ComponentScale)99 }, "Scale" },
            { good with { Iterations = good.Iterations with { MaximumIterations = -1 } }, "MaximumIterations" },
            { good with { Iterations = good.Iterations with { Tolerance = -1 } }, "Tolerance" },
            { good with { Iterations = good.Iterations with { Tolerance = double.NaN } }, "Tolerance" },
            { good with { Iterations = good.Iterations with { CheckInterval = 0 } }, "CheckInterval" },
            { good with { Starts = 0 }, "Starts" },
            { good with { Threads = 0 }, "Threads" },
            { good with { Inference = good.Inference with { Tolerance = 0 } }, "Tolerance" },
            { good with { Inference = good.Inference with { MaximumIterations = 0 } }, "MaximumIterations" },
        };
    }
}

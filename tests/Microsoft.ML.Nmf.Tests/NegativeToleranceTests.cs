using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>What rounding leaves below zero is taken for zero where the options say so.</summary>
public sealed class NegativeToleranceTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Slightly_negative_values_are_zeros_in_fit_and_transform(bool sparse, bool online)
    {
        var values = TestRows.Values(density: sparse ? 0.2 : 0.9);
        var slightly = Array.ConvertAll(values, row => Array.ConvertAll(row, v => v == 0 ? -1e-7f : v));
        var (zeros, negative) = (TestRows.View(_context, values, sparse), TestRows.View(_context, slightly, sparse));

        var expected = TestRows.Column(Fit(0, online, zeros).Transform(zeros), "H");
        var model = Fit(1e-7f, online, negative);
        using var stream = new MemoryStream();
        _context.Model.Save(model, null, stream);
        var loaded = new MLContext().Model.Load(stream, out _);

        Assert.Equal(expected, TestRows.Column(model.Transform(negative), "H"));
        Assert.Equal(expected, TestRows.Column(loaded.Transform(negative), "H"));
        // The data of the user are not touched.
        Assert.Equal(slightly, TestRows.Column(negative, "Features"));
    }

    [Theory]
    [InlineData(0f, -1e-8f)]
    [InlineData(1e-7f, -2e-7f)]
    [InlineData(1e-7f, float.NegativeInfinity)]
    [InlineData(1e-7f, float.NaN)]
    public void What_is_beyond_the_tolerance_stays_an_error(float tolerance, float value)
    {
        var values = TestRows.Values();
        var model = Fit(tolerance, online: false, TestRows.View(_context, values));
        (values[4][2], values[4][3]) = (tolerance == 0 ? 0 : -1e-8f, value);
        var view = TestRows.View(_context, values);
        foreach (var use in new Action[]
        {
            () => TestRows.Column(model.Transform(view), "H"), () => Fit(tolerance, online: false, view),
        })
        {
            var error = Assert.IsType<NmfDataException>(Record.Exception(use)!.GetBaseException());
            Assert.Equal((4, 3), (error.Sample, error.Feature));
        }
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void The_tolerance_is_finite_and_at_least_zero(float tolerance)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => Fit(tolerance, online: false, TestRows.View(_context, TestRows.Values())));
        Assert.Contains("tolerance of negative values", error.Message, StringComparison.Ordinal);
    }

    // As it comes about: a scaling to [0, 1] that need not keep zero.
    [Fact]
    public void New_rows_after_a_scaling_may_be_below_those_of_the_fit()
    {
        var values = TestRows.Values();
        var view = TestRows.View(_context, values);
        var pipeline = _context.Transforms.NormalizeMinMax("Features", fixZero: false).Append(
            _context.Transforms.NonnegativeMatrixFactorization(Options(1e-3f)));
        var model = pipeline.Fit(view);
        var least = values.Min(row => row[0]);
        var row = values[0].ToArray();
        row[0] = least - 1e-4f;
        Assert.Contains(TestRows.Column(model.Transform(TestRows.View(_context, [row])), "H")[0], h => h > 0);
    }

    private static NmfEstimator.Options Options(float tolerance) => new()
    {
        OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Seed = 1, NegativeTolerance = tolerance,
    };

    private NmfTransformer Fit(float tolerance, bool online, IDataView view)
        => online
            ? _context.Transforms.OnlineNmf(new OnlineNmfEstimator.Options
            {
                OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Seed = 1, NegativeTolerance = tolerance,
            }).Fit(view)
            : _context.Transforms.NonnegativeMatrixFactorization(Options(tolerance)).Fit(view);
}

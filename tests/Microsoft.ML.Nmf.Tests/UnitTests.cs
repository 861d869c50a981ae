using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>Estimators give the same model in every unit: spectra in physical units meet no floor.</summary>
public class UnitTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void A_model_is_the_same_in_every_unit(double beta)
    {
        var (one, values) = Fit(beta, 0);
        foreach (var exponent in new[] { -90, -57, 90 })
        {
            var (other, scaled) = Fit(beta, exponent);
            for (var k = 0; k < 3; k++)
                Assert.Equal(one.Model.GetComponent(k).ToArray(), other.Model.GetComponent(k).ToArray());
            Assert.Equal(one.Model.ExplainedPart, other.Model.ExplainedPart, 1e-9);
            Assert.Equal(one.Model.Iterations, other.Model.Iterations);
            Assert.Equal(1, one.Model.Objective * Math.Pow(2, exponent * beta) / other.Model.Objective, 1e-9);
            Assert.Equal(
                TestRows.Column(one.Transform(values), "H").SelectMany(h => h).Select(h => MathF.ScaleB(h, exponent)),
                TestRows.Column(other.Transform(scaled), "H").SelectMany(h => h));
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void A_stream_is_learnt_alike_in_every_unit(double beta)
    {
        NmfTransformer Fit(int exponent) => _context.Transforms.OnlineNmf(new OnlineNmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Beta = beta, BatchSize = 16, Seed = 3,
        }).Fit(View(exponent));
        var (one, other) = (Fit(0), Fit(-57));
        for (var k = 0; k < 3; k++)
            Assert.Equal(one.Model.GetComponent(k).ToArray(), other.Model.GetComponent(k).ToArray());
        Assert.Equal(one.Model.ExplainedPart, other.Model.ExplainedPart, 1e-9);
    }

    [Fact]
    public void Data_beyond_the_range_are_an_error_that_says_what_to_do()
    {
        var error = Assert.ThrowsAny<Exception>(() => Fit(1, -140));
        Assert.Contains("multiply the data", error.Message, StringComparison.Ordinal);
    }

    private (NmfTransformer Model, IDataView View) Fit(double beta, int exponent)
    {
        var view = View(exponent);
        return (_context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, beta: beta, seed: 7)
            .Fit(view), view);
    }

    private IDataView View(int exponent) => TestRows.View(
        _context, Array.ConvertAll(
            TestRows.Values(), row => Array.ConvertAll(row, value => MathF.ScaleB(value + 0.01f, exponent))));
}

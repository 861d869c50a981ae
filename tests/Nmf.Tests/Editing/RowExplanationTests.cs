namespace Nmf.Tests.Editing;

/// <summary>Which features of a row speak for which components.</summary>
public sealed class RowExplanationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(2.0)]
    public void Contributions_add_up_to_the_row_and_at_beta_one_to_the_activations(double beta)
    {
        var values = TestData.Positive(30, 12, 3, 5);
        var model = NmfFactorizer.Fit(
            TestData.Dense<double>(values, 30, 12), new NmfOptions
            {
                Rank = 3, Problem = beta, Scale = ComponentScale.UnitNorm,
                Inference = new() { Tolerance = 1e-10, MaximumIterations = 1_000_000 },
            }, cancellationToken: Token);
        foreach (var n in new[] { 0, 7, 29 })
        {
            var row = values.AsSpan(n * 12, 12);
            var explanation = model.Explain(row);
            for (var f = 0; f < 12; f++)
            {
                Assert.Equal(
                    row[f], Enumerable.Range(0, 3).Sum(k => explanation.Contribution(k, f)), 1e-12 * row[f]);
                double y = 0;
                for (var k = 0; k < 3; k++)
                    y += model.Dictionary[f, k] * explanation.Activations[k];
                Assert.Equal(
                    explanation.Activations[1] * model.Dictionary[f, 1] * row[f] / y, explanation.Contribution(1, f),
                    1e-12 * row[f]);
            }

            Assert.Equal(explanation.Total, explanation.ComponentTotals.Sum(), 1e-12 * explanation.Total);
            Assert.All(explanation.Unexplained, rest => Assert.Equal(0, rest, 1e-12 * explanation.Total));
            for (var k = 0; k < 3 && beta == 1; k++)
            {
                var sum = Enumerable.Range(0, 12).Sum(f => model.Dictionary[f, k]);
                Assert.Equal(
                    explanation.Activations[k] * sum, explanation.ComponentTotals[k], 1e-6 * explanation.Total);
            }

            var top = explanation.Top(5);
            Assert.Equal(5, top.Count);
            Assert.Equal(top.Select(c => c.Value).OrderDescending(), top.Select(c => c.Value));
            Assert.All(top, c => Assert.Equal(explanation.Contribution(c.Component, c.Feature), c.Value));
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void Activations_that_are_none_are_named(double bad)
    {
        var model = NmfFactorizer.Fit(
            TestData.Dense<double>(TestData.Positive(10, 4, 2, 5), 10, 4), new NmfOptions { Rank = 2 },
            cancellationToken: Token);
        var error = Assert.Throws<ArgumentException>(() => model.Explain([1.0, 2, 3, 4], [1.0, bad]));
        Assert.Contains("component 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sparse_row_is_explained_as_a_dense_one()
    {
        var values = TestData.Counts(40, 20, 3, 3);
        var model = NmfFactorizer.Fit(
            TestData.Sparse<float>(values, 40, 20), new NmfOptions { Rank = 3, Problem = 1 },
            cancellationToken: Token);
        var row = values.AsSpan(0, 20).ToArray().Select(v => (float)v).ToArray();
        int[] indices = [.. Enumerable.Range(0, 20).Where(f => row[f] > 0)];
        var (dense, sparse) = (
            model.Explain(row), model.ExplainSparse(indices, [.. indices.Select(f => row[f])]));
        Assert.Equal(indices, sparse.Features);
        Assert.Equal(dense.Features, sparse.Features);
        foreach (var f in indices)
            Assert.Equal(dense.Contribution(2, f), sparse.Contribution(2, f), 1e-3);
        var given = model.Explain(row, model.Activations.Row(0));
        Assert.Equal(dense.ComponentTotals[0], given.ComponentTotals[0], 1e-3 * given.Total);
        var absent = Enumerable.Range(0, 20).First(f => row[f] == 0);
        Assert.Equal(0, dense.Contribution(0, absent));
        Assert.Empty(model.ExplainSparse([], []).Top());
    }

    [Fact]
    public void What_the_model_does_not_know_is_unexplained()
    {
        var values = TestData.Positive(30, 8, 2, 1);
        for (var n = 0; n < 30; n++)
            values[(n * 8) + 7] = 0;
        var model = NmfFactorizer.Fit(
            TestData.Dense<double>(values, 30, 8), new NmfOptions { Rank = 2, Problem = 1 }, cancellationToken: Token);
        var row = values.AsSpan(0, 8).ToArray();
        var known = row.Sum();
        row[7] = 5;
        var explanation = model.Explain(row);
        Assert.Equal(5, explanation.Unexplained[explanation.Features.ToList().IndexOf(7)]);
        Assert.Equal(known, explanation.ComponentTotals.Sum(), 1e-9);
        Assert.Equal(known + 5, explanation.Total, 1e-9);
    }

    [Fact]
    public void Missing_entries_say_nothing_and_outliers_have_their_part()
    {
        var values = TestData.Positive(40, 10, 2, 4);
        var model = NmfFactorizer.Fit(
            TestData.Dense<double>(values, 40, 10), new NmfOptions { Rank = 2, Problem = 1 }, cancellationToken: Token);
        var row = values.AsSpan(0, 10).ToArray();
        row[3] = double.NaN;
        var explanation = model.Explain(row, MissingValues.NaN);
        Assert.DoesNotContain(3, explanation.Features);
        Assert.Equal(9, explanation.Features.Count);
        Assert.Throws<NmfDataException>(() => model.Explain(row));

        var robust = NmfFactorizer.Fit(
            TestData.Dense<double>(values, 40, 10),
            new NmfOptions { Rank = 2, Problem = new RobustNmf(2, Kind: OutlierKind.Entries) },
            cancellationToken: Token);
        var spoilt = values.AsSpan(0, 10).ToArray();
        spoilt[2] += 100 * spoilt.Max();
        var explained = robust.Explain(spoilt);
        Assert.True(explained.Unexplained[2] > 0.9 * spoilt[2]);
    }

    /// <summary>Numbers without a point are values of a row, not indices.</summary>
    [Fact]
    public void Whole_numbers_are_a_row()
    {
        var model = NmfFactorizer.Fit(
            TestData.Dense<float>(TestData.Positive(10, 4, 2, 4), 10, 4), new NmfOptions { Rank = 2 },
            cancellationToken: Token);
        Assert.Equal([0, 1, 2, 3], model.Explain([1, 2, 3, 4], [1, 1]).Features);
        Assert.Equal([1, 2, 3, 4], model.Explain([1, 2, 3, 4], [1, 1]).Values);
    }

    [Fact]
    public void A_row_too_large_for_its_precision_is_an_error()
    {
        var values = TestData.Positive(10, 4, 2, 4);
        var options = new NmfOptions { Rank = 2, Scale = ComponentScale.UnitSum };
        var single = NmfFactorizer.Fit(TestData.Dense<float>(values, 10, 4), options, cancellationToken: Token);
        var large = single.Reconstruct(single.Activations).Row(0).ToArray();
        var factor = float.MaxValue / (2 * large.Max());
        for (var f = 0; f < large.Length; f++)
            large[f] *= factor;
        var error = Assert.Throws<NmfNumericalException>(() => single.Explain(large));
        Assert.Contains("too large for Single", error.Message, StringComparison.Ordinal);
        var model = NmfFactorizer.Fit(TestData.Dense<double>(values, 10, 4), options, cancellationToken: Token);
        var explanation = model.Explain([.. large.Select(v => (double)v)]);
        Assert.Equal(1, explanation.ComponentTotals.Sum() / explanation.Total, 1e-6);
    }

    [Fact]
    public void A_row_that_is_none_is_named()
    {
        var model = NmfFactorizer.Fit(
            TestData.Dense<double>(TestData.Positive(10, 4, 2, 4), 10, 4), new NmfOptions { Rank = 2 },
            cancellationToken: Token);
        Assert.Contains("3 values", Assert.Throws<ArgumentException>(() => model.Explain([1, 2, 3])).Message,
            StringComparison.Ordinal);
        Assert.Contains("at feature 1", Assert.Throws<NmfDataException>(() => model.Explain([1, -2, 3, 1])).Message,
            StringComparison.Ordinal);
        var error = Assert.Throws<ArgumentException>(() => model.ExplainSparse([2, 1], [1, 1]));
        Assert.Contains("out of order", error.Message, StringComparison.Ordinal);
    }
}

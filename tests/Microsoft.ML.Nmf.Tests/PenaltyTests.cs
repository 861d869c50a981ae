using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class PenaltyTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void A_penalised_model_survives_saving_bit_for_bit(double beta)
    {
        var view = TestRows.View(_context, TestRows.Values());
        foreach (var penalty in new NmfPenalty[] { new L1Penalty(0.2), new L2Penalty(0.2), new LogPenalty(0.2, 0.1),
            new GroupPenalty([[0, 2], [1]], 0.3, 0.1) })
        {
            var model = _context.Transforms.NonnegativeMatrixFactorization(Options(beta, penalty)).Fit(view);
            var loaded = ModelStream.Load(ModelStream.Save(model));

            Assert.Equal(TestRows.Column(model.Transform(view), "H"), TestRows.Column(loaded.Transform(view), "H"));
            Assert.Equal(model.Model.Penalty!.Linear, loaded.Model.Penalty!.Linear);
            Assert.Equal(model.Model.Penalty.Quadratic, loaded.Model.Penalty.Quadratic);
            Assert.Equal(
                model.Model.Penalty.Groups.SelectMany(g => g.Components),
                loaded.Model.Penalty.Groups.SelectMany(g => g.Components));
        }
    }

    [Fact]
    public void Sparse_activations_are_smaller_for_new_rows_too()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var plain = Total(_context.Transforms.NonnegativeMatrixFactorization(Options(2)).Fit(view));
        var sparse = Total(_context.Transforms.NonnegativeMatrixFactorization(Options(2, new L1Penalty(1))).Fit(view));
        Assert.True(sparse < 0.95 * plain, $"{sparse} against {plain}");

        double Total(NmfTransformer model)
            => TestRows.Column(model.Transform(TestRows.View(_context, TestRows.Values(seed: 2))), "H").Sum(
                row => row.Sum(h => (double)h));
    }

    [Fact]
    public void Options_out_of_range_are_refused_when_the_estimator_is_made()
    {
        var error = Assert.ThrowsAny<ArgumentException>(
            () => _context.Transforms.NonnegativeMatrixFactorization(Options(2, new L1Penalty(-1))));
        Assert.Contains("The weight of the L1 penalty is -1", error.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(
            () => _context.Transforms.NonnegativeMatrixFactorization(Options(2, new GroupPenalty([[0], [1]], 1, 0.1))));
    }

    [Fact]
    public void A_damaged_penalty_is_a_format_error()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var model = _context.Transforms.NonnegativeMatrixFactorization(
            Options(2, new GroupPenalty([[0, 2], [1]], 0.3, 0.1))).Fit(view);
        var bytes = ModelStream.Save(model);
        var tag = System.Text.Encoding.UTF8.GetBytes("row penalty");
        var at = bytes.AsSpan().IndexOf(tag) + tag.Length;
        Assert.True(at > tag.Length);

        // Behind the tag: two flags without weights, then the number of groups.
        foreach (var (place, value) in new[] { (0, (byte)7), (5, (byte)127), (5, (byte)255) })
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at + place] = value;
            Assert.IsType<FormatException>(Root(() => ModelStream.Load(damaged)));
        }

        static Exception? Root(Action action)
        {
            var error = Record.Exception(action);
            while (error?.InnerException is { } inner)
                error = inner;
            return error;
        }
    }

    private static NmfEstimator.Options Options(double beta, params NmfPenalty[] penalties)
        => new() { OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Problem = new BetaNmf(
            beta) { Penalties = penalties }, Seed = 1 };
}

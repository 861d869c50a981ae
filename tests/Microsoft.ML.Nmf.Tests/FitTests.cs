using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class FitTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(2.0, false)]
    [InlineData(2.0, true)]
    [InlineData(1.5, false)]
    [InlineData(1.0, false)]
    [InlineData(1.0, true)]
    public void Transforming_the_training_rows_gives_the_activations_of_the_fit_to_the_bit(double beta, bool sparse)
    {
        var values = TestRows.Values(density: sparse ? 0.2 : 1);
        var view = TestRows.View(_context, values, sparse);
        var data = sparse
            ? Sparse(values)
            : NmfData<float>.FromDense(values.SelectMany(row => row).ToArray(), values.Length, values[0].Length);
        var options = new NmfOptions { Rank = 3, Problem = beta, Seed = 7 };
        var (inferred, expected) = (
            NmfFactorizer.Fit(data, options), NmfFactorizer.Fit(data, options with { InfersActivations = false }));

        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, beta: beta, seed: 7)
            .Fit(view);

        Assert.Equal(inferred.Activations.ToRowMajor(), TestRows.Column(model.Transform(view), "H").SelectMany(h => h));
        for (var k = 0; k < 3; k++)
            Assert.Equal(
                Enumerable.Range(0, values[0].Length).Select(f => expected.Dictionary[f, k]),
                model.Model.GetComponent(k).ToArray());
        Assert.Equal(expected.Objective, model.Model.Objective);
        Assert.Equal(expected.ExplainedPart, model.Model.ExplainedPart);
        Assert.Equal(expected.Contributions, model.Model.Contributions);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(3.0)]
    public void Activations_for_other_beta_explain_the_rows_about_as_well_as_those_of_the_fit(double beta)
    {
        var values = TestRows.Values();
        var view = TestRows.View(_context, values);
        var model = _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Problem = beta,
            ReconstructionColumnName = "Y",
        }).Fit(view);

        var reconstruction = TestRows.Column(model.Transform(view), "Y");

        double objective = 0;
        for (var n = 0; n < values.Length; n++)
        {
            for (var f = 0; f < values[n].Length; f++)
                objective += BetaDivergence.Value(values[n][f], reconstruction[n][f], beta);
        }

        Assert.InRange(objective, 0, 1.05 * model.Model.Objective);
    }

    [Fact]
    public void The_form_of_the_vectors_does_not_change_the_bits()
    {
        var values = TestRows.Values(density: 0.2);
        var (dense, sparse) = (TestRows.View(_context, values), TestRows.View(_context, values, sparse: true));
        var estimator = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, beta: 1);

        var (fromDense, fromSparse) = (estimator.Fit(dense), estimator.Fit(sparse));

        Assert.Equal(
            TestRows.Column(fromDense.Transform(dense), "H"), TestRows.Column(fromSparse.Transform(sparse), "H"));
        Assert.Equal(
            TestRows.Column(fromDense.Transform(sparse), "H"), TestRows.Column(fromSparse.Transform(dense), "H"));
    }

    [Fact]
    public void The_seed_of_the_context_decides_and_a_second_fit_is_identical()
    {
        var values = TestRows.Values();
        float[][] Fit(int seed, int times)
        {
            var context = new MLContext(seed);
            var view = TestRows.View(context, values);
            var estimator = context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
            {
                OutputColumnName = "H", InputColumnName = "Features", Rank = 3,
                Initialization = NmfInitialization.Random, Iterations = new() { MaximumIterations = 5 },
            });
            NmfTransformer? model = null;
            for (var i = 0; i < times; i++)
                model = estimator.Fit(view);
            return TestRows.Column(model!.Transform(view), "H");
        }

        Assert.Equal(Fit(3, 1), Fit(3, 2));
        Assert.NotEqual(Fit(3, 1), Fit(4, 1));
    }

    [Fact]
    public void Number_of_threads_and_order_of_reading_do_not_matter()
    {
        var view = TestRows.View(_context, TestRows.Values(rows: 300, features: 40));
        float[][] Fit(int threads) => TestRows.Column(
            _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
            {
                OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Problem = 1, Seed = 5,
                Threads = threads, Iterations = new() { MaximumIterations = 20 },
            }).Fit(view).Transform(view), "H");

        Assert.Equal(Fit(1), Fit(3));
    }

    [Fact]
    public void A_row_of_zeros_has_zero_activations_normalised_or_not()
    {
        var values = TestRows.Values();
        Array.Clear(values[5]);
        var view = TestRows.View(_context, values);
        foreach (var normalize in new[] { false, true })
        {
            var h = TestRows.Column(
                _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, normalizeOutput: normalize)
                    .Fit(view).Transform(view), "H");

            Assert.All(h[5], value => Assert.Equal(0f, value));
            Assert.Contains(h[6], value => value > 0);
        }
    }

    [Fact]
    public void Normalised_activations_are_the_shares_of_a_row()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var plain = TestRows.Column(
            _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, seed: 1)
                .Fit(view).Transform(view), "H");
        var shares = TestRows.Column(
            _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, seed: 1, normalizeOutput: true)
                .Fit(view).Transform(view), "H");

        for (var n = 0; n < plain.Length; n++)
        {
            Assert.Equal(1, shares[n].Sum(), 1e-5);
            for (var k = 0; k < 3; k++)
                Assert.Equal(plain[n][k] / plain[n].Sum(), shares[n][k], 1e-6);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_reconstruction_is_the_dictionary_times_the_activations(bool normalize)
    {
        var view = TestRows.View(
            _context, TestRows.Values(), slotNames: [.. Enumerable.Range(0, 12).Select(f => $"band {f}")]);
        var options = new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", ReconstructionColumnName = "Y", Rank = 3,
            NormalizeOutput = normalize, Seed = 2,
        };
        var model = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view);
        options.NormalizeOutput = false;
        var plain = TestRows.Column(
            _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view).Transform(view), "H");

        var output = model.Transform(view);
        var y = TestRows.Column(output, "Y");

        for (var n = 0; n < y.Length; n++)
        {
            for (var f = 0; f < 12; f++)
                Assert.Equal(
                    Enumerable.Range(0, 3).Sum(k => (double)plain[n][k] * model.Model.GetComponent(k)[f]), y[n][f],
                    1e-5);
        }

        var names = default(VBuffer<ReadOnlyMemory<char>>);
        output.Schema["Y"].GetSlotNames(ref names);
        Assert.Equal("band 11", names.GetItemOrDefault(11).ToString());
        // Alone, without the activations, it is the same.
        Assert.Equal(y, TestRows.Column(_context.Transforms.SelectColumns("Y").Fit(output).Transform(output), "Y"));
    }

    [Fact]
    public void More_starts_never_give_a_worse_objective()
    {
        var view = TestRows.View(_context, TestRows.Values());
        double Objective(int starts) => _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 4, Seed = 3, Starts = starts,
            Iterations = new() { MaximumIterations = 20 }, Initialization = NmfInitialization.Random,
        }).Fit(view).Model.ObjectiveHistory[^1].Objective;

        Assert.InRange(Objective(4), 0, Objective(1));
    }

    private static NmfData<float> Sparse(float[][] values)
    {
        var matrix = new Nmf.Kernels.SparseMatrix<float>(
            values.Length, values[0].Length, values.Sum(row => row.LongCount(value => value != 0)));
        unsafe
        {
            long at = 0;
            for (var n = 0; n < values.Length; n++)
            {
                for (var f = 0; f < values[n].Length; f++)
                {
                    if (values[n][f] == 0)
                        continue;
                    matrix.ColumnIndices[at] = f;
                    matrix.Values[at++] = values[n][f];
                }

                matrix.RowStarts[n + 1] = at;
            }
        }

        return NmfData<float>.FromMatrix(matrix);
    }
}

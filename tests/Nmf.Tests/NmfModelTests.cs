using System.Runtime.CompilerServices;

namespace Nmf.Tests;

public sealed class NmfModelTests
{
    [Theory]
    [InlineData(ComponentScale.UnitSum)]
    [InlineData(ComponentScale.UnitNorm)]
    public void The_scale_convention_holds_and_leaves_the_model_as_it_was(ComponentScale scale)
    {
        var data = TestData.Dense<double>(TestData.Positive(30, 12, 3, 4), 30, 12);
        var options = new NmfOptions { Rank = 3, Problem = 1, Scale = scale, Inference = new() { Tolerance = 1e-9,
            MaximumIterations = 100_000 } };
        var scaled = NmfFactorizer.Fit(data, options);
        var plain = NmfFactorizer.Fit(data, options with { Scale = ComponentScale.None });
        for (var k = 0; k < 3; k++)
        {
            var column = Enumerable.Range(0, 12).Select(f => scaled.Dictionary[f, k]);
            Assert.Equal(1, scale == ComponentScale.UnitSum ? column.Sum() : column.Sum(v => v * v), 1e-12);
        }

        Assert.Equal(plain.Objective, scaled.Objective, 1e-6 * plain.Objective);
    }

    [Fact]
    public void Components_are_sorted_by_their_share_of_the_model()
    {
        var data = TestData.Dense<double>(TestData.Positive(50, 20, 5, 6), 50, 20);
        var model = NmfFactorizer.Fit(
            data, new NmfOptions { Rank = 5, Problem = 1, Iterations = new() { Tolerance = 0 } });
        Assert.Equal(model.Contributions.OrderDescending(), model.Contributions);
        Assert.Equal(1, model.Contributions.Sum(), 1e-9);
        var reconstruction = model.Reconstruct(model.Activations);
        var total = reconstruction.ToRowMajor().Sum();
        for (var k = 0; k < 5; k++)
        {
            double share = 0;
            for (var n = 0; n < 50; n++)
                for (var f = 0; f < 20; f++)
                    share += model.Activations[n, k] * model.Dictionary[f, k];
            Assert.Equal(model.Contributions[k], share / total, 1e-9);
        }
    }

    [Fact]
    public void Reconstruction_is_the_product_and_gives_the_reported_objective()
    {
        var values = TestData.Positive(25, 14, 3, 8);
        var data = TestData.Dense<double>(values, 25, 14);
        var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 3, Problem = 1.5 });
        var product = model.Reconstruct(model.Activations);
        var objective = values.Zip(product.ToRowMajor(), (x, y) => BetaDivergence.Value(x, y, 1.5)).Sum();
        Assert.Equal(objective, model.Objective, 1e-9 * objective);
        var mean = values.Average();
        Assert.Equal(1 - (objective / values.Sum(x => BetaDivergence.Value(x, mean, 1.5))), model.ExplainedPart, 1e-9);
    }

    [Fact]
    public void A_warm_start_from_a_model_goes_on_where_it_stopped()
    {
        var data = TestData.Dense<double>(TestData.Positive(60, 30, 4, 2), 60, 30);
        var options = new NmfOptions { Rank = 4, Problem = 1,
            Iterations = new() { MaximumIterations = 30, Tolerance = 0 }, Scale = ComponentScale.UnitSum };
        var first = NmfFactorizer.Fit(data, options);
        var start = new NmfStart<double>(first.Dictionary.Clone(), first.Activations.Clone());
        var second = NmfFactorizer.Fit(data, options, start);
        Assert.Equal(first.Objective, second.Report.History[0].Objective, 1e-9 * first.Objective);
        Assert.True(second.Objective < first.Objective);
        var dictionaryOnly = new NmfStart<double>(first.Dictionary.Clone());
        var third = NmfFactorizer.Fit(data, options, dictionaryOnly);
        Assert.Equal(first.Objective, third.Report.History[0].Objective, 1e-6 * first.Objective);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Without_inference_at_the_end_the_model_has_the_activations_of_the_last_iteration(double beta)
    {
        var values = TestData.Positive(60, 20, 4, 3);
        var data = TestData.Dense<double>(values, 60, 20);
        var options = new NmfOptions { Rank = 4, Problem = beta, Scale = ComponentScale.UnitSum,
            Iterations = new() { MaximumIterations = 12, Tolerance = 0 } };
        var inferred = NmfFactorizer.Fit(data, options);
        var kept = NmfFactorizer.Fit(data, options with { InfersActivations = false });

        Assert.Equal(inferred.Dictionary.ToRowMajor(), kept.Dictionary.ToRowMajor());
        Assert.Equal(kept.Report.Objective, kept.Objective, 1e-9 * kept.Objective);
        var product = kept.Reconstruct(kept.Activations).ToRowMajor();
        Assert.Equal(values.Zip(product, (x, y) => BetaDivergence.Value(x, y, beta)).Sum(), kept.Objective,
            1e-9 * kept.Objective);
        Assert.True(inferred.Objective < kept.Objective);
        Assert.Equal(inferred.Activations.ToRowMajor(), kept.Transform(data).ToRowMajor());
    }

    [Theory]
    [InlineData(1.5, 12, false)]
    [InlineData(1.0, 0, false)]
    [InlineData(1.0, 12, true)]
    public void Activations_are_inferred_where_iterations_say_too_little(double beta, int iterations, bool weighted)
    {
        var data = TestData.Dense<double>(TestData.Positive(40, 15, 3, 5), 40, 15);
        if (weighted)
            data = data.WithSampleWeights([.. Enumerable.Range(0, 40).Select(n => n % 7 * 0.5)]);
        var options = new NmfOptions { Rank = 3, Problem = beta, InfersActivations = false,
            Iterations = new() { MaximumIterations = iterations } };
        var model = NmfFactorizer.Fit(data, options);
        Assert.Equal(model.Transform(data).ToRowMajor(), model.Activations.ToRowMajor());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_that_do_not_reach_the_tolerance_are_counted(bool robust)
    {
        var data = TestData.Dense<double>(TestData.Counts(40, 20, 3, 2), 40, 20);
        var options = new NmfOptions
        {
            Rank = 3, Problem = robust ? new RobustNmf(1, 0.5) : new BetaNmf(1.5),
            Inference = new() { MaximumIterations = 2, Tolerance = 1e-9 },
        };
        Assert.InRange(NmfFactorizer.Fit(data, options).UnsolvedRows, 30, 40);
        options = options with { Inference = new() { MaximumIterations = 10_000, Tolerance = 1e-3 } };

        // A row of which nearly everything is its outlier part goes to zero activations without end.
        Assert.InRange(NmfFactorizer.Fit(data, options).UnsolvedRows, 0, robust ? 4 : 0);
    }

    [Fact]
    public void A_start_of_another_shape_is_refused()
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        Assert.Throws<ArgumentException>(() => NmfFactorizer.Fit(data, new NmfOptions { Rank = 2 }, start));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_start_with_a_bad_entry_is_refused(double bad)
    {
        var w = new double[6];
        w[4] = bad;
        var error = Assert.Throws<NmfDataException>(() => NmfStart<double>.FromRowMajor(w, [], 2));
        Assert.Equal((2, 0), (error.Sample, error.Feature));
    }

    [Fact]
    public void Transform_of_data_with_other_features_is_refused()
    {
        var data = Fixture.Data<double>();
        var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 2 });
        var other = TestData.Dense<double>(TestData.Positive(4, 5, 2, 1), 4, 5);
        Assert.Throws<ArgumentException>(() => model.Transform(other));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    public void Inference_reaches_the_minimum_for_the_dictionary(double beta)
    {
        // The problem in H is convex: ten thousand further multiplicative updates of H alone must
        // not find anything better.
        var values = TestData.Positive(12, 20, 4, 31);
        var data = TestData.Dense<double>(values, 12, 20);
        var model = NmfFactorizer.Fit(
            data, new NmfOptions { Rank = 4, Problem = beta,
                Inference = new() { Tolerance = 1e-9, MaximumIterations = 100_000 } });
        using var team = new Nmf.Kernels.WorkTeam(1);
        var pass = data.CreatePass(4, beta, team);
        var h = model.Activations.Clone();
        var negative = new Nmf.Kernels.Matrix<double>(12, 4);
        var positive = new Nmf.Kernels.Matrix<double>(12, 4);
        for (var i = 0; i < h.Rows; i++)
            for (var k = 0; k < 4; k++)
                h[i, k] += 1e-3;
        for (var i = 0; i < 10_000; i++)
        {
            pass.ActivationGradient(model.Dictionary, h, negative, positive, withObjective: false);
            Nmf.Kernels.FactorKernels.MultiplicativeUpdate(h, negative, positive, 1, team);
        }

        Assert.Equal(pass.Objective(model.Dictionary, h), model.Objective, 1e-7 * model.Objective);
    }

    [Fact]
    public void A_row_outlives_its_model()
    {
        var expected = Fitted().Activations.Row(0).ToArray();
        var row = FirstActivations();
        GC.Collect();
        for (var i = 0; i < 100; i++)
            Fitted();
        Assert.Equal(expected, row.ToArray());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<float> FirstActivations() => Fitted().Activations.Row(0);

    private static NmfModel<float> Fitted()
        => NmfFactorizer.Fit(
            TestData.Dense<float>(TestData.Counts(20, 10, 3, 1), 20, 10),
            new NmfOptions { Rank = 3, Iterations = new() { MaximumIterations = 3 }, Seed = 1, Threads = 1 });
}

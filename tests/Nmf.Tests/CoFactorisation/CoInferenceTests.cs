using Nmf.Kernels;

namespace Nmf.Tests.CoFactorisation;

/// <summary>Activations of new samples, some of whose views are missing.</summary>
public sealed class CoInferenceTests
{
    private const int Samples = 30;
    private const int Rank = 4;

    private static readonly double[][] Values = CoFixture.Views(Samples, Rank, 1, 29, 13, 7);

    private static readonly CoNmfOptions Options = new()
    {
        Rank = Rank, Starts = 1, Iterations = new IterationOptions { MaximumIterations = 60 },
        Inference = new InferenceOptions { Tolerance = 1e-7, MaximumIterations = 20000 },
    };

    public static TheoryData<string, double, double> Couplings => new()
    {
        { "L1", 1, 1 }, { "L2", 1, 1 }, { "shared", 1, 1 }, { "L1", 2, 1 }, { "L2", 2, 1 }, { "shared", 2, 1 },
        { "L1", 1.5, 2 }, { "L2", 1.5, 2 },
    };

    [Theory]
    [MemberData(nameof(Couplings))]
    public void No_small_move_lowers_the_objective_of_a_sample(string coupling, double first, double second)
    {
        var views = CoFixture.Dense<double>(Values, Samples);
        var model = CoNmf.Fit(views, Options with
        {
            Coupling = Coupling(coupling),
            Views = [new() { Beta = first }, new() { Beta = second }, new() { Beta = second }],
        });
        var activations = model.Transform(views);
        var random = new Random(3);
        for (var n = 0; n < Samples; n++)
        {
            double[][] h = [.. activations.Select(view => view.Row(n).ToArray())];
            var value = Objective(model, n, h);
            for (var trial = 0; trial < 60; trial++)
            {
                // One activation, or the same of several views together.
                var (k, size) = (random.Next(Rank), Math.Pow(10, -1 - (2 * random.NextDouble())));
                var only = coupling == "shared" ? -1 : random.Next(-1, 3);
                double[][] moved = [.. h.Select((row, v) => row.Select((x, j) => j == k && (only < 0 || v == only)
                    ? Math.Max(0, trial % 2 == 0 ? x * (1 + size) : x * (1 - size)) : x).ToArray())];
                Assert.True(
                    Objective(model, n, moved) >= value - (1e-7 * (1 + Math.Abs(value))), $"Sample {n}, trial {trial}");
            }
        }
    }

    [Theory]
    [InlineData("L1")]
    [InlineData("L2")]
    [InlineData("shared")]
    public void A_missing_view_takes_over_what_the_other_says(string coupling)
    {
        var views = CoFixture.Dense<double>(Values[..2], Samples);
        var model = CoNmf.Fit(views, Options with { Coupling = Coupling(coupling) });
        var activations = model.Transform([views[0], null]);
        Assert.Equal(activations[0].ToRowMajor(), activations[1].ToRowMajor());
        var alone = new RowSolver<double>(model.Dictionaries[0], 1, 1e-7, 20000);
        var (h, scratch) = (new double[Rank], alone.CreateScratch());
        alone.Solve(Values[0].AsSpan(0, 29), h, scratch);
        Assert.Equal(h, activations[0].Row(0).ToArray());

        // A row of missing entries is a view that is missing, and so are all features of a view that is null.
        double[] masked = [.. Values[1].Select((x, i) => i / 13 == 3 ? double.NaN : x)];
        var some = model.Transform([views[0], TestData.DenseObserved<double>(masked, Samples, 13)]);
        var all = model.Transform(views);
        for (var n = 0; n < Samples; n++)
            Assert.Equal((n == 3 ? activations : all)[1].Row(n).ToArray(), some[1].Row(n).ToArray());
    }

    [Fact]
    public void A_view_is_predicted_from_another_one()
    {
        // Without noise the activations of the first view are those of the second.
        var views = Planted(0);
        var model = CoNmf.Fit(views, Options with
        {
            Coupling = ViewCoupling.Shared, Starts = 3,
            Iterations = new IterationOptions { MaximumIterations = 1500, Tolerance = 1e-9 },
        });
        var fresh = Planted(1);
        var predicted = model.Predict([fresh[0], null], 1);
        double error = 0, size = 0;
        for (var n = 0; n < Samples; n++)
        {
            for (var f = 0; f < 13; f++)
            {
                error += Math.Pow(predicted[n, f] - fresh[1].Dense![n, f], 2);
                size += Math.Pow(fresh[1].Dense![n, f], 2);
            }
        }

        Assert.InRange(error / size, 0, 0.01);
    }

    [Fact]
    public void A_sample_alone_sparse_or_with_others_and_threads_gives_the_same_bits()
    {
        double[][] counts = [.. Values.Take(2).Select(view => Array.ConvertAll(view, Math.Floor))];
        var views = CoFixture.Dense<double>(counts, Samples);
        var model = CoNmf.Fit(views, Options);
        var all = model.Transform(views);
        var sparse = model.Transform(
            [TestData.Sparse<double>(counts[0], Samples, 29), TestData.Sparse<double>(counts[1], Samples, 13)]);
        Assert.Equal(all[1].ToRowMajor(), sparse[1].ToRowMajor());
        for (var n = 0; n < 5; n++)
        {
            var alone = model.Transform(CoFixture.Dense<double>(
                [counts[0][(n * 29)..((n + 1) * 29)], counts[1][(n * 13)..((n + 1) * 13)]], 1));
            Assert.Equal(all[0].Row(n).ToArray(), alone[0].Row(0).ToArray());
        }
    }

    [Fact]
    public void Training_samples_have_nearly_the_activations_of_the_fit_and_zeros_have_none()
    {
        var views = CoFixture.Dense<double>(Values[..2], Samples);
        var model = CoNmf.Fit(views, Options with
        {
            Coupling = ViewCoupling.L2(1),
            Iterations = new IterationOptions { MaximumIterations = 3000, Tolerance = 1e-9 },
        });
        var inferred = model.Transform(views);
        Assert.All(
            model.Activations[1].ToRowMajor().Zip(inferred[1].ToRowMajor()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        var zero = model.Transform(CoFixture.Dense<double>([[.. new double[28], 1, .. new double[29]], new double[26]
            .Select((_, i) => i == 12 ? 1.0 : 0).ToArray()], 2));
        Assert.All(zero, h => Assert.Equal(new double[Rank], h.Row(1).ToArray()));
    }

    // Σ α D and the coupling of one sample.
    private static double Objective(CoNmfModel<double> model, int n, double[][] h)
    {
        double sum = 0;
        for (var v = 0; v < h.Length; v++)
        {
            var w = model.Dictionaries[v];
            for (var f = 0; f < w.Rows; f++)
            {
                double y = 0;
                for (var k = 0; k < Rank; k++)
                    y += w[f, k] * h[v][k];
                sum += model.Weights[v] * BetaDivergence.Value(
                    Values[v][(n * w.Rows) + f], y, model.Options.Views[v].Beta);
            }

            for (var u = 0; u < v && model.Options.Coupling is SoftCoupling; u++)
            {
                var soft = (SoftCoupling)model.Options.Coupling;
                for (var k = 0; k < Rank; k++)
                {
                    var d = h[v][k] - h[u][k];
                    sum += soft.Weight * (soft.IsSquared ? d * d / 2 : Math.Abs(d));
                }
            }
        }

        return sum;
    }

    private static NmfData<double>[] Planted(int seed)
    {
        var (random, fixedDraws) = (new Random(seed), new Random(99));
        var h = Enumerable.Range(0, Samples * Rank).Select(_ => Math.Pow(random.NextDouble(), 3)).ToArray();
        return [.. new[] { 29, 13 }.Select(features =>
        {
            var w = Enumerable.Range(0, features * Rank).Select(_ => Math.Pow(fixedDraws.NextDouble(), 4)).ToArray();
            return TestData.Dense<double>([.. Enumerable.Range(0, Samples * features).Select(i => Enumerable
                .Range(0, Rank).Sum(k => h[(i / features * Rank) + k] * w[(i % features * Rank) + k]))], Samples,
                features);
        })];
    }

    private static ViewCoupling Coupling(string name) => name switch
    {
        "L1" => ViewCoupling.L1(0.05),
        "L2" => ViewCoupling.L2(1),
        _ => ViewCoupling.Shared,
    };
}

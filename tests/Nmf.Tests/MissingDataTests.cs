using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Fits, inference and imputation of data with missing entries.</summary>
public sealed class MissingDataTests
{
    private static readonly int[] Iterations = [0, 1, 2, 10, 100, 1000];

    // The fixture with the mask [(f + n) mod 4 != 0], MM exponents, computed by an independent numpy program.
    public static TheoryData<double, double[]> Trajectories => new()
    {
        { 0, [47.4220811210, 7.9510683929, 5.4886202089, 2.9531431251, 0.4892772551, 0.4325961144] },
        { 1, [192.9720029610, 30.8224366330, 28.2733611440, 6.5272865168, 3.5210379746, 3.4629701867] },
        { 2, [969.1333673469, 242.1246876005, 219.9318609867, 55.9566883793, 24.1459545410, 23.0253169836] },
    };

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Double_follows_the_golden_objectives(double beta, double[] golden)
        => FollowsTheGoldenObjectives<double>(beta, golden, 1e-9, 1e-6);

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Float_follows_the_golden_objectives(double beta, double[] golden)
        => FollowsTheGoldenObjectives<float>(beta, golden, 2e-6, 2e-6);

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    public void Without_a_hole_a_fit_is_the_plain_one_to_the_bit(double beta)
    {
        var values = TestData.Positive(40, 25, 3, 5);
        var options = new NmfOptions { Rank = 3, Problem = beta, Iterations = new() { MaximumIterations = 30 } };
        var plain = TestData.Dense<float>(values, 40, 25);
        var expected = NmfFactorizer.Fit(plain, options);
        var ones = Matrix<float>.FromRowMajor(Enumerable.Repeat(1f, 1000).ToArray(), 40, 25);
        var allowed = TestData.DenseObserved<float>(values, 40, 25);
        var weighted = plain.WithWeights(ones);
        var sampled = plain.WithSampleWeights(Enumerable.Repeat(1f, 40).ToArray());
        foreach (var data in new[] { allowed, weighted, sampled })
        {
            var model = NmfFactorizer.Fit(data, options);
            Assert.Equal(expected.Dictionary.ToRowMajor(), model.Dictionary.ToRowMajor());
            Assert.Equal(expected.Activations.ToRowMajor(), model.Activations.ToRowMajor());
            Assert.Equal(expected.ExplainedPart, model.ExplainedPart);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    public void With_a_penalty_or_relevances_a_mask_of_ones_changes_nothing_but_rounding(double beta)
    {
        var values = TestData.Positive(40, 25, 3, 5);
        var plain = TestData.Dense<double>(values, 40, 25);
        var allowed = TestData.DenseObserved<double>(values, 40, 25);

        // Weights of one are no weights for the library. Those of two are, and have the same minimum where the other
        // term counts twice as well.
        var twos = Matrix<double>.FromRowMajor(Enumerable.Repeat(2.0, 1000).ToArray(), 40, 25);
        var weighted = plain.WithWeights(twos);
        foreach (var terms in new Func<double, NmfOptions>[] { Penalized, Relevant })
        {
            var expected = NmfFactorizer.Fit(plain, terms(1));
            var same = NmfFactorizer.Fit(allowed, terms(1));
            var doubled = NmfFactorizer.Fit(weighted, terms(2));
            Assert.Equal(expected.Activations.ToRowMajor(), same.Activations.ToRowMajor());
            Assert.Equal(expected.Dictionary.ToRowMajor(), same.Dictionary.ToRowMajor());

            // Activations that belong to weighted entries stay as the fit left them; others are solved once more.
            Assert.All(
                expected.Dictionary.ToRowMajor().Zip(doubled.Dictionary.ToRowMajor()),
                pair => Assert.Equal(pair.First, pair.Second, 1e-8 * (1 + pair.First)));
        }

        NmfOptions Plain() => new() { Rank = 3, Problem = beta,
            Iterations = new() { MaximumIterations = 20, Tolerance = 0 }, Solver = NmfSolver.MajorizationMinimization };

        NmfOptions Penalized(double times)
            => Plain() with { Problem = (BetaNmf)Plain().Problem with { Penalties = [
                new L1Penalty(0.1 * times), new L2Penalty(0.2 * times) { Factor = PenalizedFactor.Dictionary }] } };

        NmfOptions Relevant(double times) => Plain() with { Problem =
            new AutomaticRelevance(beta) { Dispersion = 0.01 * times, Shape = 2.5, Scale = 0.01 } };
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(1, false)]
    [InlineData(0.5, false)]
    [InlineData(2, true)]
    [InlineData(1, true)]
    public void Held_out_entries_of_an_exact_factorisation_are_recovered(double beta, bool sparse)
    {
        const int samples = 60, features = 40;
        var values = Exact(samples, features, 3, 2);
        var random = new Random(3);
        var holes = values.Select(v => random.NextDouble() < 0.3 ? double.NaN : v).ToArray();
        var data = sparse
            ? TestData.SparseObserved<double>(holes, samples, features)
            : TestData.DenseObserved<double>(holes, samples, features);
        Assert.True(data.HasMissingEntries);
        Assert.Equal(holes.LongCount(v => !double.IsNaN(v)), data.ObservedEntries);
        Assert.Equal(holes.Where(v => !double.IsNaN(v)).Average(), data.Mean, 1e-12);
        var options = new NmfOptions { Rank = 3, Problem = beta, Iterations = new() { MaximumIterations = 6000,
            Tolerance = 1e-9 }, Inference = new() { Tolerance = 1e-9, MaximumIterations = 20000 } };
        var model = NmfFactorizer.Fit(data, options);
        var filled = model.Impute(data);
        var result = filled.ToRowMajor();
        double error = 0, scale = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(holes[i]))
            {
                Assert.Equal(values[i], result[i]);
                continue;
            }

            error += (result[i] - values[i]) * (result[i] - values[i]);
            scale += values[i] * values[i];
        }

        Assert.True(error < 1e-4 * scale, $"Relative error of the held-out entries {Math.Sqrt(error / scale):E2}.");
        Assert.True(model.ExplainedPart > 0.9999, $"Explained part {model.ExplainedPart}.");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(0)]
    public void Samples_and_features_without_an_entry_get_zeros(double beta)
    {
        const int samples = 30, features = 20;
        var values = TestData.Positive(samples, features, 3, 8);
        for (var i = 0; i < values.Length; i++)
        {
            if (i / features == 4 || i % features == 7 || i % 5 == 2)
                values[i] = double.NaN;
        }

        foreach (var sparse in new[] { false, true })
        {
            var data = sparse
                ? TestData.SparseObserved<float>(values, samples, features)
                : TestData.DenseObserved<float>(values, samples, features);
            var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 3, Problem = beta });
            Assert.All(model.Activations.Row(4).ToArray(), h => Assert.Equal(0, h));
            Assert.All(model.Dictionary.Row(7).ToArray(), w => Assert.Equal(0, w));
            Assert.All(
                model.Dictionary.ToRowMajor().Concat(model.Activations.ToRowMajor()),
                v => Assert.True(v >= 0 && float.IsFinite(v)));
            Assert.InRange(model.ExplainedPart, 0.5, 1);
        }
    }

    [Theory]
    [InlineData(NmfSolver.Hals, 2)]
    [InlineData(NmfSolver.ExtrapolatedHals, 2)]
    [InlineData(NmfSolver.ExtrapolatedNewton, 1)]
    public void Solvers_that_need_every_entry_refuse_holes(NmfSolver solver, double beta)
    {
        var data = TestData.DenseObserved<float>([1, 2, double.NaN, 4, 5, 6], 2, 3);
        var error = Assert.Throws<ArgumentException>(
            () => NmfFactorizer.Fit(data, new NmfOptions { Rank = 1, Problem = beta, Solver = solver }));
        Assert.Contains(solver.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_without_anything_observed_are_refused()
    {
        var values = Enumerable.Repeat(double.NaN, 6).ToArray();
        Assert.Contains(
            "missing", Assert.Throws<NmfDataException>(() => TestData.DenseObserved<float>(values, 2, 3)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "missing", Assert.Throws<NmfDataException>(() => TestData.SparseObserved<float>(values, 2, 3)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_and_infinite_values_are_errors_also_where_holes_are_allowed()
    {
        foreach (var bad in new[] { -1, double.PositiveInfinity, double.NegativeInfinity })
        {
            var error = Assert.Throws<NmfDataException>(
                () => TestData.DenseObserved<float>([1, double.NaN, 3, bad, 5, 6], 2, 3));
            Assert.Equal((1, 0), (error.Sample, error.Feature));
        }
    }

    [Fact]
    public void The_error_about_NaN_names_the_way_to_allow_it()
        => Assert.Contains(
            "MissingValues.NaN",
            Assert.Throws<NmfDataException>(() => NmfData<float>.FromDense([1, float.NaN], 1, 2)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Absent_entries_are_zeros_unless_they_are_said_to_be_missing()
    {
        double[] values = [1, 0, 2, 0, 3, 4];
        var zeros = TestData.Sparse<double>(values, 2, 3);
        var missing = NmfData<double>.FromMatrix(
            TestData.Stored<double>(values, 2, 3, v => v != 0), AbsentEntries.Missing);
        Assert.Equal((6, false, 10.0 / 6), (zeros.ObservedEntries, zeros.HasMissingEntries, zeros.Mean));
        Assert.Equal((4, true, 10.0 / 4), (missing.ObservedEntries, missing.HasMissingEntries, missing.Mean));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Zeros_that_are_not_observed_do_no_harm(double beta)
    {
        double[] values = [1, 0, 2, 0, 3, 4, 2, 5, 0, 1, 1, 0];
        var data = NmfData<double>.FromMatrix(
            TestData.Stored<double>(values, 4, 3, v => v != 0), AbsentEntries.Missing);
        var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 1, Problem = beta });
        Assert.True(double.IsFinite(model.Objective));
        var stored = NmfData<double>.FromMatrix(
            TestData.Stored<double>(values, 4, 3, v => v != 4), AbsentEntries.Missing);
        var error = Assert.Throws<NmfDataException>(
            () => NmfFactorizer.Fit(stored, new NmfOptions { Rank = 1, Problem = beta }));
        Assert.Equal((0, 1), (error.Sample, error.Feature));
    }

    [Fact]
    public void Complete_data_can_be_imputed_by_a_model_of_incomplete_data_and_the_other_way_round()
    {
        var values = TestData.Positive(30, 12, 2, 4);
        var holes = values.Select((v, i) => i % 5 == 1 ? double.NaN : v).ToArray();
        var complete = TestData.Dense<double>(values, 30, 12);
        var incomplete = TestData.DenseObserved<double>(holes, 30, 12);
        var options = new NmfOptions { Rank = 2, Problem = 1, Solver = NmfSolver.ExtrapolatedMultiplicativeUpdate };
        var ofComplete = NmfFactorizer.Fit(complete, options);
        var ofIncomplete = NmfFactorizer.Fit(incomplete, options);
        var same = ofIncomplete.Impute(complete);
        Assert.Equal(values, same.ToRowMajor());
        var filled = ofComplete.Impute(incomplete);
        Assert.All(
            filled.ToRowMajor().Zip(holes),
            p => Assert.True(double.IsNaN(p.Second) ? p.First > 0 : p.First == p.Second));
    }

    private static void FollowsTheGoldenObjectives<T>(
        double beta, double[] golden, double relative, double relativeAtTheEnd)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = Fixture.Values<T>();
        for (var n = 0; n < Fixture.Samples; n++)
        {
            for (var f = 0; f < Fixture.Features; f++)
            {
                if ((f + n) % 4 == 0)
                    values[(n * Fixture.Features) + f] = T.NaN;
            }
        }

        var dense = NmfData<T>.FromDense(values, Fixture.Samples, Fixture.Features, MissingValues.NaN);
        var sparse = TestData.SparseObserved<T>(
            Array.ConvertAll(values, double.CreateChecked), Fixture.Samples, Fixture.Features);
        foreach (var data in new[] { dense, sparse })
        {
            var start = Fixture.Start<T>();
            using var team = new WorkTeam(1);
            var options =
                new NmfOptions { Rank = Fixture.Rank, Problem = beta, Solver = NmfSolver.MajorizationMinimization };
            var solver = Solver<T>.Create(data, options, start, team);
            var done = 0;
            for (var i = 0; i < Iterations.Length; i++)
            {
                for (; done < Iterations[i]; done++)
                    solver.Step();
                var tolerance = Iterations[i] == 1000 ? relativeAtTheEnd : relative;
                Assert.Equal(golden[i], solver.Objective(), (tolerance * golden[i]) + 6e-11);
            }
        }
    }

    private static double[] Exact(int samples, int features, int rank, int seed)
    {
        var random = new Random(seed);
        var w = Enumerable.Range(0, features * rank).Select(_ => random.NextDouble() + 0.05).ToArray();
        var h = Enumerable.Range(0, samples * rank).Select(_ => random.NextDouble() + 0.05).ToArray();
        var values = new double[samples * features];
        for (var i = 0; i < values.Length; i++)
        {
            for (var k = 0; k < rank; k++)
                values[i] += h[(i / features * rank) + k] * w[(i % features * rank) + k];
        }

        return values;
    }
}

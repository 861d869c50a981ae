using System.Numerics;
using System.Text.Json;
using Nmf.Kernels;
using Nmf.Tests.Units;

namespace Nmf.Tests;

/// <summary>Starts by least squares on a sketch of the data.</summary>
public sealed class SketchTests
{
    private const int Samples = 260;
    private const int Features = 180;
    private const int Rank = 5;

    private static readonly Goldens Reference = JsonSerializer.Deserialize<Goldens>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sketch.json")), JsonSerializerOptions.Web)!;

    private static readonly double[] Values = TestData.Counts(Samples, Features, Rank, 3);

    private static readonly NmfOptions Options = new()
    {
        Rank = Rank, Problem = BetaDivergence.KullbackLeibler, Initialization = NmfInitialization.Sketch, Seed = 3,
        Iterations = new() { MaximumIterations = 8, Tolerance = 0 },
    };

    public static TheoryData<double, int> Golden => new(
        from beta in new[] { 2, 1, 1.5 } from iterations in Enumerable.Range(1, 14) select (beta, iterations));

    public static TheoryData<double> Betas => new(2, 1, 0, 0.5, 3);

    /// <summary>Where the sketch is exact, least squares of the scaled data as an independent program computes them
    /// (tests/goldens/make_sketch_goldens.py).</summary>
    [Theory]
    [MemberData(nameof(Golden))]
    public void Iterations_are_those_of_an_independent_program(double beta, int iterations)
    {
        var run = Reference.Runs.Single(r => r.Beta == beta);
        AssertClose(1e-9, Improved<double>(beta, iterations));
        AssertClose(2e-3, Improved<float>(beta, iterations));

        void AssertClose(double tolerance, (double[] W, double[] H) actual)
        {
            AssertAll(run.W[iterations - 1], actual.W, tolerance);
            AssertAll(run.H[iterations - 1], actual.H, tolerance);
        }
    }

    [Fact]
    public void A_sketch_of_data_of_low_rank_is_exact_and_projects_other_data()
    {
        using var team = new WorkTeam(2);
        var random = new Random(5);
        var start = TestData.Start<double>(Samples, Features, Rank, 7);
        var (w, h) = (start.Dictionary, start.Activations!);
        var exact = new double[Samples * Features];
        for (var i = 0; i < exact.Length; i++)
            exact[i] = Enumerable.Range(0, Rank).Sum(k => h[i / Features, k] * w[i % Features, k]);
        foreach (var (values, tolerance) in new[] { (exact, 1e-9), (Values, 0.5) })
        {
            foreach (var sparse in new[] { false, true })
            {
                var data = sparse ? TestData.Sparse<double>(values, Samples, Features)
                    : TestData.Dense<double>(values, Samples, Features);
                var scale = SketchScale.Of(data, 1);
                var sketch = DataSketch<double>.Create(
                    data, scale, 30, Rank, new CounterRandom(1, 2), team, default);
                var (ofW, ofH) = (new Matrix<double>(Samples, Rank), new Matrix<double>(Features, Rank));
                sketch.ActivationProduct(w, ofW);
                sketch.DictionaryProduct(h, ofH);
                double rest = 0, all = 0;
                for (var n = 0; n < Samples; n++)
                {
                    for (var k = 0; k < Rank; k++)
                    {
                        var expected = Enumerable.Range(0, Features).Sum(
                            f => scale.Samples![n] * values[(n * Features) + f] * scale.Features![f] * w[f, k]);
                        all += expected * expected;
                        rest += Math.Pow(ofW[n, k] - expected, 2);
                    }
                }

                Assert.InRange(rest, 0, tolerance * tolerance * all);

                // ⟨V W, H⟩ = ⟨W, Vᵀ H⟩, of the sketch too.
                Assert.Equal(
                    FactorKernels.InnerProduct(ofW, h, team), FactorKernels.InnerProduct(ofH, w, team),
                    1e-10 * Math.Abs(FactorKernels.InnerProduct(ofH, w, team)));
            }
        }
    }

    [Theory]
    [InlineData(1e-1)]
    [InlineData(1e-6)]
    public void A_basis_is_orthonormal_and_spans_nearly_dependent_columns(double size)
    {
        const int rows = 300, columns = 12;
        using var team = new WorkTeam(1);
        var random = new Random(3);
        var tall = new Matrix<double>(rows, columns);
        var common = Enumerable.Range(0, rows).Select(_ => random.NextDouble()).ToArray();
        for (var i = 0; i < rows; i++)
        {
            for (var k = 0; k < columns; k++)
                tall[i, k] = common[i] + (size * random.NextDouble());
        }

        var before = tall.Clone();
        Orthonormalisation.Run(tall, new Matrix<double>(rows, columns), team);
        for (var k = 0; k < columns; k++)
        {
            for (var j = 0; j <= k; j++)
                Assert.Equal(k == j ? 1 : 0, Dot(tall, k, tall, j), 2e-3);
        }

        for (var k = 0; k < columns; k++)
        {
            var norm = Dot(before, k, before, k);
            var inside = Enumerable.Range(0, columns).Sum(j => Math.Pow(Dot(before, k, tall, j), 2));
            Assert.Equal(1, inside / norm, 2e-3);
        }

        double Dot(Matrix<double> a, int k, Matrix<double> b, int j)
            => Enumerable.Range(0, rows).Sum(i => a[i, k] * b[i, j]);
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_start_is_positive_and_much_better_than_the_random_one_that_it_comes_from(double beta)
    {
        var values = beta > 0 ? Values : TestData.Positive(Samples, Features, Rank, 3);
        var data = TestData.Dense<float>(values, Samples, Features);
        using var team = new WorkTeam(2);
        var options = Options with { Problem = beta };
        var sketched = options.Problem.CreateStart(data, options, 1, team, default);
        var random = options.Problem.CreateStart(
            data, options with { Initialization = NmfInitialization.Random }, 1, team, default);
        Assert.All(
            sketched.Dictionary.ToRowMajor().Concat(sketched.Activations!.ToRowMajor()),
            x => Assert.True(float.IsFinite(x) && x >= 0));
        var pass = data.CreatePass(Rank, beta, team);
        Assert.InRange(
            pass.Objective(sketched.Dictionary, sketched.Activations!), 0,
            0.5 * pass.Objective(random.Dictionary, random.Activations!));
    }

    [Fact]
    public void Bits_depend_on_the_seed_and_not_on_the_threads_nor_on_the_unit()
    {
        foreach (var sparse in new[] { false, true })
        {
            NmfModel<float> Fit(int threads, int seed, int exponent) => NmfFactorizer.Fit(
                UnitBits.Scaled<float>(Values, Samples, Features, exponent, sparse),
                Options with { Threads = threads, Seed = seed, Starts = 2 });
            var one = Fit(1, 3, 0);
            Assert.Equal(one.Dictionary.ToRowMajor(), Fit(3, 3, 0).Dictionary.ToRowMajor());
            Assert.NotEqual(one.Dictionary.ToRowMajor(), Fit(1, 4, 0).Dictionary.ToRowMajor());
            UnitBits.Same(one, Fit(2, 3, 37), 37, 1);
        }
    }

    [Fact]
    public void Sparse_data_start_as_dense_ones_do()
    {
        using var team = new WorkTeam(1);
        var dense = Options.Problem.CreateStart(
            TestData.Dense<double>(Values, Samples, Features), Options, 0, team, default);
        var sparse = Options.Problem.CreateStart(
            TestData.Sparse<double>(Values, Samples, Features), Options, 0, team, default);
        AssertAll(dense.Dictionary.ToRowMajor(), sparse.Dictionary.ToRowMajor(), 1e-6);
        AssertAll(dense.Activations!.ToRowMajor(), sparse.Activations!.ToRowMajor(), 1e-6);
    }

    [Theory]
    [InlineData(1, 40, 1)]
    [InlineData(40, 1, 1)]
    [InlineData(7, 5, 9)]
    [InlineData(60, 3, 3)]
    public void Small_data_and_large_ranks_have_starts(int samples, int features, int rank)
    {
        var values = TestData.Positive(samples, features, 2, 4);
        values.AsSpan(0, Math.Min(features, 2)).Clear();
        foreach (var beta in new[] { 2, 1, 0.5 })
        {
            var model = NmfFactorizer.Fit(
                TestData.Dense<float>(values, samples, features), Options with { Rank = rank, Problem = beta });
            Assert.True(double.IsFinite(model.Objective));
            Assert.All(model.Dictionary.ToRowMajor(), w => Assert.True(float.IsFinite(w)));
        }
    }

    [Fact]
    public void Empty_samples_and_features_and_dead_components_leave_numbers()
    {
        var values = (double[])Values.Clone();
        for (var f = 0; f < Features; f++)
            values[(3 * Features) + f] = 0;
        for (var n = 0; n < Samples; n++)
            values[(n * Features) + 7] = 0;
        foreach (var rank in new[] { Rank, 40 })
        {
            var model = NmfFactorizer.Fit(
                TestData.Sparse<float>(values, Samples, Features), Options with { Rank = rank });
            Assert.All(model.Activations.Row(3).ToArray(), h => Assert.Equal(0, h));
            Assert.All(model.Dictionary.Row(7).ToArray(), w => Assert.Equal(0, w));
            Assert.True(double.IsFinite(model.Objective));
        }
    }

    /// <summary>A full sketch would cost more than the fit that it is for: of sparse data with many components or few
    /// entries a brief one is made.</summary>
    [Theory]
    [InlineData(80, 20, false)]
    [InlineData(80, 200, true)]
    [InlineData(10, 20, true)]
    public void Sparse_data_have_a_brief_sketch_where_more_would_cost_too_much(int percent, int rank, bool isBrief)
    {
        var random = new Random(4);
        var values = TestData.Counts(300, 100, Rank, 3);
        for (var i = 0; i < values.Length; i++)
            values[i] = random.Next(100) < percent ? values[i] + 1 : 0;
        var sparse = SketchEffort.Of(TestData.Sparse<float>(values, 300, 100), rank, 1);
        var dense = SketchEffort.Of(TestData.Dense<float>(values, 300, 100), rank, 1);
        Assert.Equal(isBrief, sparse != dense);
        Assert.InRange(sparse.Iterations, 1, dense.Iterations);

        using var team = new WorkTeam(2);
        var data = TestData.Sparse<float>(values, 300, 100);
        double Start(NmfInitialization initialization)
        {
            var options = Options with { Rank = rank, Initialization = initialization };
            var start = options.Problem.CreateStart(data, options, 0, team, default);
            return data.CreatePass(rank, 1, team).Objective(start.Dictionary, start.Activations!);
        }

        Assert.InRange(Start(NmfInitialization.Sketch), 0, 0.95 * Start(NmfInitialization.Random));
    }

    [Fact]
    public void Missing_entries_count_as_the_mean_and_samples_by_their_weights()
    {
        var values = (double[])Values.Clone();
        var random = new Random(9);
        for (var i = 0; i < values.Length; i++)
            values[i] = random.NextDouble() < 0.3 ? double.NaN : values[i];
        foreach (var data in new[]
        {
            TestData.DenseObserved<float>(values, Samples, Features),
            TestData.SparseObserved<float>(values, Samples, Features),
        })
        {
            var sketched = NmfFactorizer.Fit(data, Options);
            var plain = NmfFactorizer.Fit(data, Options with { Initialization = NmfInitialization.Random });
            Assert.InRange(sketched.Objective, 0, plain.Objective);
        }

        // A sample of weight two is two samples.
        using var team = new WorkTeam(1);
        var twice = TestData.Dense<double>([.. Values, .. Values], 2 * Samples, Features);
        var weighted = TestData.Dense<double>(Values, Samples, Features)
            .WithSampleWeights([.. Enumerable.Repeat(2.0, Samples)]);
        var (a, b) = (SketchScale.Of(twice, 1), SketchScale.Of(weighted, 1));
        AssertAll(a.Features!, b.Features!, 1e-12);
        AssertAll([.. a.Samples!.Take(Samples).Select(s => s * Math.Sqrt(2))], b.Samples!, 1e-12);
    }

    [Fact]
    public void A_given_start_warms_up_where_that_is_asked_for()
    {
        var data = TestData.Dense<double>(Values, Samples, Features);
        var given = TestData.Start<double>(Samples, Features, Rank, 7);
        var before = given.Dictionary.ToRowMajor();
        var warm = new NmfStart<double>(given.Dictionary, given.Activations) { WarmsUp = true };
        var first = Options with { Iterations = new() { MaximumIterations = 1, Tolerance = 0 } };
        Assert.InRange(
            NmfFactorizer.Fit(data, first, warm).Objective, 0, 0.7 * NmfFactorizer.Fit(data, first, given).Objective);
        Assert.InRange(
            NmfFactorizer.Fit(data, first, new NmfStart<double>(given.Dictionary) { WarmsUp = true }).Objective, 0,
            0.7 * NmfFactorizer.Fit(data, first, given).Objective);
        Assert.Equal(before, given.Dictionary.ToRowMajor());

        var none = Options with { Iterations = new() { MaximumIterations = 0 } };
        Assert.Equal(NmfFactorizer.Fit(data, none, given).Objective, NmfFactorizer.Fit(data, none, warm).Objective);
    }

    [Fact]
    public void What_does_not_warm_up_says_so()
    {
        var data = TestData.Dense<double>(Values, Samples, Features);
        var warm = new NmfStart<double>(
            TestData.Start<double>(Samples, Features, Rank, 7).Dictionary,
            TestData.Start<double>(Samples, Features, Rank, 7).Activations) { WarmsUp = true };
        foreach (var problem in new NmfProblem[] { new RobustNmf(1), new AutomaticRelevance(1) })
        {
            var thrown = Assert.Throws<ArgumentException>(
                () => NmfFactorizer.Fit(data, Options with { Problem = problem }, warm));
            Assert.Contains("warms up", thrown.Message, StringComparison.Ordinal);
        }

        Assert.Contains(
            "Sketch", Assert.Throws<ArgumentException>(
                () => NmfFactorizer.Fit(data, Options with { Problem = new AbundanceNmf(2) })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_is_looked_at()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        using var team = new WorkTeam(1);
        Assert.Throws<OperationCanceledException>(() => SketchStart.Create(
            TestData.Dense<float>(Values, Samples, Features), Rank, 1, 0, 0, team, source.Token));
    }

    private static (double[] W, double[] H) Improved<T>(double beta, int iterations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(2);
        T[] Convert(double[] values) => Array.ConvertAll(values, T.CreateChecked);
        var start = NmfStart<T>.FromRowMajor(Convert(Reference.W0), Convert(Reference.H0), Reference.Rank);
        var data = NmfData<T>.FromDense(Convert(Reference.V), Reference.Samples, Reference.Features);
        SketchStart.Run(
            data, start, SketchScale.Of(data, beta),
            SketchEffort.Of(data, Reference.Rank, beta) with { Iterations = iterations, Plain = 2 }, 0, team, default);
        return (TestData.ToDoubles(start.Dictionary), TestData.ToDoubles(start.Activations!));
    }

    private static void AssertAll(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance * expected.Max());
    }

    private sealed record Goldens(
        int Samples, int Features, int Rank, double[] V, double[] H0, double[] W0, GoldenRun[] Runs);

    private sealed record GoldenRun(double Beta, double[][] H, double[][] W);
}

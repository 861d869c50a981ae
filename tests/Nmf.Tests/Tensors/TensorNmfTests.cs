using Nmf.Kernels;
using Nmf.Kernels.Tests;

namespace Nmf.Tests;

/// <summary>What every fit of a tensor has to keep.</summary>
public sealed class TensorNmfTests
{
    private static readonly IterationOptions Sixty = new() { MaximumIterations = 60, CheckInterval = 7, Tolerance = 0 };

    private static Planted Small { get; } = new([9, 8, 7], 3, seed: 1, noise: 0.3);

    public static TheoryData<NmfSolver, double> Solvers => new()
    {
        { NmfSolver.Hals, 2 },
        { NmfSolver.ExtrapolatedHals, 2 },
        { NmfSolver.MultiplicativeUpdate, 2 },
        { NmfSolver.MultiplicativeUpdate, 0 },
        { NmfSolver.MultiplicativeUpdate, 0.5 },
        { NmfSolver.MajorizationMinimization, -1 },
        { NmfSolver.MajorizationMinimization, 3 },
        { NmfSolver.ExtrapolatedMultiplicativeUpdate, 1 },
        { NmfSolver.ExtrapolatedMultiplicativeUpdate, 1.3 },
        { NmfSolver.ExtrapolatedMultiplicativeUpdate, 2 },
    };

    [Theory]
    [MemberData(nameof(Solvers))]
    public void The_objective_never_increases_factors_stay_nonnegative_and_a_step_allocates_nothing(
        NmfSolver solver, double beta)
    {
        using var team = new WorkTeam(1);
        var options = new TensorNmfOptions { Rank = 4, Beta = beta, Solver = solver };
        var model = CpSolver<double>.Create(
            Small.Dense<double>(), options, TensorStart.Random<double>(Small.Shape, 4, 1, 5, 0), team);
        var previous = model.Objective();
        for (var i = 0; i < 150; i++)
        {
            model.Step();
            var current = model.Objective();
            Assert.True(current <= previous + (1e-10 * previous), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
        }

        Assert.All(model.Factors, factor => Assert.True(factor.ToRowMajor().All(x => x >= 0 && double.IsFinite(x))));
        Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 60; i++)
            {
                model.Step();
                model.Objective();
            }
        });
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Factors_that_fit_exactly_are_a_fixed_point(NmfSolver solver, double beta)
    {
        var exact = new Planted([6, 5, 4], 2, seed: 3);
        using var team = new WorkTeam(1);
        Matrix<double>[] factors = [.. exact.Factors.Select(
            factor => Matrix<double>.FromRowMajor([.. factor.SelectMany(row => row)], factor.Length, 2))];
        var before = factors.Select(factor => factor.ToRowMajor()).ToArray();
        var model = CpSolver<double>.Create(
            exact.Dense<double>(), new() { Rank = 2, Beta = beta, Solver = solver }, factors, team);
        Assert.Equal(0, model.Objective(), 1e-12);
        for (var i = 0; i < 3; i++)
            model.Step();
        foreach (var (expected, actual) in before.Zip(factors))
            Assert.All(expected.Zip(actual.ToRowMajor()), pair => Assert.Equal(pair.First, pair.Second, 1e-8));
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    [InlineData(0.0)]
    public void Planted_components_are_found_again_one_by_one(double beta)
    {
        var planted = new Planted([12, 11, 10], 3, seed: 4, noise: 0.05);
        var model = TensorNmf.Fit(
            planted.Dense<double>(),
            new TensorNmfOptions { Rank = 3, Beta = beta, Iterations = new() { MaximumIterations = 2000 } });
        Assert.True(planted.Similarity(model) > 0.99, $"{planted.Similarity(model)}");
        Assert.True(model.ExplainedPart > 0.99, $"{model.ExplainedPart}");
        Assert.Equal(model.Weights.OrderDescending(), model.Weights);
        for (var k = 0; k < 3; k++)
            Assert.All(model.Factors, factor => Assert.Equal(
                1, Enumerable.Range(0, factor.Rows).Sum(i => factor[i, k] * factor[i, k]), 1e-12));
        Assert.Equal(planted.Values[137], model.Predict(planted.Indices(137)), 0.1 * planted.Values[137]);
    }

    [Fact]
    public void Threads_change_no_bit_seeds_reproduce_and_the_best_start_is_kept()
    {
        foreach (var beta in new[] { 2.0, 1, 0 })
        {
            var options = new TensorNmfOptions { Rank = 3, Beta = beta, Starts = 3, Iterations = Sixty, Threads = 1 };
            var one = TensorNmf.Fit(Small.Dense<float>(), options);
            AssertSame(one, TensorNmf.Fit(Small.Dense<float>(), options with { Threads = 3 }));
            Assert.Equal(one.Report!.StartObjectives.Min(), one.Report.Objective);
            Assert.Equal(3, one.Report.StartObjectives.Distinct().Count());
            var other = TensorNmf.Fit(Small.Dense<float>(), options with { Seed = 8 });
            Assert.NotEqual(one.Report.StartObjectives, other.Report!.StartObjectives);
        }
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public void Another_unit_of_the_data_is_the_same_fit(double beta)
    {
        var options = new TensorNmfOptions { Rank = 3, Beta = beta, Iterations = Sixty };
        var plain = TensorNmf.Fit(Small.Dense<float>(), options);
        foreach (var exponent in new[] { -40, 40 })
        {
            var scaled = TensorNmf.Fit(Small.Dense<float>(Math.ScaleB(1, exponent)), options);
            Assert.Equal(plain.Weights.Select(weight => Math.ScaleB(weight, exponent)), scaled.Weights);
            for (var n = 0; n < 3; n++)
                Assert.Equal(plain.Factors[n].ToRowMajor(), scaled.Factors[n].ToRowMajor());
            Assert.Equal(
                plain.Report!.Objective * Math.Pow(2, exponent * beta), scaled.Report!.Objective,
                1e-9 * scaled.Report.Objective);
        }
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    [InlineData(0.0)]
    public void Float_follows_double(double beta)
    {
        var options = new TensorNmfOptions { Rank = 3, Beta = beta, Starts = 1, Iterations = Sixty };
        var single = TensorNmf.Fit(Small.Dense<float>(), options);
        var twice = TensorNmf.Fit(Small.Dense<double>(), options);
        Assert.Equal(twice.Report!.Objective, single.Report!.Objective, 1e-3 * twice.Report.Objective);
    }

    [Fact]
    public void A_fit_interrupted_after_every_checkpoint_ends_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            foreach (var beta in new[] { 2.0, 1, 0 })
            {
                var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
                var options = new TensorNmfOptions { Rank = 3, Beta = beta, Starts = 2, Iterations = Sixty };
                var whole = TensorNmf.Fit(Small.Dense<double>(), options);
                TensorNmfModel<double>? resumed = null;
                var interruptions = 0;
                while (resumed is null)
                {
                    var reports = 0;
                    try
                    {
                        resumed = TensorNmf.Fit(
                            Small.Dense<double>(), options, checkpoint: checkpoint, progress: new Watch(p =>
                            {
                                if (p.Iteration is > 0 and < 60 && ++reports == 2)
                                    throw new OperationCanceledException();
                            }));
                    }
                    catch (OperationCanceledException)
                    {
                        interruptions++;
                    }
                }

                Assert.True(interruptions > 5, $"The fit was interrupted {interruptions} times only.");
                AssertSame(whole, resumed);
                using var source = new CancellationTokenSource();
                Assert.ThrowsAny<OperationCanceledException>(() => TensorNmf.Fit(
                    Small.Dense<double>(), options, checkpoint: checkpoint, cancellationToken: source.Token,
                    progress: new Watch(p => Cancel(p, source))));
                Assert.Throws<NmfCheckpointException>(() => TensorNmf.Fit(
                    Small.Dense<double>(), options with { Seed = 3 }, checkpoint: checkpoint));
                File.Delete(checkpoint.Path);
            }
        }
        finally
        {
            folder.Delete(true);
        }

        static void Cancel(FitProgress progress, CancellationTokenSource source)
        {
            if (progress.Iteration > 20)
                source.Cancel();
        }
    }

    [Fact]
    public void A_matrix_is_a_tensor_of_two_modes()
    {
        var values = TestData.Positive(15, 12, 3, 1);
        var options = new TensorNmfOptions { Rank = 3, Beta = 1, Solver = NmfSolver.MultiplicativeUpdate };
        using var team = new WorkTeam(1);
        var start = TensorStart.Random<double>([15, 12], 3, 1, 2, 0);
        var tensor = CpSolver<double>.Create(
            NmfTensor<double>.FromDense(values, [15, 12]), options, [.. start.Select(f => f.Clone())], team);
        var matrix = new MultiplicativeSolver<double>(
            TestData.Dense<double>(values, 15, 12), 1, 1, new NmfStart<double>(start[1], start[0]), team);
        for (var i = 0; i < 20; i++)
        {
            tensor.Step();
            matrix.Step();
            Assert.Equal(matrix.Objective(), tensor.Objective(), 1e-11 * matrix.Objective());
        }
    }

    private static void AssertSame<T>(TensorNmfModel<T> expected, TensorNmfModel<T> actual)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        Assert.Equal(expected.Weights, actual.Weights);
        for (var n = 0; n < expected.Order; n++)
            Assert.Equal(expected.Factors[n].ToRowMajor(), actual.Factors[n].ToRowMajor());
    }

    private sealed class Watch(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}

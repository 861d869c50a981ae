using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Guided components: the penalty against an independent numpy program and finite differences, and what it is
/// there for.</summary>
public sealed class SeedPenaltyTests
{
    private static readonly int[] Iterations = [0, 1, 2, 10, 100, 1000];

    public static TheoryData<double, double[]> Trajectories => new()
    {
        { 0, [76.6441053452, 28.4514784251, 23.5801283177,
            14.7323032677, 9.5602063102, 9.5597907951] },
        { 1, [411.8241222104, 171.6469560088, 144.9284307538,
            71.8830350312, 69.3743212805, 69.3743212803] },
        { 2, [3015.5542057815, 1861.7282455298, 1594.1324199353,
            706.0533062660, 601.5443247876, 601.5171046419] },
    };

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Double_follows_the_golden_objectives(double beta, double[] golden)
    {
        var data = Fixture.Data<double>();
        using var team = new WorkTeam(1);
        var solver = Solver<double>.Create(
            data, Options(beta, new SeedPenalty([[0], [1, 2]], 0.5)), Fixture.Start<double>(), team);
        var done = 0;
        for (var i = 0; i < Iterations.Length; i++)
        {
            for (; done < Iterations[i]; done++)
                solver.Step();
            Assert.Equal(golden[i], solver.Objective(), 1e-8 * Math.Abs(golden[i]));
        }
    }

    [Theory]
    [InlineData(-0.5)]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_objective_never_increases(double beta)
    {
        var data = TestData.Dense<double>(TestData.Positive(31, 17, 4, 1), 31, 17);
        using var team = new WorkTeam(2);
        foreach (var weight in new[] { 0.1, 3, 100 })
        {
            var solver = Solver<double>.Create(
                data, Options(beta, new SeedPenalty([[0, 3], [], [5, 6, 7]], weight)) with { Rank = 4 },
                TestData.Start<double>(31, 17, 4, 2), team);
            var first = solver.Objective();
            var previous = first;
            for (var i = 0; i < 150; i++)
            {
                solver.Step();
                var current = solver.Objective();
                Assert.True(
                    current <= previous + (1e-10 * Math.Abs(previous)),
                    $"beta {beta}, weight {weight}, iteration {i}: {previous:R} -> {current:R}");
                previous = current;
            }

            Assert.True(previous < first);
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void What_it_adds_to_the_gradient_is_its_derivative(double beta)
    {
        var data = TestData.Dense<double>(TestData.Positive(20, 9, 3, 1), 20, 9);
        using var team = new WorkTeam(1);
        var term = Assert.Single(FactorPenalty<double>.Create(
            [new SeedPenalty([[0, 3], [2]], 0.7).OfData(data, beta)], 3, 20));
        var start = TestData.Start<double>(20, 9, 3, 3);
        var (w, h) = (start.Dictionary, start.Activations!);
        var terms = new PenaltyTerms<double>(new(9, 3), new(9, 3));
        term.AddForDictionary(Point(), terms);
        for (var f = 0; f < 9; f++)
        {
            for (var k = 0; k < 3; k++)
            {
                var gradient = terms.Positive[f, k] - terms.Negative[f, k] + terms.Linear[k];
                var (value, step) = (w[f, k], 1e-6);
                w[f, k] = value + step;
                var above = term.Value(Point());
                w[f, k] = value - step;
                var below = term.Value(Point());
                w[f, k] = value;
                Assert.Equal((above - below) / (2 * step), gradient, 1e-5 * (1 + Math.Abs(gradient)));
            }
        }

        PenaltyPoint<double> Point()
        {
            var point = new PenaltyPoint<double>(w, h, new double[3], new double[3], team);
            FactorKernels.ColumnSums(w, point.SumW);
            FactorKernels.ColumnSums(h, point.SumH);
            return point;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_unit_of_the_data_does_not_matter(double beta)
    {
        var values = TestData.Positive(40, 12, 3, 5);
        var options = Options(beta, new SeedPenalty([[0, 1], [4]])) with { Iterations = new() { Tolerance = 1e-5 } };
        var model = NmfFactorizer.Fit(TestData.Dense<double>(values, 40, 12), options);
        var large = NmfFactorizer.Fit(
            TestData.Dense<double>(Array.ConvertAll(values, v => Math.ScaleB(v, 60)), 40, 12), options);
        Assert.Equal(model.Dictionary.ToRowMajor(), large.Dictionary.ToRowMajor());
        Assert.Equal(model.Report.Iterations, large.Report.Iterations);
        Assert.Equal(
            Math.ScaleB(model.Report.Objective, (int)(60 * beta)), large.Report.Objective,
            1e-9 * Math.Abs(large.Report.Objective));
    }

    [Fact]
    public void Sparse_data_weigh_their_seeds_as_dense_data_do()
    {
        var values = TestData.Counts(60, 15, 3, 2);
        var options = Options(1, new SeedPenalty([[0], [1, 2]], 2));
        var dense = NmfFactorizer.Fit(TestData.Dense<double>(values, 60, 15), options);
        var sparse = NmfFactorizer.Fit(TestData.Sparse<double>(values, 60, 15), options);
        Assert.Equal(dense.Report.Objective, sparse.Report.Objective, 1e-6 * Math.Abs(dense.Report.Objective));
    }

    [Fact]
    public void Every_component_gets_the_block_of_its_seed_whatever_the_seed_of_the_start()
    {
        // Four blocks of features; the seeds name one feature of each block, in another order than the blocks have.
        var random = new Random(3);
        var values = new double[200 * 20];
        for (var n = 0; n < 200; n++)
        {
            for (var f = 0; f < 20; f++)
                values[(n * 20) + f] = f / 5 == n % 4 ? random.Next(6) : random.Next(10) == 0 ? 1 : 0;
        }

        int[] seeds = [12, 2, 17, 7];
        for (var seed = 0; seed < 5; seed++)
        {
            var model = NmfFactorizer.Fit(
                TestData.Sparse<float>(values, 200, 20), new NmfOptions
                {
                    Rank = 4, Seed = seed, Problem = new BetaNmf(1)
                    {
                        Penalties = [new SeedPenalty([.. seeds.Select(f => new[] { f })])],
                    },
                });
            for (var k = 0; k < 4; k++)
            {
                var block = seeds[k] / 5;
                var share = Enumerable.Range(block * 5, 5).Sum(f => model.Dictionary[f, k])
                    / Enumerable.Range(0, 20).Sum(f => model.Dictionary[f, k]);
                Assert.True(share > 0.7, $"seed {seed}, component {k}: {share}");
            }
        }
    }

    [Fact]
    public void What_does_not_go_with_seeds_is_named()
    {
        var data = TestData.Dense<double>(TestData.Positive(10, 6, 2, 1), 10, 6);
        Refused("seeds for 4 components", Options(1, new SeedPenalty([[0], [1], [2], [3]])));
        Refused("seed 6, but the data have the features 0 to 5", Options(1, new SeedPenalty([[6]])));
        Refused("seed -1", Options(1, new SeedPenalty([[-1]])));
        Refused("there twice", Options(1, new SeedPenalty([[1, 1]])));
        Refused("finite and at least 0", Options(1, new SeedPenalty([[1]], double.NaN)));
        Refused("one Seed penalty", Options(1, new SeedPenalty([[1]]), new SeedPenalty([[2]])));
        Refused("quadratic", Options(2, new SeedPenalty([[1]]), new L2Penalty(1)));
        Refused("are known", Options(1, new SeedPenalty([[1]])) with
        {
            Problem = new BetaNmf(1)
            {
                Penalties = [new SeedPenalty([[1]])],
                Known = KnownComponents.FromColumns([new double[] { 1, 1, 1, 1, 1, 1 }]),
            },
        });

        void Refused(string part, NmfOptions options)
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => NmfFactorizer.Fit(data, options));
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    private static NmfOptions Options(double beta, params NmfPenalty[] penalties)
        => new() { Rank = 3, Problem = new BetaNmf(beta) { Penalties = penalties } };
}

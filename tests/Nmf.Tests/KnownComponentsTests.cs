using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Semi-supervised fits: some columns of the dictionary are known and stay.</summary>
public sealed class KnownComponentsTests
{
    private const int Samples = 37;
    private const int Features = 29;
    private const int Rank = 5;

    private const int Known = 2;

    private static readonly int[] Iterations = [0, 1, 2, 10, 100];

    /// <summary>Computed by tests/goldens/make_fixed_components.py.</summary>
    public static TheoryData<double, double, double[]> Trajectories => new()
    {
        { -1, 0, [18.2719328482, 4.7872460845, 3.2085051612, 2.7429876668, 1.4647037178] },
        { 0, 0, [60.9924104459, 15.2462270398, 11.4709412343, 9.8118957601, 5.9531263628] },
        { 0.5, 0, [118.7830912221, 28.3549010980, 24.3388170958, 19.1200137686, 12.7077417957] },
        { 1, 0, [242.8617554397, 58.4875731602, 55.8131639978, 36.2176511078, 27.2630540549] },
        { 2, 0, [1191.5804081633, 407.2836997599, 379.9961883281, 228.1743093825, 155.7926456530] },
        { 3, 0, [7288.7324361030, 4903.6543640989, 3699.3865874079, 2697.7160002438, 1221.7809640752] },
        { 0, 0.5, [126.2638390173, 112.5179661788, 111.3375947001, 108.9158566296, 103.8456335759] },
        { 1, 0.5, [308.1331840112, 208.9151282683, 206.2407191060, 186.6452062159, 177.6906091630] },
    };

    public static TheoryData<NmfSolver, double, NmfPenalty[]> Fits
    {
        get
        {
            var fits = new TheoryData<NmfSolver, double, NmfPenalty[]>();
            foreach (var beta in new[] { -1, 0, 0.5, 1, 1.5, 2, 3 })
            {
                foreach (var solver in new[] { NmfSolver.Auto, NmfSolver.MajorizationMinimization })
                    fits.Add(solver, beta, []);
                fits.Add(
                    NmfSolver.Auto, beta, [new L1Penalty(0.3), new L2Penalty(0.2),
                        new L2Penalty(0.2) { Factor = PenalizedFactor.Dictionary }]);
                fits.Add(
                    NmfSolver.Auto, beta,
                    [new GroupPenalty([[0, 1], [2, 3, 4]], [0.5, 1.5], 0.1), new SmoothnessPenalty(0.5)]);
                if (beta is >= 0 and <= 2)
                    fits.Add(NmfSolver.MultiplicativeUpdate, beta, []);
            }

            fits.Add(NmfSolver.Auto, 0, [new ItakuraSaitoSmoothness(3)]);
            return fits;
        }
    }

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Objectives_follow_an_independent_program(double beta, double penalty, double[] golden)
    {
        var data = Fixture.Data<double>();
        // The program keeps the second component; known ones come first here.
        var given = Fixture.Start<double>();
        var start = new NmfStart<double>(
            Components.Select(given.Dictionary, [1, 0, 2]), Components.Select(given.Activations!, [1, 0, 2]));
        using var team = new WorkTeam(1);
        var options = new NmfOptions
        {
            Rank = Fixture.Rank,
            Problem = new BetaNmf(beta) { Penalties = penalty > 0 ? [new L1Penalty(penalty)] : [], Known = KnownOf(
                start, 1) },
            Solver = NmfSolver.MajorizationMinimization,
        };
        var solver = Solver<double>.Create(data, options, start, team);
        var done = 0;
        for (var i = 0; i < Iterations.Length; i++)
        {
            for (; done < Iterations[i]; done++)
                solver.Step();
            Assert.Equal(golden[i], solver.Objective(), (1e-9 * golden[i]) + 6e-11);
        }
    }

    [Theory]
    [MemberData(nameof(Fits))]
    public void The_objective_never_increases_and_fixed_columns_keep_their_bits(
        NmfSolver kind, double beta, NmfPenalty[] penalties)
    {
        foreach (var (sparse, missing) in new[] { (false, false), (true, false), (false, true) })
        {
            if (sparse && beta <= 0)
                continue;
            var data = Data(sparse, missing, beta);
            var start = TestData.Start<double>(Samples, Features, Rank, 2);
            var before = start.Dictionary.Clone();
            using var team = new WorkTeam(2);
            var solver = Solver<double>.Create(
                data, new NmfOptions { Rank = Rank, Problem =
                    new BetaNmf(beta) { Penalties = penalties, Known = KnownOf(start, Known) }, Solver = kind },
                start, team);
            var first = solver.Objective();
            var previous = first;

            // More than fifty steps, so that the change of scale between the factors is among them.
            for (var i = 0; i < 70; i++)
            {
                solver.Step();
                var current = solver.Objective();
                Assert.True(
                    current <= previous + (1e-9 * Math.Abs(previous)), $"Iteration {i}: {previous:R} -> {current:R}");
                previous = current;
            }

            Assert.True(previous < first);
            AssertKept(before, solver.W);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_fit_keeps_values_places_and_scale_of_what_is_known_and_scales_the_rest(double beta)
    {
        var data = Data(sparse: false, missing: false, beta);
        var start = TestData.Start<double>(Samples, Features, Rank, 3);
        var options = new NmfOptions { Rank = Rank, Problem = new BetaNmf(beta) { Known = KnownOf(
            start, Known) }, Iterations = new() { MaximumIterations = 100 }, Starts = 2 };
        var model = NmfFactorizer.Fit(data, options, start);
        AssertKept(start.Dictionary, model.Dictionary);
        foreach (var k in Enumerable.Range(Known, Rank - Known))
            Assert.Equal(1, Enumerable.Range(0, Features).Sum(f => model.Dictionary[f, k]), 1e-12);
        if (beta > 0)
        {
            var again = model.Transform(data);
            Assert.Equal(model.Activations.ToRowMajor(), again.ToRowMajor());
        }
    }

    [Fact]
    public void Rows_of_a_known_component_stay_where_no_entry_was_observed()
    {
        var values = TestData.Positive(Samples, Features, Rank, 1);
        for (var n = 0; n < Samples; n++)
            values[(n * Features) + 4] = double.NaN;
        var data = TestData.DenseObserved<double>(values, Samples, Features);
        var start = TestData.Start<double>(Samples, Features, Rank, 3);
        var model = NmfFactorizer.Fit(
            data, new NmfOptions { Rank = Rank, Problem = new BetaNmf(1) { Known = KnownOf(start, Known) },
                Iterations = new() { MaximumIterations = 20 } }, start);
        AssertKept(start.Dictionary, model.Dictionary);
        Assert.Equal(0, model.Dictionary[4, Known]);
    }

    [Fact]
    public void Where_the_known_components_explain_everything_the_others_vanish()
    {
        // Components that are sparse and far from each other, so that no free one can stand in for them.
        var random = new Random(5);
        var known = new Matrix<double>(Features, 3);
        for (var f = 0; f < Features; f++)
            known[f, f % 3] = 0.5 + random.NextDouble();
        var values = new double[Samples * Features];
        for (var n = 0; n < Samples; n++)
        {
            var h = new[] { random.NextDouble(), random.NextDouble(), random.NextDouble() };
            for (var f = 0; f < Features; f++)
                values[(n * Features) + f] = h[f % 3] * known[f, f % 3];
        }

        var data = TestData.Dense<double>(values, Samples, Features);
        var options = new NmfOptions
        {
            Rank = 5, Problem = new BetaNmf(1) { Penalties = [new GroupPenalty([[0, 1, 2], [3, 4]], [0, 1], 0.01)],
                Known = KnownComponents.FromDictionary(known) },
            Iterations = new() { MaximumIterations = 500, Tolerance = 0 },
        };
        var model = NmfFactorizer.Fit(data, options);
        Assert.True(model.Contributions[3] + model.Contributions[4] < 1e-3, string.Join(", ", model.Contributions));
        Assert.True(model.ExplainedPart > 0.999);
    }

    [Fact]
    public void A_fit_without_a_start_has_known_components_and_shares_out_the_mean()
    {
        var data = TestData.Dense<double>(TestData.Positive(Samples, Features, Rank, 1), Samples, Features);
        var known = TestData.Start<double>(Samples, Features, 2, 7);
        for (var f = 0; f < Features; f++)
            known.Dictionary[f, 1] *= 1000;
        var options = new NmfOptions
        {
            Rank = Rank, Problem = new BetaNmf { Known = KnownComponents.FromDictionary(known.Dictionary) }, Seed = 4
        };
        using var team = new WorkTeam(1);
        var start = options.Problem.CreateStart(data, options, 0, team, default);
        var shares = Components.Contributions(start.Dictionary, start.Activations!);
        Assert.All(shares, share => Assert.InRange(share, 0.1, 0.35));
        double total = 0;
        for (var n = 0; n < Samples; n++)
        {
            for (var f = 0; f < Features; f++)
            {
                for (var k = 0; k < Rank; k++)
                    total += start.Activations![n, k] * start.Dictionary[f, k];
                Assert.Equal(known.Dictionary[f, 0], start.Dictionary[f, 0]);
                Assert.Equal(known.Dictionary[f, 1], start.Dictionary[f, 1]);
            }
        }

        Assert.InRange(total / data.Sum, 0.7, 1.4);
    }

    [Fact]
    public void Threads_do_not_matter_and_an_interrupted_fit_ends_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var data = TestData.Dense<float>(TestData.Positive(700, 90, Rank, 1), 700, 90);
            var start = TestData.Start<float>(700, 90, Rank, 3);
            var options =
                new NmfOptions { Rank = Rank, Problem = new BetaNmf(0) { Known = KnownOf(start, Known) }, Iterations =
                    new() { MaximumIterations = 67, CheckInterval = 13, Tolerance = 0 }, Threads = 1, Starts = 2 };
            var whole = NmfFactorizer.Fit(data, options, start);
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            var reports = 0;
            Assert.Throws<OperationCanceledException>(() => NmfFactorizer.Fit(
                data, options with { Threads = 3 }, start, checkpoint, new Recorder(_ =>
                {
                    if (++reports == 9)
                        throw new OperationCanceledException();
                })));
            Assert.True(File.Exists(checkpoint.Path));
            var resumed = NmfFactorizer.Fit(data, options with { Threads = 2 }, start, checkpoint);
            Assert.Equal(whole.Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
            Assert.Equal(whole.Activations.ToRowMajor(), resumed.Activations.ToRowMajor());
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Theory]
    [InlineData(NmfSolver.Auto)]
    [InlineData(NmfSolver.MultiplicativeUpdate)]
    public void A_step_allocates_nothing(NmfSolver kind)
    {
        var data = TestData.Dense<float>(TestData.Positive(Samples, Features, Rank, 1), Samples, Features);
        var start = TestData.Start<float>(Samples, Features, Rank, 21);
        using var team = new WorkTeam(1);
        var solver = Solver<float>.Create(
            data,
            new NmfOptions { Rank = Rank, Problem = new BetaNmf(0) { Known = KnownOf(start, Known) }, Solver = kind },
            start, team);
        Kernels.Tests.Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 60; i++)
                solver.Step();
        });
    }

    [Fact]
    public void What_does_not_go_together_is_named()
    {
        var data = TestData.Dense<float>(TestData.Positive(Samples, Features, 2, 1), Samples, Features);
        var known = KnownComponents.FromColumns([new float[Features]]);
        var problem = new BetaNmf { Known = known };
        var options = new NmfOptions { Rank = 2, Problem = problem };
        foreach (var (changed, text) in new[]
        {
            (options with { Problem = problem with { Known = KnownComponents.FromColumns(
                [new double[Features], new double[Features], new double[Features]]) } },
                "3 known components, but the rank is 2"),
            (options with { Solver = NmfSolver.Hals }, "solver Hals moves all components"),
            (options with { Problem = problem with { Beta = 1 }, Solver = NmfSolver.JointMajorizationMinimization },
                "JointMajorizationMinimization moves all components"),
            (options with { Problem = problem with { Annealing = new BetaAnnealing() } }, "annealing"),
            (options with { Problem = problem with { Known = KnownComponents.FromColumns([new float[Features - 1]]) } },
                $"{Features - 1} features"),
        })
        {
            Assert.Contains(
                text, Assert.Throws<ArgumentException>(() => NmfFactorizer.Fit(data, changed)).Message,
                StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => KnownComponents.FromColumns(Array.Empty<float[]>()));
        Assert.Throws<ArgumentException>(() => KnownComponents.FromColumns([new float[2], new float[3]]));
        var matrix = new Matrix<float>(3, 2);
        Assert.Contains(
            "3 x 3", Assert.Throws<ArgumentException>(
                () => KnownComponents.FromDictionary(matrix, new Matrix<float>(3, 3))).Message,
            StringComparison.Ordinal);
        matrix[2, 1] = -1;
        var error = Assert.Throws<NmfDataException>(() => KnownComponents.FromDictionary(matrix));
        Assert.Contains("Known component 1 holds -1 at feature 2", error.Message, StringComparison.Ordinal);
    }

    private static KnownComponents KnownOf<T>(NmfStart<T> start, int count)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => KnownComponents.FromDictionary(Components.Select(start.Dictionary, [.. Enumerable.Range(0, count)]));

    private static NmfData<double> Data(bool sparse, bool missing, double beta)
    {
        var values =
            beta > 0 ? TestData.Counts(Samples, Features, Rank, 1) : TestData.Positive(Samples, Features, Rank, 1);
        for (var i = 0; missing && i < values.Length; i += 3)
            values[i] = double.NaN;
        return sparse ? TestData.Sparse<double>(values, Samples, Features)
            : missing ? TestData.DenseObserved<double>(values, Samples, Features)
            : TestData.Dense<double>(values, Samples, Features);
    }

    private static void AssertKept(Matrix<double> expected, Matrix<double> actual)
    {
        for (var f = 0; f < Features; f++)
        {
            for (var k = 0; k < Rank; k++)
            {
                if (k < Known)
                    Assert.Equal(expected[f, k], actual[f, k]);
            }
        }

        Assert.NotEqual(expected[0, Known], actual[0, Known]);
    }

    private sealed class Recorder(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}

using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Penalised fits against numbers of an independent numpy program, against finite differences, and against
/// their own inference.</summary>
public sealed class PenaltyTests
{
    private const int Samples = 31;
    private const int Features = 17;
    private const int Rank = 4;

    private static readonly int[] Iterations = [0, 1, 2, 10, 100, 1000];

    public static TheoryData<double, NmfPenalty, double[]> Trajectories => new()
    {
        { 0, new L1Penalty(0.5),
            [126.2638390173, 112.0561616400, 111.3355305268, 108.2294382534, 101.2292994115, 101.0195170411] },
        { 1, new L1Penalty(0.5),
            [308.1331840112, 208.4143791749, 206.4189972359, 179.0637708829, 169.7627965503, 169.5795668209] },
        { 2, new L1Penalty(0.5),
            [1256.8518367347, 583.5240043266, 559.6815372626, 358.4582171602, 303.8873612377, 303.0032791022] },
        { 0, new ItakuraSaitoSmoothness(2),
            [64.4796583792, 16.2308132278, 12.7051244841, 12.0696206858, 10.0245962641, 9.7635807334] },
        { 0, new ItakuraSaitoSmoothness(2) { Direction = SmoothnessDirection.CurrentAgainstPrevious },
            [65.5474313548, 16.2095671194, 12.6618959779, 12.0403809394, 10.0393018140, 9.6772620915] },
        { 0, new GroupPenalty([[0], [1, 2]], 1, 0.1) { ScaleGuarded = false },
            [66.5685306585, 25.9840114434, 22.4890497822, 5.2026201055, -29.7219381766, -33.7121490306] },
    };

    public static TheoryData<double, NmfPenalty[]> Combinations
    {
        get
        {
            var data = new TheoryData<double, NmfPenalty[]>();
            foreach (var beta in new[] { 0, 0.5, 1, 1.5, 2, 3 })
            {
                data.Add(beta, [new L1Penalty(0.3)]);
                data.Add(beta, [new L1Penalty(0.3) { Factor = PenalizedFactor.Dictionary }]);
                data.Add(beta, [new L2Penalty(0.4)]);
                data.Add(beta, [new L2Penalty(0.4) { Factor = PenalizedFactor.Dictionary }]);
                data.Add(
                    beta, [new L1Penalty(0.3), new L2Penalty(0.4),
                        new L2Penalty(0.2) { Factor = PenalizedFactor.Dictionary }]);
                data.Add(beta, [new LogPenalty(0.5, 0.1)]);
                data.Add(beta, [new GroupPenalty([[0, 2], [1, 3]], [0.5, 1.5], 0.1)]);
                data.Add(beta, [new SmoothnessPenalty(0.7)]);
                data.Add(
                    beta,
                    [new SmoothnessPenalty(0.7), new L1Penalty(0.2), new GroupPenalty([[0, 2], [1, 3]], 0.3, 0.1)]);
            }

            data.Add(0, [new ItakuraSaitoSmoothness(3), new L1Penalty(0.2)]);
            data.Add(
                0, [new ItakuraSaitoSmoothness(3) { Direction = SmoothnessDirection.CurrentAgainstPrevious },
                    new GroupPenalty([[0, 2], [1, 3]], 0.3, 0.1)]);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Double_follows_the_golden_objectives(double beta, NmfPenalty penalty, double[] golden)
        => Follow<double>(beta, penalty, golden, 1e-9, 1e-6);

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Float_follows_the_golden_objectives(double beta, NmfPenalty penalty, double[] golden)
        => Follow<float>(beta, penalty, golden, 1e-5, 1e-4);

    [Theory]
    [MemberData(nameof(Combinations))]
    public void The_penalised_objective_never_increases(double beta, NmfPenalty[] penalties)
    {
        var data = TestData.Dense<double>(TestData.Positive(Samples, Features, Rank, 1), Samples, Features);
        var start = TestData.Start<double>(Samples, Features, Rank, 2);
        using var team = new WorkTeam(2);
        var solver = Solver<double>.Create(data, Options(beta, penalties), start, team);
        var previous = solver.Objective();
        var first = previous;
        for (var i = 0; i < 150; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(
                current <= previous + (1e-10 * Math.Abs(previous)), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
        }

        Assert.True(previous < first);
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void What_a_penalty_adds_to_the_gradients_is_its_derivative(double beta, NmfPenalty[] penalties)
    {
        Derivatives(beta, penalties, Samples);

        // Of several blocks of samples.
        Derivatives(beta, penalties, 531);
    }

    private static void Derivatives(double beta, NmfPenalty[] penalties, int samples)
    {
        var start = TestData.Start<double>(samples, Features, Rank, 3);
        using var team = new WorkTeam(2);
        var terms = FactorPenalty<double>.Create(((BetaNmf)Options(beta, penalties).Problem).Penalties, Rank, samples);
        Assert.NotEmpty(terms);
        var (w, h) = (start.Dictionary, start.Activations!);
        foreach (var (factor, ofActivations) in new[] { (h, true), (w, false) })
        {
            var collected = new PenaltyTerms<double>(
                new(factor.Rows, Rank), new(factor.Rows, Rank));
            foreach (var term in terms)
            {
                if (ofActivations)
                    term.AddForActivations(Point(), collected);
                else
                    term.AddForDictionary(Point(), collected);
            }

            for (var i = 0; i < factor.Rows; i += factor.Rows > Samples ? 53 : 5)
            {
                for (var k = 0; k < Rank; k++)
                {
                    var gradient = collected.Positive[i, k] + collected.Curvature[i, k] - collected.Negative[i, k]
                        + collected.Linear[k] + collected.ConstantCurvature[k]
                        + (collected.Quadratic[k] * factor[i, k]);
                    Assert.Equal(Difference(factor, i, k), gradient, 1e-5 * (1 + Math.Abs(gradient)));
                    if (ofActivations && !penalties.Any(penalty => penalty.TiesSamples))
                        Assert.Equal(gradient, OfRow(i, k), 1e-9 * (1 + Math.Abs(gradient)));
                }
            }
        }

        // The same derivative by what the penalties say about the activations of a row alone.
        double OfRow(int i, int k) => terms.Select(term => term.ForRows(Point())).OfType<RowPenalty>().Sum(
            row => row.Linear.ElementAtOrDefault(k) + (row.Quadratic.ElementAtOrDefault(k) * h[i, k])
                + row.Groups.Where(group => group.Components.Contains(k)).Sum(
                    group => group.Weight * Scale(group, k) / (group.Offset + group.Components.Sum(
                        other => Scale(group, other) * h[i, other]))));

        static double Scale(RowPenaltyGroup group, int k) => group.Scales[group.Components.ToList().IndexOf(k)];

        double Difference(Matrix<double> factor, int i, int k)
        {
            const double step = 1e-5;
            var value = factor[i, k];
            factor[i, k] = value + step;
            var above = terms.Sum(term => term.Value(Point()));
            factor[i, k] = value - step;
            var below = terms.Sum(term => term.Value(Point()));
            factor[i, k] = value;
            return (above - below) / (2 * step);
        }

        PenaltyPoint<double> Point()
        {
            double[] sumW = new double[Rank], sumH = new double[Rank];
            FactorKernels.ColumnSums(w, sumW);
            FactorKernels.ColumnSums(h, sumH);
            return new PenaltyPoint<double>(w, h, sumW, sumH, team);
        }
    }

    [Theory]
    [InlineData(1, 1e-3)]
    [InlineData(2, 1e-3)]
    [InlineData(1.5, 5e-3)]
    public void Inference_for_the_training_rows_finds_the_activations_of_a_convex_penalty(double beta, double accuracy)
    {
        NmfPenalty[][] all =
        [
            [new L1Penalty(2)], [new L2Penalty(1)], [new L1Penalty(1) { Factor = PenalizedFactor.Dictionary }],
            [new L1Penalty(1), new L2Penalty(1), new L1Penalty(0.5) { Factor = PenalizedFactor.Dictionary }],
        ];
        foreach (var penalties in all)
        {
            var data = TestData.Dense<double>(TestData.Positive(Samples, Features, Rank, 4), Samples, Features);
            var start = TestData.Start<double>(Samples, Features, Rank, 5);
            using var team = new WorkTeam(1);
            var options = Options(beta, penalties) with
            {
                Iterations = new() { MaximumIterations = 20000, Tolerance = 1e-10, CheckInterval = 50 },
                Inference = new() { Tolerance = 1e-7, MaximumIterations = 20000 }
            };
            var solver = Solver<double>.Create(data, options, start, team);
            FitLoop.Run(solver, options.Iterations, null, CancellationToken.None);
            var inferred = Inference.Run(
                solver.W, data, options.Problem, options.Inference, solver.Terms().Penalty, team,
                CancellationToken.None);
            var plain = Inference.Run(
                solver.W, data, options.Problem, options.Inference, null, team, CancellationToken.None);
            var fitted = solver.H.ToRowMajor();
            var worst = Deviation(fitted, inferred.ToRowMajor());
            Assert.True(worst < accuracy, $"{string.Join(", ", penalties.AsEnumerable())}: {worst:G3}");
            Assert.True(
                Deviation(fitted, plain.ToRowMajor()) > 10 * worst,
                "Without the penalty the activations would be the same: the test proves nothing.");
        }
    }

    [Fact]
    public void The_model_of_a_penalised_fit_has_the_activations_of_transform_and_says_what_it_adds()
    {
        var data = TestData.Dense<float>(TestData.Positive(Samples, Features, Rank, 6), Samples, Features);
        var model = NmfFactorizer.Fit(data, Options(1, [new L1Penalty(2)]) with { Scale = ComponentScale.UnitSum });
        var again = model.Transform(data);
        Assert.Equal(model.Activations.ToRowMajor(), again.ToRowMajor());

        // The dictionary sums to one, so the guard of the weight is one for every component.
        Assert.All(model.Penalty!.Linear, weight => Assert.Equal(2, weight, 1e-5));
        Assert.True(model.Report.Objective > model.Objective);
    }

    [Fact]
    public void A_larger_weight_makes_more_zeros_of_the_activations()
    {
        var data = TestData.Dense<float>(TestData.Positive(Samples, Features, 3, 7), Samples, Features);
        double? before = null;
        foreach (var weight in new[] { 0.01, 1, 5 })
        {
            var model = NmfFactorizer.Fit(data, Options(2, [new L1Penalty(weight)]) with { Iterations = Options(
                2, [new L1Penalty(weight)]).Iterations with { MaximumIterations = 500 } });
            var total = model.Activations.ToRowMajor().Sum(h => (double)h);
            Assert.True(before is null || total < before);
            before = total;
        }
    }

    [Fact]
    public void Groups_keep_the_order_of_the_components()
    {
        var data = TestData.Dense<double>(TestData.Positive(Samples, Features, Rank, 8), Samples, Features);
        var start = TestData.Start<double>(Samples, Features, Rank, 9);
        var options = Options(1, [new GroupPenalty([[0], [1, 2, 3]], [50.0, 0.0], 0.1)]) with
        {
            Scale = ComponentScale.None, Iterations = Options(
                1, [new GroupPenalty([[0], [1, 2, 3]], [50.0, 0.0], 0.1)]).Iterations with { MaximumIterations = 300 }
        };
        var model = NmfFactorizer.Fit(data, options, start);
        Assert.Equal(0, model.Contributions.ToList().IndexOf(model.Contributions.Min()));
        Assert.Equal([0], model.Penalty!.Groups[0].Components);
    }

    [Fact]
    public void Smooth_activations_are_smoother_and_those_of_single_rows_are_not()
    {
        var data = TestData.Dense<double>(TestData.Positive(Samples, Features, Rank, 10), Samples, Features);
        var rough = NmfFactorizer.Fit(
            data, Options(1, []) with { Iterations = Options(1, []).Iterations with { MaximumIterations = 300 } });
        var smooth = NmfFactorizer.Fit(data, Options(1, [new SmoothnessPenalty(5)]) with { Iterations = Options(
            1, [new SmoothnessPenalty(5)]).Iterations with { MaximumIterations = 300 } });
        Assert.True(Roughness(smooth.Activations) < 0.3 * Roughness(rough.Activations));
        var rows = smooth.Transform(data);
        Assert.True(Roughness(rows) > Roughness(smooth.Activations));
        Assert.Null(smooth.Penalty);
    }

    public static TheoryData<NmfPenalty[], string> Refused => new()
    {
        { [new L1Penalty(-1)], "The weight of the L1 penalty is -1" },
        { [new L2Penalty(double.NaN)], "The weight of the L2 penalty is NaN" },
        { [new LogPenalty(1, 0)], "The scale of the Log penalty is 0" },
        { [new GroupPenalty([[0, 1], [2]], 1, 0.1)], "Component 3 is in no group" },
        { [new GroupPenalty([[0, 1], [1, 2, 3]], 1, 0.1)], "Component 1 is in group 0 and in group 1" },
        { [new GroupPenalty([[0, 1], [2, 3, 4]], 1, 0.1)], "names component 4" },
        { [new GroupPenalty([[0, 1], [2, 3]], [1.0], 0.1)], "2 groups but 1 weights" },
        { [new GroupPenalty([[0, 1], [2, 3]], [1.0, -2.0], 0.1)], "The weight of group 1 is -2" },
        { [new GroupPenalty([[0, 1], [2, 3]], 1, 0)], "The offset of the Group penalty is 0" },
        { [new ItakuraSaitoSmoothness(1)], "goes with beta = 0 only" },
        { [null!], "A penalty is null" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Options_out_of_range_are_named(NmfPenalty[] penalties, string message)
        => Assert.Contains(
            message, Assert.Throws<ArgumentException>(Options(1, penalties).Validate).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Penalties_do_not_go_with_every_option()
    {
        Assert.Throws<ArgumentException>((Options(2, [new L1Penalty(1)]) with { Solver = NmfSolver.Hals }).Validate);
        Assert.Throws<ArgumentException>(
            Options(0, [new L2Penalty(1), new ItakuraSaitoSmoothness(1)]).Validate);
    }

    private static NmfOptions Options(double beta, NmfPenalty[] penalties)
        => new() { Rank = Rank, Problem = new BetaNmf(beta) { Penalties = penalties } };

    private static double Deviation(double[] expected, double[] actual)
        => expected.Zip(actual, (x, y) => Math.Abs(x - y)).Max() / expected.Max();

    private static double Roughness(Matrix<double> h)
    {
        double sum = 0, size = 0;
        for (var n = 1; n < h.Rows; n++)
        {
            for (var k = 0; k < h.Columns; k++)
            {
                sum += Math.Pow(h[n, k] - h[n - 1, k], 2);
                size += h[n, k] * h[n, k];
            }
        }

        return sum / size;
    }

    private static void Follow<T>(double beta, NmfPenalty penalty, double[] golden, double relative, double late)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var data = Fixture.Data<T>();
        var start = Fixture.Start<T>();
        using var team = new WorkTeam(1);
        var solver = Solver<T>.Create(
            data, new NmfOptions { Rank = Fixture.Rank, Problem = new BetaNmf(beta) { Penalties = [penalty] } }, start,
            team);
        var done = 0;
        for (var i = 0; i < Iterations.Length; i++)
        {
            for (; done < Iterations[i]; done++)
                solver.Step();
            Assert.Equal(golden[i], solver.Objective(), ((i < 5 ? relative : late) * Math.Abs(golden[i])) + 6e-11);
        }
    }
}

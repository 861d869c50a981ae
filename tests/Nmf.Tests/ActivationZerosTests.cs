using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Zeros of the activations that are known stay in every fit.</summary>
public sealed class ActivationZerosTests
{
    private const int Samples = 30;
    private const int Features = 17;
    private const int Rank = 4;

    public static TheoryData<double, NmfSolver, bool> Fits
    {
        get
        {
            var fits = new TheoryData<double, NmfSolver, bool>();
            foreach (var beta in new[] { -0.5, 0, 0.5, 1, 1.5, 2, 3 })
            {
                foreach (var solver in Enum.GetValues<NmfSolver>())
                {
                    if (solver.RequiredBeta() is { } required && required != beta)
                        continue;
                    fits.Add(beta, solver, false);
                    if (beta > 0)
                        fits.Add(beta, solver, true);
                }
            }

            return fits;
        }
    }

    public static TheoryData<NmfProblem> Problems =>
    [
        new BetaNmf(1) { Penalties = [new L1Penalty(0.1)] },
        new BetaNmf(0) { Penalties = [new L1Penalty(0.1), new L2Penalty(0.1) { Factor = PenalizedFactor.Dictionary }] },
        new BetaNmf(2) { Penalties = [new L2Penalty(0.1)] },
        new BetaNmf(1) { Penalties = [new LogPenalty(0.1, 1)] },
        new BetaNmf(0) { Penalties = [new GroupPenalty([[0, 1], [2, 3]], 0.1, 1)] },
        new BetaNmf(1) { Penalties = [new SmoothnessPenalty(0.1)] },
        new BetaNmf(0) { Penalties = [new SmoothnessPenalty(0.1), new L1Penalty(0.1)] },
        new BetaNmf(2) { Penalties = [new SmoothnessPenalty(0.1)] },
        new BetaNmf(0) { Penalties = [new ItakuraSaitoSmoothness(0.5)] },
        new BetaNmf(0) { Annealing = new BetaAnnealing() },
        new BetaNmf(1) { Known = KnownComponents.FromDictionary(Start(1).Dictionary) },
        new AutomaticRelevance(1),
        new AutomaticRelevance(0),
        new RobustNmf(1, 0.5),
        new RobustNmf(2),
        (NmfProblem)new AlphaDivergence(0.5),
        (NmfProblem)new AlphaDivergence(0),
        (NmfProblem)new AlphaDivergence(-1),
        (NmfProblem)new AlphaDivergence(2),
        (NmfProblem)new BregmanDivergence(new KullbackLeiblerGenerator()),
        (NmfProblem)new BernoulliLikelihood(),
        (NmfProblem)new BernoulliLikelihood(1, 2),
    ];

    [Theory]
    [MemberData(nameof(Fits))]
    public void They_stay_for_every_divergence_and_solver(double beta, NmfSolver solver, bool isSparse)
    {
        var options = new NmfOptions
        {
            Rank = Rank, Problem = beta, Solver = solver, Starts = 2, Iterations = new() { MaximumIterations = 40 },
        };
        var model = NmfFactorizer.Fit(Data(isSparse), options, Start(Rank));
        AssertZeros(model.Activations);
        Assert.All(model.Report.History.Zip(model.Report.History.Skip(1)), pair => Assert.True(
            pair.Second.Objective <= pair.First.Objective * (1 + 1e-9), $"{pair}"));
        Assert.True(model.Report.Objective < 0.9 * model.Report.History[0].Objective);
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void They_stay_for_other_problems(NmfProblem problem)
    {
        // Known components come first, and keep their order.
        var options = new NmfOptions
        {
            Rank = Rank, Problem = problem, Scale = ComponentScale.None,
            Iterations = new() { Tolerance = 0, CheckInterval = 1 },
        };
        var data = problem.Entry.LargestDatum == 1 ? Shares() : Data(false);
        var model = NmfFactorizer.Fit(data, options, Start(Rank));
        Assert.All(model.Report.History.Zip(model.Report.History.Skip(1)), pair => Assert.True(
            problem is BetaNmf { Annealing: not null }
            || pair.Second.Objective <= pair.First.Objective + (1e-9 * Math.Abs(pair.First.Objective)), $"{pair}"));
        if (problem is not AutomaticRelevance)
            AssertZeros(model.Activations);
        Assert.True(Zeros(model.Activations) >= (problem is AutomaticRelevance ? 1 : Zeros(Start(Rank).Activations!)));
    }

    [Theory]
    [InlineData(0, NmfSolver.MajorizationMinimization)]
    [InlineData(1, NmfSolver.MultiplicativeUpdate)]
    [InlineData(2, NmfSolver.Hals)]
    [InlineData(2, NmfSolver.MajorizationMinimization)]
    public void Groups_of_samples_with_components_of_their_own_are_fitted_as_if_alone(double beta, NmfSolver solver)
    {
        var values = Values();
        Matrix<double> w = Start(Rank).Dictionary, all = Filled(Samples, Rank, 3);
        for (var n = 0; n < Samples; n++)
        {
            for (var k = 0; k < Rank; k++)
                all[n, k] = n < 12 == k < 2 ? all[n, k] : 0;
        }

        var options = new NmfOptions
        {
            Rank = Rank, Problem = beta, Solver = solver, Iterations = new() { MaximumIterations = 30, Tolerance = 0 },
        };
        var together = NmfFactorizer.Fit(
            NmfData<double>.FromDense(values, Samples, Features), options,
            new NmfStart<double>(w, all) { KeepsActivationZeros = true });
        double apart = 0;
        using var team = new WorkTeam(1);
        foreach (var (from, to, first) in new[] { (0, 12, 0), (12, Samples, 2) })
        {
            var (ofGroup, h) = (new Matrix<double>(Features, 2), new Matrix<double>(to - from, 2));
            for (var f = 0; f < Features; f++)
                w.Row(f).Slice(first, 2).CopyTo(ofGroup.Row(f));
            for (var n = from; n < to; n++)
                all.Row(n).Slice(first, 2).CopyTo(h.Row(n - from));
            var alone = Solver<double>.Create(
                NmfData<double>.FromDense(values.AsSpan((from * Features)..(to * Features)), to - from, Features),
                options with { Rank = 2 }, new NmfStart<double>(ofGroup, h), team);
            for (var i = 0; i < 30; i++)
                alone.Step();
            apart += alone.Objective();
        }

        Assert.Equal(apart, together.Report.Objective, 1e-9 * apart);
    }

    [Theory]
    [InlineData(SmoothnessDirection.PreviousAgainstCurrent)]
    [InlineData(SmoothnessDirection.CurrentAgainstPrevious)]
    public void They_stay_where_activations_are_smooth_and_part_what_they_lie_between(SmoothnessDirection direction)
    {
        var options = new SmoothNmfOptions
        {
            Rank = Rank, Smoothness = 5, Direction = direction, Starts = 2,
            Iterations = new() { MaximumIterations = 40, Tolerance = 0, CheckInterval = 1 },
        };
        var model = SmoothNmf.Fit(Data(false), options, start: Start(Rank));
        AssertZeros(model.Activations);
        Assert.All(model.Report.History.Zip(model.Report.History.Skip(1)), pair => Assert.True(
            pair.Second.Objective <= pair.First.Objective + (1e-9 * Math.Abs(pair.First.Objective)), $"{pair}"));

        // A sample in which all are silent but for one is an end for the others: as two sequences.
        var (values, one) = (Values(), Filled(Samples, 1, 5));
        one[14, 0] = 0;
        var w = Filled(Features, 1, 2);
        double[] without = [.. values[..(14 * Features)], .. values[(15 * Features)..]];
        var parted = Filled(Samples - 1, 1, 5);
        for (var n = 0; n < Samples - 1; n++)
            parted[n, 0] = one[n < 14 ? n : n + 1, 0];
        var single = options with { Rank = 1, Starts = 1 };
        var masked = SmoothNmf.Fit(
            NmfData<double>.FromDense([.. values.Select((v, i) => i / Features == 14 ? 1e-30 : v)], Samples, Features),
            single, start: new NmfStart<double>(w, one) { KeepsActivationZeros = true });
        var two = SmoothNmf.Fit(
            NmfData<double>.FromDense(without, Samples - 1, Features), single, SequenceLayout.FromLengths([14, 15]),
            new NmfStart<double>(w, parted));
        for (var n = 0; n < Samples - 1; n++)
            Assert.Equal(
                two.Activations[n, 0] / two.Activations[3, 0],
                masked.Activations[n < 14 ? n : n + 1, 0] / masked.Activations[3, 0], 1e-6);
    }

    [Fact]
    public void An_interrupted_fit_ends_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            foreach (var beta in new[] { 1.0, 2.0 })
            {
                var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
                var options = new NmfOptions { Rank = Rank, Problem = beta, Iterations = new() { Tolerance = 0 } };
                var whole = NmfFactorizer.Fit(Data(false), options, Start(Rank));
                using var source = new CancellationTokenSource();
                Assert.ThrowsAny<OperationCanceledException>(() => NmfFactorizer.Fit(
                    Data(false), options, Start(Rank), checkpoint, new Watch(source), source.Token));
                Assert.Throws<NmfCheckpointException>(() => NmfFactorizer.Fit(
                    Data(false), options, new NmfStart<double>(Start(Rank).Dictionary, Start(Rank).Activations),
                    checkpoint));
                var resumed = NmfFactorizer.Fit(Data(false), options, Start(Rank), checkpoint);
                Assert.Equal(whole.Activations.ToRowMajor(), resumed.Activations.ToRowMajor());
            }
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Without_a_zero_the_fit_is_that_without_a_mask(double beta)
    {
        var (w, h) = (Filled(Features, Rank, 2), Filled(Samples, Rank, 3));
        var options = new NmfOptions { Rank = Rank, Problem = beta, Starts = 2 };
        var ones = new NmfStart<double>(w, h) { KeepsActivationZeros = true };
        var (masked, plain) = (NmfFactorizer.Fit(Data(false), options, ones), NmfFactorizer.Fit(
            Data(false), options, new NmfStart<double>(w, h)));
        Assert.Equal(plain.Dictionary.ToRowMajor(), masked.Dictionary.ToRowMajor());
        Assert.Equal(plain.Activations.ToRowMajor(), masked.Activations.ToRowMajor());
        var smooth = new SmoothNmfOptions { Rank = Rank, Smoothness = 5 };
        Assert.Equal(
            SmoothNmf.Fit(Data(false), smooth, start: new NmfStart<double>(w, h)).Activations.ToRowMajor(),
            SmoothNmf.Fit(Data(false), smooth, start: ones).Activations.ToRowMajor());
    }

    [Fact]
    public void What_does_not_keep_them_is_named()
    {
        var options = new NmfOptions { Rank = Rank, Problem = 1.0 };
        Named("Abundances", options with { Problem = new AbundanceNmf() });
        Named("prior", options with { Problem = new BernoulliLikelihood(2) }, Shares());
        var withoutActivations = new NmfStart<double>(Start(Rank).Dictionary) { KeepsActivationZeros = true };
        Assert.Contains("no activations", Assert.Throws<ArgumentException>(
            () => NmfFactorizer.Fit(Data(false), options, withoutActivations)).Message, StringComparison.Ordinal);
        static void Named(string what, NmfOptions options, NmfData<double>? data = null)
            => Assert.Contains(what, Assert.Throws<ArgumentException>(
                () => NmfFactorizer.Fit(data ?? Data(false), options, Start(Rank))).Message, StringComparison.Ordinal);
    }

    // Components are sorted after a fit, and may have other zeros beside.
    private static void AssertZeros(Matrix<double> activations)
    {
        var zeros = Start(Rank).Activations!;
        Assert.Contains(Orders([.. Enumerable.Range(0, Rank)]), order => Enumerable.Range(0, Samples).All(
            n => Enumerable.Range(0, Rank).All(k => zeros[n, k] > 0 || activations[n, order[k]] == 0)));
        Assert.True(Zeros(activations) < 3 * Zeros(zeros), $"{Zeros(activations)} zeros");
    }

    private static IEnumerable<int[]> Orders(int[] rest) => rest.Length == 0 ? [[]]
        : rest.SelectMany(
            first => Orders([.. rest.Where(k => k != first)]), (first, others) => (int[])[first, .. others]);

    private static int Zeros(Matrix<double> factor)
        => Enumerable.Range(0, factor.Rows).Sum(n => factor.Row(n).Count(0.0));

    private static NmfStart<double> Start(int rank)
    {
        var h = Filled(Samples, rank, 3);
        for (var n = 0; n < Samples; n++)
        {
            for (var k = 0; k < rank; k++)
                h[n, k] = (n + (3 * k)) % 8 < 2 ? 0 : h[n, k];
        }

        return new NmfStart<double>(Filled(Features, rank, 2), h) { KeepsActivationZeros = true };
    }

    private static double[] Values()
    {
        var (w, h) = (Filled(Features, Rank, 7), Filled(Samples, Rank, 8));
        var values = new double[Samples * Features];
        for (var i = 0; i < values.Length; i++)
        {
            for (var k = 0; k < Rank; k++)
                values[i] += Math.Pow(w[i % Features, k], 4) * Math.Pow(h[i / Features, k], 4);
        }

        return values;
    }

    private static NmfData<double> Data(bool isSparse)
    {
        var values = Values();
        if (!isSparse)
            return TestData.Dense<double>(values, Samples, Features);
        var threshold = values.Order().ElementAt(values.Length / 2);
        return TestData.Sparse<double>([.. values.Select(v => v > threshold ? v : 0)], Samples, Features);
    }

    private static NmfData<double> Shares()
        => TestData.Dense<double>([.. Values().Select(v => v / (1 + v))], Samples, Features);

    private static Matrix<double> Filled(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var factor = new Matrix<double>(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var x in factor.Row(i))
                x = 0.2 + random.NextDouble();
        }

        return factor;
    }

    private sealed class Watch(CancellationTokenSource source) : IProgress<FitProgress>
    {
        public void Report(FitProgress value)
        {
            if (value.Iteration == 60)
                source.Cancel();
        }
    }
}

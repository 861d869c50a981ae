using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests.Units;

/// <summary>A fit does not depend on the unit of the data: 2^k V has the model of V, to the bit.</summary>
public sealed class UnitTests
{
    private const int Samples = 23;
    private const int Features = 17;
    private const int Rank = 3;

    private static readonly double[] Values = TestData.Positive(Samples, Features, Rank, 1);

    public static TheoryData<NmfSolver, double> Solvers()
    {
        var all = new TheoryData<NmfSolver, double>();
        foreach (var solver in Enum.GetValues<NmfSolver>())
        {
            foreach (var beta in new[] { -1.0, 0, 0.5, 1, 1.3, 1.5, 2, 3 })
            {
                if ((solver.RequiredBeta() ?? beta) == beta)
                    all.Add(solver, beta);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Solvers_take_the_same_path_in_every_unit(NmfSolver solver, double beta)
    {
        var options = Options(beta) with { Solver = solver };
        Check<float>(_ => options, beta, -100, 1, 100, Drawn(solver, beta));
        Check<double>(_ => options, beta, -100, -1, 100, Drawn(solver, beta));
        if (beta is 0 or 1 or 2)
            Check<double>(_ => options, beta, -400, 400);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    [InlineData(0.5)]
    public void Sparse_data_weights_and_missing_entries_take_the_same_path_in_every_unit(double beta)
    {
        var counts = TestData.Counts(Samples, Features, Rank, 4);
        var missing = Values.Select((v, i) => i % 7 == 3 ? double.NaN : v).ToArray();
        float[] samples = [.. Enumerable.Range(0, Samples).Select(n => 0.5f + (n % 3))];
        var entries = TestData.Start<float>(Samples, Features, Features, 6).Activations!;
        Check(_ => Options(beta), beta, k => UnitBits.Scaled<float>(counts, Samples, Features, k, sparse: true));
        Check(_ => Options(beta), beta, k => UnitBits.Scaled<float>(missing, Samples, Features, k));
        Check(_ => Options(beta), beta, k => UnitBits.Scaled<float>(missing, Samples, Features, k, sparse: true));
        Check(
            _ => Options(beta), beta,
            k => UnitBits.Scaled<float>(Values, Samples, Features, k).WithSampleWeights(samples));
        Check(
            _ => Options(beta), beta, k => UnitBits.Scaled<float>(Values, Samples, Features, k).WithWeights(entries));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(2.0)]
    public void Weights_have_no_unit_either(double beta)
    {
        var data = UnitBits.Scaled<float>(Values, Samples, Features, 0);
        float[] samples = [.. Enumerable.Range(0, Samples).Select(n => 0.5f + (n % 3))];
        var entries = TestData.Start<float>(Samples, Features, Features, 6).Activations!;
        foreach (var k in new[] { -70, 70 })
        {
            var scaled = entries.Clone();
            for (var n = 0; n < Samples; n++)
                PowerOfTwo.Scale(scaled.Row(n), k);
            Compare(
                data.WithSampleWeights(samples),
                data.WithSampleWeights(Array.ConvertAll(samples, m => MathF.ScaleB(m, k))), k);
            Compare(data.WithWeights(entries), data.WithWeights(scaled), k);
        }

        void Compare(NmfData<float> weighted, NmfData<float> other, int k)
        {
            var (one, two) = (NmfFactorizer.Fit(weighted, Options(beta)), NmfFactorizer.Fit(other, Options(beta)));
            UnitBits.Same(one.Dictionary, two.Dictionary, 0);
            UnitBits.Same(one.Activations, two.Activations, 0);
            Assert.Equal(1, Math.ScaleB(one.Objective, k) / two.Objective, 1e-9);
            UnitBits.Same(one.Transform(weighted), two.Transform(other), 0);
        }
    }

    [Fact]
    public void Starts_scales_and_annealing_take_the_same_path_in_every_unit()
    {
        foreach (var start in new[]
            { NmfInitialization.Random, NmfInitialization.Nndsvd, NmfInitialization.Nndsvdar,
                NmfInitialization.SuccessiveProjection })
        {
            Check<float>(_ => Options(1) with { Initialization = start, Starts = 2 }, 1, -99, 100);
        }

        Check<float>(_ => Options(2) with { Scale = ComponentScale.UnitNorm }, 2, -99, 100);
        foreach (var beta in new[] { 0.0, 1, 1.5 })
        {
            Check<float>(
                _ => Options(new BetaNmf(beta)
                    { Annealing = new BetaAnnealing { Stages = 3, IterationsPerStage = 4 } }),
                beta, -100, 100, 33);
        }
    }

    [Fact]
    public void Measures_take_the_same_path_in_every_unit()
    {
        foreach (var alpha in new[] { -1, 0, 0.5, 1, 2 })
            Check<float>(_ => Options(new AlphaDivergence(alpha)), 1, -100, 100, 41);
        Check<float>(_ => Options(new BregmanDivergence(new KullbackLeiblerGenerator())), 1, -100, 100, 41);
        Check<float>(_ => Options(new BregmanDivergence(new EuclideanGenerator())), 2, -100, 100, 41);
        Check<float>(_ => Options(new BregmanDivergence(new ItakuraSaitoGenerator())), 0, -100, 100, 41);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(2.0)]
    public void Penalties_and_outliers_in_the_unit_of_the_data_take_the_same_path(double beta)
    {
        // What is guarded is a penalty of the model: its unit is that of the data.
        double Weight(int k, double size) => 0.05 * Math.Pow(2, (beta - size) * k);
        Check<float>(k => Penalized(beta, new L1Penalty(Weight(k, 1))), beta, -100, 100, 17);
        Check<float>(k => Penalized(beta, new L2Penalty(Weight(k, 2))), beta, -60, 60, 17);
        Check<float>(
            k => Penalized(beta, new L2Penalty(Weight(k, 2)) { Factor = PenalizedFactor.Dictionary }), beta, -60, 60);
        Check<float>(k => Penalized(beta, new SmoothnessPenalty(Weight(k, 2))), beta, -60, 60, 17);
        Check<float>(k => Penalized(beta, new LogPenalty(Weight(k, 0), Math.ScaleB(0.1, k))), beta, -100, 100, 17);
        foreach (var kind in Enum.GetValues<OutlierKind>())
            Check<float>(k => Options(new RobustNmf(beta, 6 * Weight(k, 1), kind)), beta, -100, 100, 17);
        if (beta == 0)
            Check<float>(_ => Penalized(0, new ItakuraSaitoSmoothness(0.5)), 0, -100, 100, 17);
    }

    [Fact]
    public void Penalties_of_the_factors_as_they_are_take_the_same_path_where_both_have_half_of_the_unit()
    {
        // λ Σ h has the unit of v^β: λ has that over half of the unit of v.
        NmfOptions At(int k) => Options(new BetaNmf(1)
        {
            Penalties =
            [
                new L1Penalty(Math.ScaleB(0.3, k / 2)), new L2Penalty(0.4),
                new L1Penalty(Math.ScaleB(0.2, k / 2)) { Factor = PenalizedFactor.Dictionary },
            ],
        }) with { Scale = ComponentScale.None };
        var (one, other) = (Fit<double>(At, 0), Fit<double>(At, -80));
        UnitBits.Same(one.Dictionary, other.Dictionary, -40);
        UnitBits.Same(one.Activations, other.Activations, -40);
        Assert.Equal(1, Math.ScaleB(one.Report.Objective, -80) / other.Report.Objective, 1e-12);
        for (var k = 0; k < Rank; k++)
            Assert.Equal(1, Math.ScaleB(one.Penalty!.Linear[k], -40) / other.Penalty!.Linear[k], 1e-12);
    }

    [Theory]
    [InlineData(1.0, 33)]
    [InlineData(2.0, 33)]
    [InlineData(2.0, -80)]
    [InlineData(1.5, 90)]
    [InlineData(2.0, 90)]
    public void Penalties_of_both_factors_mean_the_same_however_these_share_the_unit(double beta, int k)
    {
        // All of the unit to H, all of it to W, or half of it to each: λ has the unit of v^β over that of its factor.
        double Of(int exponent, double activations, double dictionary)
        {
            var report = Fit<double>(
                _ => Options(new BetaNmf(beta)
                {
                    Penalties =
                    [
                        new L1Penalty(0.3 * Math.Pow(2, (beta * exponent) - activations)),
                        new L1Penalty(0.2 * Math.Pow(2, (beta * exponent) - dictionary))
                            { Factor = PenalizedFactor.Dictionary },
                    ],
                }) with { Initialization = NmfInitialization.Random, Iterations = new() { MaximumIterations = 2000 } },
                exponent).Report;
            UnitBits.Descends(report);
            return report.Objective * Math.Pow(2, -beta * exponent);
        }

        var one = Of(0, 0, 0);
        foreach (var share in new[] { 0, 0.5, 1 })
            Assert.Equal(1, Of(k, share * k, (1 - share) * k) / one, 0.02);
    }

    [Fact]
    public void Groups_known_components_and_abundances_take_the_same_path()
    {
        var (one, other) = (Fit<float>(k => Groups(k), 0), Fit<float>(k => Groups(k), 40));
        UnitBits.Same(one.Dictionary, other.Dictionary, 0);
        UnitBits.Same(one.Activations, other.Activations, 40);

        // The penalty is a sum of logarithms, which the unit shifts.
        Assert.Equal(
            one.Report.Objective + (0.05 * 2 * Samples * 40 * Math.Log(2)), other.Report.Objective * Math.Pow(2, -40),
            1e-4);

        var known = KnownComponents.FromDictionary(Components.Select(
            TestData.Start<double>(Samples, Features, Rank, 3).Dictionary, [1]));
        Check<float>(_ => Options(new BetaNmf(1) { Known = known }), 1, -100, 100, 17);
        foreach (var beta in new[] { 1.0, 2 })
        {
            foreach (var volume in new[] { null, new VolumePenalty() })
            {
                var problem = new AbundanceNmf(beta) { Volume = volume };
                var (v, scaled) = (Fit<float>(_ => Options(problem), 0), Fit<float>(_ => Options(problem), -77));
                UnitBits.Same(v.Dictionary, scaled.Dictionary, -77);
                UnitBits.Same(v.Activations, scaled.Activations, 0);
            }
        }

        static NmfOptions Groups(int k) => Options(new BetaNmf(1)
            { Penalties = [new GroupPenalty([[0], [1, 2]], Math.ScaleB(0.05, k), Math.ScaleB(0.1, k))] });
    }

    [Theory]
    [InlineData(RelevancePrior.Exponential, 0.0)]
    [InlineData(RelevancePrior.Exponential, 1.0)]
    [InlineData(RelevancePrior.HalfNormal, 2.0)]
    [InlineData(RelevancePrior.Mixed, 2.0)]
    public void Relevance_takes_the_same_path_where_the_dispersion_has_the_unit_of_the_data(
        RelevancePrior prior, double beta)
    {
        NmfModel<double> At(int k) => Fit<double>(
            k => Options(new AutomaticRelevance(beta) { Prior = prior, Dispersion = 0.05 * Math.Pow(2, k * beta) }), k);
        // Exponents of which the halves, or the thirds, are whole.
        var even = prior == RelevancePrior.Mixed ? 66 : 64;
        var (one, other) = (At(0), At(even));
        if (prior != RelevancePrior.Mixed)
        {
            // Thirds of a power of two are rounded.
            UnitBits.Same(one.Dictionary, other.Dictionary, 0);
            UnitBits.Same(one.Activations, other.Activations, even);
        }

        var half = prior switch { RelevancePrior.Exponential => 32, RelevancePrior.HalfNormal => 64, _ => 44 };
        for (var k = 0; k < one.Relevance!.Weights.Count; k++)
            Assert.Equal(1, Math.ScaleB(one.Relevance.Weights[k], half) / other.Relevance!.Weights[k], 1e-12);

        // The unit shifts the logarithms.
        var shift = one.Relevance.Parameters.Weight * Rank * half * Math.Log(2);
        Assert.Equal(
            0, (other.Report.Objective - one.Report.Objective - shift) / Math.Abs(one.Report.Objective), 1e-9);
        UnitBits.Descends(other.Report);

        // Half of an odd exponent is no power of two.
        var odd = At(33);
        Assert.Equal(one.Report.Iterations, odd.Report.Iterations);
        for (var n = 0; n < Samples; n++)
        {
            for (var k = 0; k < one.Dictionary.Columns; k++)
                Assert.Equal(
                    one.Activations[n, k], Math.ScaleB(odd.Activations[n, k], -33),
                    1e-9 * (one.Activations[n, k] + 1e-3));
        }
    }

    private static int Drawn(NmfSolver solver, double beta)
        => new Random(7 + (100 * (int)solver) + (int)(10 * beta)).Next(-100, 101);

    private static NmfOptions Options(NmfProblem problem) => new()
    {
        Rank = Rank,
        Problem = problem,
        Iterations = new() { MaximumIterations = 60, CheckInterval = 5, Tolerance = 1e-4 },
        Threads = 1,
    };

    private static NmfOptions Penalized(double beta, NmfPenalty penalty)
        => Options(new BetaNmf(beta) { Penalties = [penalty] });

    private static NmfModel<T> Fit<T>(Func<int, NmfOptions> options, int k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => NmfFactorizer.Fit(UnitBits.Scaled<T>(Values, Samples, Features, k), options(k));

    private static void Check<T>(Func<int, NmfOptions> options, double power, params int[] exponents)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Check(options, power, k => UnitBits.Scaled<T>(Values, Samples, Features, k), exponents);

    private static void Check<T>(
        Func<int, NmfOptions> options, double power, Func<int, NmfData<T>> data, params int[] exponents)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var one = NmfFactorizer.Fit(data(0), options(0));
        UnitBits.Descends(one.Report);
        foreach (var k in exponents.Length == 0 ? [-100, 100, 29] : exponents)
        {
            var other = NmfFactorizer.Fit(data(k), options(k));
            UnitBits.Same(one, other, k, power);
            UnitBits.Same(one.Transform(data(0)), other.Transform(data(k)), k);
        }
    }
}

using Nmf.Kernels;

namespace Nmf.Tests.Units;

/// <summary>The same for sequences, abundances and ratings.</summary>
public sealed class OtherUnitTests
{
    private const int Samples = 60;
    private const int Features = 17;
    private const int Rank = 3;

    private static readonly double[] Values = TestData.Positive(Samples, Features, Rank, 11);
    private static readonly double[] Counts = TestData.Counts(Samples, Features, Rank, 12);

    [Fact]
    public void Smooth_sequences_are_fitted_alike_in_every_unit()
    {
        SmoothNmfModel<float> Fit(int k, KnownComponents? known) => SmoothNmf.Fit(
            UnitBits.Scaled<float>(Values, Samples, Features, k),
            new SmoothNmfOptions { Rank = Rank, Known = known, Smoothness = 2, Iterations = Few });
        var known = KnownComponents.FromDictionary(Components.Select(
            TestData.Start<double>(Samples, Features, Rank, 3).Dictionary, [1]));
        foreach (var given in new[] { null, known })
        {
            var one = Fit(0, given);
            UnitBits.Descends(one.Report);
            foreach (var k in new[] { -90, 13, 100 })
            {
                var other = Fit(k, given);
                UnitBits.Same(one.Activations, other.Activations, k);
                UnitBits.Same(one.Dictionary, other.Dictionary, 0);
                Assert.Equal(one.Report.Objective, other.Report.Objective);
                Assert.Equal(one.ExplainedPart, other.ExplainedPart);
                UnitBits.Same(
                    one.Transform(UnitBits.Scaled<float>(Values, Samples, Features, 0)),
                    other.Transform(UnitBits.Scaled<float>(Values, Samples, Features, k)), k);
            }
        }
    }

    [Fact]
    public void Dynamical_systems_are_fitted_alike_in_every_unit()
    {
        DynamicalSystemModel<float> Fit(int k, DynamicalSystemForm form, double penalty) => DynamicalSystem.Fit(
            UnitBits.Scaled<float>(Values, Samples, Features, k),
            new DynamicalSystemOptions { Rank = Rank, Form = form, DictionaryPenalty = penalty, Iterations = Few });

        var one = Fit(0, DynamicalSystemForm.ItakuraSaito, 0);
        var other = Fit(-80, DynamicalSystemForm.ItakuraSaito, 0);
        UnitBits.Same(one.Activations, other.Activations, -80);
        UnitBits.Same(one.Dictionary, other.Dictionary, 0);
        UnitBits.Same(one.Transitions, other.Transitions, 0);
        UnitBits.Same(
            one.Transform(UnitBits.Scaled<float>(Values, Samples, Features, 0)),
            other.Transform(UnitBits.Scaled<float>(Values, Samples, Features, -80)), -80);

        // With a penalty on W the unit of W counts: half the exponent is its.
        var bounded = Fit(0, DynamicalSystemForm.MaximumAPosteriori, 3);
        var scaled = Fit(60, DynamicalSystemForm.MaximumAPosteriori, Math.ScaleB(3, -30));
        UnitBits.Same(bounded.Activations, scaled.Activations, 30);
        UnitBits.Same(bounded.Dictionary, scaled.Dictionary, 30);
        Assert.Equal(
            bounded.Report.Objective + (Samples * Rank * 30 * Math.Log(2)), scaled.Report.Objective, 1e-6);
    }

    [Fact]
    public void Filters_give_the_same_activations_in_every_unit()
    {
        var start = TestData.Start<float>(Samples, Features, Rank, 3);
        var transitions = TestData.Start<float>(Rank, Rank, Rank, 4).Activations!;
        foreach (var (dictionary, data) in new[] { (0, -100), (-60, 40), (50, 100) })
        {
            var w = start.Dictionary.Clone();
            for (var f = 0; f < Features; f++)
                PowerOfTwo.Scale(w.Row(f), dictionary);
            Compare(new SmoothFilter<float>(start.Dictionary, 2), new SmoothFilter<float>(w, 2), data, dictionary);
            Compare(
                new DynamicalSystemFilter<float>(start.Dictionary, transitions, [1, 2, 0]),
                new DynamicalSystemFilter<float>(w, transitions, [1, 2, 0]), data, dictionary);
        }

        static void Compare(CausalFilter<float> one, CausalFilter<float> other, int data, int dictionary)
        {
            var (v, scaled) = (UnitBits.Scaled<float>(Values, Samples, Features, 0).Dense!,
                UnitBits.Scaled<float>(Values, Samples, Features, data).Dense!);
            var (h, g) = (new Matrix<float>(Samples, Rank), new Matrix<float>(Samples, Rank));
            for (var n = 0; n < Samples; n++)
            {
                if (n == 30)
                {
                    one.Reset();
                    other.Reset();
                }

                one.Push(v.Row(n), h.Row(n));
                other.Push(scaled.Row(n), g.Row(n));
            }

            UnitBits.Same(h, g, data - dictionary);
        }
    }

    [Theory]
    [InlineData(1e-30f, 0)]
    [InlineData(1e-20f, 0)]
    [InlineData(1e-14f, 3)]
    [InlineData(1e-20f, 3)]
    [InlineData(1e14f, 0)]
    [InlineData(1e20f, 3)]
    [InlineData(1e17f, 3)]
    [InlineData(1e30f, 3)]
    public void Filters_recover_from_a_frame_of_another_loudness(float loudness, int at)
    {
        var start = TestData.Start<float>(Samples, Features, Rank, 3);
        var transitions = TestData.Start<float>(Rank, Rank, Rank, 4).Activations!;
        Check(() => new SmoothFilter<float>(start.Dictionary, 2));
        Check(() => new SmoothFilter<float>(start.Dictionary, 2, SmoothnessDirection.CurrentAgainstPrevious));
        Check(() => new DynamicalSystemFilter<float>(start.Dictionary, transitions, [1, 2, 0]));

        void Check(Func<CausalFilter<float>> create)
        {
            var (one, other) = (create(), create());
            var frames = UnitBits.Scaled<float>(Values, Samples, Features, 0).Dense!;
            var (h, g) = (new float[Rank], new float[Rank]);
            for (var n = 0; n < 400; n++)
            {
                var frame = frames.Row(n % Samples).ToArray();
                one.Push(frame, h);
                other.Push(n == at ? Array.ConvertAll(frame, v => v * loudness) : frame, g);
                Assert.True(Array.TrueForAll(g, float.IsFinite), $"{n}: {string.Join(", ", g)}");
            }

            // The divergence is not convex: the activations may be others, but explain the last frame as well.
            var last = frames.Row(399 % Samples).ToArray();
            double Of(float[] activations) => Divergence(
                NmfData<float>.FromDense(last, 1, Features), start.Dictionary,
                Matrix<float>.FromRowMajor(activations, 1, Rank));
            Assert.InRange(Of(g), 0, 1.5 * Of(h));
        }
    }

    [Fact]
    public void Samples_of_a_dynamical_system_have_the_unit_of_its_activations()
    {
        var model = DynamicalSystem.Fit(
            UnitBits.Scaled<float>(Values, Samples, Features, 0),
            new DynamicalSystemOptions { Rank = Rank, Iterations = Few });
        var before = Enumerable.Range(1, Rank).Select(k => (float)k).ToArray();
        var one = model.Sample(before, 50, 7);
        foreach (var k in new[] { -90, -55, 60 })
        {
            var other = model.Sample(Array.ConvertAll(before, h => float.ScaleB(h, k)), 50, 7);
            UnitBits.Same(one.Activations, other.Activations, k);
            UnitBits.Same(one.Data, other.Data, k);
        }
    }

    [Fact]
    public void Sequences_and_abundances_of_ratios_do_not_see_the_units_of_features()
    {
        var values = UnitBits.Scaled<float>(Values, Samples, Features, 0);
        var other = NmfData<float>.FromDense(
            Values.Select((v, i) => float.ScaleB((float)v, i % Features % 2 == 0 ? -70 : 0)).ToArray(), Samples,
            Features);
        var options = new SmoothNmfOptions
        {
            Rank = Rank, Starts = 4, Iterations = new() { MaximumIterations = 300 },
        };
        var (smooth, smoothOther) = (SmoothNmf.Fit(values, options), SmoothNmf.Fit(other, options));
        Assert.Equal(1, smoothOther.Report.Objective / smooth.Report.Objective, 0.2);
        var frames = smoothOther.Transform(other);
        Assert.InRange(Divergence(other, smoothOther.Dictionary, frames), 0, 1.5 * smooth.Report.Objective);
        var filter = smoothOther.CreateFilter();
        for (var n = 0; n < Samples; n++)
            filter.Push(other.Dense!.Row(n), frames.Row(n));
        Assert.InRange(Divergence(other, smoothOther.Dictionary, frames), 0, 2 * smooth.Report.Objective);

        var system = new DynamicalSystemOptions
        {
            Rank = Rank, Starts = 4, Iterations = new() { MaximumIterations = 300 },
        };
        Assert.Equal(
            1,
            DynamicalSystem.Fit(other, system).Report.Objective / DynamicalSystem.Fit(values, system).Report.Objective,
            0.2);
        var shares = new NmfOptions { Rank = Rank, Problem = new AbundanceNmf(0), Starts = 8 };
        var (one, two) = (NmfFactorizer.Fit(values, shares), NmfFactorizer.Fit(other, shares));
        Assert.Equal(two.Objective, Divergence(other, two.Dictionary, two.Activations), 1e-2);
        Assert.InRange(two.Objective, 0, 1.2 * one.Objective);
        Assert.InRange(Divergence(other, two.Dictionary, two.Transform(other)), 0, 1.2 * two.Objective);
    }

    private static double Divergence(NmfData<float> data, Matrix<float> w, Matrix<float> h)
    {
        double sum = 0;
        for (var n = 0; n < data.Samples; n++)
        {
            for (var f = 0; f < data.Features; f++)
            {
                double y = 0;
                for (var k = 0; k < w.Columns; k++)
                    y += (double)w[f, k] * h[n, k];
                sum += BetaDivergence.Value(data.Dense![n, f], y, 0);
            }
        }

        return sum;
    }

    [Fact]
    public void Endmembers_and_residuals_are_the_same_in_every_unit()
    {
        var one = UnitBits.Scaled<float>(Values, Samples, Features, 0);
        var factors = TestData.Start<float>(Samples, Features, Rank, 3);
        foreach (var k in new[] { -90, 100 })
        {
            var other = UnitBits.Scaled<float>(Values, Samples, Features, k);
            foreach (var search in Enum.GetValues<EndmemberSearch>())
                Assert.Equal(SeparableNmf.Pick(one, 4, search), SeparableNmf.Pick(other, 4, search));
            var w = factors.Dictionary.Clone();
            for (var f = 0; f < Features; f++)
                PowerOfTwo.Scale(w.Row(f), k);
            Assert.Equal(
                ReconstructionQuality.ResidualSumOfSquares(one, factors.Dictionary, factors.Activations!)
                    * Math.Pow(2, 2 * k),
                ReconstructionQuality.ResidualSumOfSquares(other, w, factors.Activations!));
        }
    }

    [Fact]
    public void A_fit_that_was_interrupted_goes_on_in_its_unit()
    {
        var data = UnitBits.Scaled<float>(Values, Samples, Features, -90);
        var options = new NmfOptions
        {
            Rank = Rank,
            Problem = 1,
            Starts = 2,
            Iterations = new() { MaximumIterations = 40, CheckInterval = 5, Tolerance = 0 },
        };
        var whole = NmfFactorizer.Fit(data, options);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var checkpoint = new NmfCheckpoint(path) { Interval = TimeSpan.Zero };
        using var stop = new CancellationTokenSource();
        var checks = new Checks(() => stop.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(
            () => NmfFactorizer.Fit(data, options, null, checkpoint, checks, stop.Token));
        Assert.True(File.Exists(path));

        // Another unit is another fit.
        Assert.Throws<NmfCheckpointException>(() => NmfFactorizer.Fit(
            UnitBits.Scaled<float>(Values, Samples, Features, -89), options, checkpoint: checkpoint));
        var resumed = NmfFactorizer.Fit(data, options, checkpoint: checkpoint);
        UnitBits.Same(whole, resumed, 0, 1);
        Assert.InRange(checks.Last, Math.ScaleB(1e-3, -90), Math.ScaleB(1e6, -90));
    }

    private sealed class Checks(Action stop) : IProgress<FitProgress>
    {
        private int _count;

        public double Last { get; private set; }

        public void Report(FitProgress value)
        {
            Last = value.Objective;
            if (++_count == 12)
                stop();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Ratings_are_fitted_alike_in_every_unit(double beta)
    {
        var random = new Random(5);
        Rating[] ratings = [
            .. Enumerable.Range(0, 300).Select(_ => new Rating(random.Next(20), random.Next(15), random.Next(1, 6)))];
        RatingModel Fit(int k) => RatingModel.Fit(
            Array.ConvertAll(ratings, r => r with { Value = MathF.ScaleB(r.Value, k) }), 20, 15,
            new RatingOptions { Rank = 3, Beta = beta, Iterations = Few });
        var one = Fit(0);
        foreach (var k in new[] { -100, 100 })
        {
            var other = Fit(k);
            Assert.Equal(Math.ScaleB(one.OverallMean, k), other.OverallMean);
            for (var i = 0; i < 15; i++)
                Assert.Equal(MathF.ScaleB(one.Predict(3, i), k), other.Predict(3, i));
            Assert.Equal(one.Report!.Objective * Math.Pow(2, k * beta), other.Report!.Objective);
        }
    }

    private static IterationOptions Few => new() { MaximumIterations = 30, Tolerance = 0 };
}

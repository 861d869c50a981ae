using Nmf.Kernels;

namespace Nmf.Tests.Sequences;

/// <summary>Fits, inference and the causal filter of smooth IS-NMF.</summary>
public sealed class SmoothNmfTests
{
    private const int Samples = 80;
    private const int Features = 24;

    [Fact]
    public void More_smoothness_gives_smoother_activations()
    {
        var data = TestData.Dense<double>(TestData.Positive(Samples, Features, 3, 1), Samples, Features);
        var roughness = new List<double>();
        foreach (var smoothness in new[] { 0.0, 1, 10, 100 })
        {
            var model = SmoothNmf.Fit(
                data, new SmoothNmfOptions { Rank = 3, Smoothness = smoothness,
                    Iterations = new() { Tolerance = 0, MaximumIterations = 100 } });
            roughness.Add(new SmoothSweep<double>(
                model.Activations, SequenceLayout.One(Samples), [1, 1, 1], SmoothnessDirection.PreviousAgainstCurrent)
                .Value(new WorkTeam(1)));
        }

        for (var i = 1; i < roughness.Count; i++)
            Assert.True(roughness[i] < 0.7 * roughness[i - 1], string.Join(", ", roughness));
    }

    [Fact]
    public void Inference_reaches_the_objective_of_the_fit()
    {
        var data = TestData.Dense<float>(TestData.Positive(Samples, Features, 3, 2), Samples, Features);
        var options = new SmoothNmfOptions { Rank = 3, Smoothness = 5, Iterations = new() { MaximumIterations = 500,
            Tolerance = 1e-7 }, Inference = new() { Tolerance = 1e-8, MaximumIterations = 2000 } };
        var sequences = SequenceLayout.FromLengths([30, 50]);
        var model = SmoothNmf.Fit(data, options, sequences);
        var again = model.Transform(data, sequences);
        using var team = new WorkTeam(1);
        var start = new NmfStart<float>(model.Dictionary.Clone(), again.Clone());
        var solver = new SmoothSolver<float>(data, options, sequences, start, team);
        Assert.True(
            solver.Objective() <= model.Report.Objective * 1.01,
            $"{solver.Objective()} against {model.Report.Objective}");
        Assert.Equal(1, model.Contributions.Sum(), 1e-6);
    }

    [Fact]
    public void Fixed_columns_stay_and_the_others_explain_the_rest()
    {
        var truth = TestData.Start<double>(Samples, Features, 4, 3);
        var values = new double[Samples * Features];
        for (var n = 0; n < Samples; n++)
            for (var f = 0; f < Features; f++)
                for (var k = 0; k < 4; k++)
                    values[(n * Features) + f] += truth.Activations![n, k] * truth.Dictionary[f, k];
        var data = TestData.Dense<double>(values, Samples, Features);
        var start = TestData.Start<double>(Samples, Features, 4, 9);
        for (var f = 0; f < Features; f++)
            (start.Dictionary[f, 0], start.Dictionary[f, 1]) = (truth.Dictionary[f, 0], truth.Dictionary[f, 2]);
        var known = KnownComponents.FromDictionary(Components.Select(truth.Dictionary, [0, 2]));
        var options = new SmoothNmfOptions { Rank = 4, Smoothness = 0, Known = known,
            Iterations = new() { MaximumIterations = 300, Tolerance = 0 }, Starts = 2 };
        var model = SmoothNmf.Fit(data, options, start: start);
        for (var f = 0; f < Features; f++)
        {
            Assert.Equal(truth.Dictionary[f, 0], model.Dictionary[f, 0]);
            Assert.Equal(truth.Dictionary[f, 2], model.Dictionary[f, 1]);
            Assert.NotEqual(start.Dictionary[f, 2], model.Dictionary[f, 2]);
        }

        Assert.True(model.Report.Objective < 0.02 * model.Report.History[0].Objective);
    }

    [Fact]
    public void Components_may_have_a_smoothness_of_their_own_which_stays_with_them()
    {
        var data = TestData.Dense<double>(TestData.Positive(Samples, Features, 3, 1), Samples, Features);
        double[] smoothness = [0, 4, 50];
        var options = new SmoothNmfOptions
        {
            Rank = 3, ComponentSmoothness = smoothness, Iterations = new() { Tolerance = 0, MaximumIterations = 60 }
        };
        var model = SmoothNmf.Fit(data, options);
        Assert.Equal(smoothness, model.Options.ComponentSmoothness!.Order());

        // The objective of the fit is that of its factors with the weights in their new order, by the formula.
        double objective = 0;
        for (var n = 0; n < Samples; n++)
        {
            for (var f = 0; f < Features; f++)
                objective += BetaDivergence.Value(
                    data.Dense![n, f],
                    Enumerable.Range(0, 3).Sum(k => model.Dictionary[f, k] * model.Activations[n, k]), 0);
            for (var k = 0; k < 3 && n > 0; k++)
                objective += model.Options.ComponentSmoothness![k] * BetaDivergence.Value(
                    model.Activations[n - 1, k], model.Activations[n, k], 0);
        }

        Assert.Equal(objective, model.Report.Objective, 1e-9 * objective);

        // Equal weights are the common weight.
        var common = SmoothNmf.Fit(data, options with { ComponentSmoothness = null, Smoothness = 4 });
        var equal = SmoothNmf.Fit(data, options with { ComponentSmoothness = [4, 4, 4] });
        Assert.Equal(common.Activations.ToRowMajor(), equal.Activations.ToRowMajor());
    }

    [Fact]
    public void Known_components_need_no_start()
    {
        var truth = TestData.Start<float>(Samples, Features, 3, 3);
        var data = TestData.Dense<float>(TestData.Positive(Samples, Features, 3, 1), Samples, Features);
        var known = KnownComponents.FromDictionary(
            truth.Dictionary, Matrix<float>.FromRowMajor([1, 2, 3, 4, 5, 6, 7, 8, 9], 3, 3));
        var none = new IterationOptions { MaximumIterations = 0 };
        var smooth = SmoothNmf.Fit(data, new SmoothNmfOptions { Rank = 5, Seed = 1, Known = known, Iterations = none });
        var system = DynamicalSystem.Fit(
            data, new DynamicalSystemOptions { Rank = 5, Seed = 1, Known = known, Iterations = none });
        Assert.Equal(smooth.Dictionary.ToRowMajor(), system.Dictionary.ToRowMajor());
        for (var f = 0; f < Features; f++)
        {
            Assert.Equal(truth.Dictionary.Row(f).ToArray(), smooth.Dictionary.Row(f)[..3].ToArray());
            Assert.True(smooth.Dictionary[f, 3] > 0 && smooth.Dictionary[f, 4] > 0
                && smooth.Dictionary[f, 3] != smooth.Dictionary[f, 4]);
        }

        Assert.Equal([4, 5, 6, 0, 0], system.Transitions.Row(1).ToArray());
        Assert.Equal([0, 0, 0], system.Transitions.Row(3)[..3].ToArray());
        Assert.True(system.Transitions[3, 3] > 0.5 && system.Transitions[3, 4] > 0);
    }

    [Fact]
    public void A_missing_frame_is_interpolated()
    {
        var values = new double[9 * 4];
        for (var i = 0; i < values.Length; i++)
            values[i] = 1 + (i % 4);
        for (var f = 0; f < 4; f++)
            values[(4 * 4) + f] = double.NaN;
        var data = TestData.DenseObserved<double>(values, 9, 4);
        var model = SmoothNmf.Fit(
            data, new SmoothNmfOptions { Rank = 1, Smoothness = 10,
                Iterations = new() { MaximumIterations = 500, Tolerance = 0 } });
        Assert.Equal(10, model.Activations[4, 0], 1e-3);
    }

    [Theory]
    [InlineData(SmoothnessDirection.PreviousAgainstCurrent)]
    [InlineData(SmoothnessDirection.CurrentAgainstPrevious)]
    public void The_filter_minimises_the_problem_of_its_frame(SmoothnessDirection direction)
    {
        double[] smoothness = [4, 4, 0, 0.5, 20];
        var start = TestData.Start<double>(2, Features, 5, 11);
        var filter = new SmoothFilter<double>(start.Dictionary, smoothness, direction, updates: 4000);
        var values = TestData.Positive(2, Features, 5, 12);
        var (before, h) = (new double[5], new double[5]);
        filter.Push(values.AsSpan(0, Features), before);
        filter.Push(values.AsSpan(Features), h);
        var best = Cost(h);
        for (var k = 0; k < 5; k++)
        {
            foreach (var factor in new[] { 0.99, 1.01 })
            {
                var moved = h.ToArray();
                moved[k] *= factor;
                Assert.True(Cost(moved) >= best - 1e-10, $"Component {k}, factor {factor}.");
            }
        }

        double Cost(double[] x)
        {
            double cost = 0;
            for (var f = 0; f < Features; f++)
            {
                double y = 0;
                for (var k = 0; k < 5; k++)
                    y += start.Dictionary[f, k] * x[k];
                cost += BetaDivergence.Value(values[Features + f], y, 0);
            }

            for (var k = 0; k < 5; k++)
                cost += smoothness[k] * (direction == SmoothnessDirection.PreviousAgainstCurrent
                    ? BetaDivergence.Value(before[k], x[k], 0)
                    : BetaDivergence.Value(x[k], before[k], 0));
            return cost;
        }
    }

    [Fact]
    public void A_filter_that_is_reset_gives_the_same_again_and_refuses_bad_frames()
    {
        var start = TestData.Start<float>(1, Features, 5, 13);
        var filter = new SmoothFilter<float>(start.Dictionary, 2);
        var frame = Array.ConvertAll(TestData.Positive(1, Features, 5, 14), v => (float)v);
        var (first, second, third) = (new float[5], new float[5], new float[5]);
        filter.Push(frame, first);
        var bad = (float[])frame.Clone();
        bad[7] = float.NaN;
        var error = Assert.Throws<NmfDataException>(() => filter.Push(bad, third));
        Assert.Contains("Frame 1 is NaN at feature 7", error.Message, StringComparison.Ordinal);
        filter.Push(frame, second);
        filter.Reset();
        filter.Push(frame, third);
        Assert.Equal(first, third);
        Assert.NotEqual(first, second);
        Assert.Throws<ArgumentException>(() => filter.Push(frame.AsSpan(1), third));
    }

    [Fact]
    public void A_stream_costs_the_filters_no_memory()
    {
        var start = TestData.Start<float>(1, Features, 5, 13);
        var transitions = new Matrix<float>(5, 5);
        for (var i = 0; i < 5; i++)
            transitions[i, i] = 0.9f;
        var frame = Array.ConvertAll(TestData.Positive(1, Features, 5, 14), v => (float)v);
        var h = new float[5];
        foreach (var filter in new CausalFilter<float>[] { new SmoothFilter<float>(start.Dictionary, 2),
            new DynamicalSystemFilter<float>(start.Dictionary, transitions, [1, 1, 1, 1, 0]) })
        {
            Kernels.Tests.Allocation.AssertNone(() =>
            {
                for (var i = 0; i < 200; i++)
                    filter.Push(frame, h);
            });
        }
    }

    [Fact]
    public void Bad_arguments_are_named()
    {
        var data = TestData.Dense<float>(TestData.Positive(8, 5, 2, 1), 8, 5);
        var options = new SmoothNmfOptions { Rank = 2 };
        Assert.Contains(
            "smoothness is -1",
            Assert.Throws<ArgumentException>(() => SmoothNmf.Fit(data, options with { Smoothness = -1 })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "smoothness of component 1 is NaN", Assert.Throws<ArgumentException>(
                () => SmoothNmf.Fit(data, options with { ComponentSmoothness = [1, double.NaN] })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "sequences have 7 samples",
            Assert.Throws<ArgumentException>(() => SmoothNmf.Fit(data, options, SequenceLayout.One(7))).Message,
            StringComparison.Ordinal);
        var known = KnownComponents.FromColumns([new float[5], new float[5], new float[5]]);
        Assert.Contains(
            "3 known components, but the rank is 2",
            Assert.Throws<ArgumentException>(() => SmoothNmf.Fit(data, options with { Known = known })).Message,
            StringComparison.Ordinal);
        known = KnownComponents.FromColumns([new float[4]]);
        Assert.Contains(
            "have 4 features, but the data have 5",
            Assert.Throws<ArgumentException>(() => SmoothNmf.Fit(data, options with { Known = known })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "Sequence 1 has 0 samples",
            Assert.Throws<ArgumentException>(() => SequenceLayout.FromLengths([3, 0])).Message,
            StringComparison.Ordinal);
        var withZero = NmfData<float>.FromDense([1, 0, 2, 3], 2, 2);
        Assert.Throws<NmfDataException>(() => SmoothNmf.Fit(withZero, options));
    }

    [Fact]
    public void Cancellation_stops_a_fit()
    {
        using var source = new CancellationTokenSource();
        var data = TestData.Dense<float>(TestData.Positive(8, 5, 2, 1), 8, 5);
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => SmoothNmf.Fit(data, new SmoothNmfOptions { Rank = 2 }, cancellationToken: source.Token));
    }
}

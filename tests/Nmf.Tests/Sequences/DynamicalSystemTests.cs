using Nmf.Kernels;

namespace Nmf.Tests.Sequences;

/// <summary>Fits, inference, samples, forecasts and the causal filter of the nonnegative dynamical system.</summary>
public sealed class DynamicalSystemTests
{
    private const int Samples = 80;
    private const int Features = 24;

    [Fact]
    public void Inference_comes_close_to_the_objective_of_the_fit()
    {
        var data = TestData.Dense<float>(TestData.Positive(Samples, Features, 3, 2), Samples, Features);
        var options = new DynamicalSystemOptions
        {
            Rank = 3, Shapes = [5, 2, 1], Iterations = new() { MaximumIterations = 500, Tolerance = 1e-7 },
            Inference = new() { Tolerance = 1e-8, MaximumIterations = 2000 },
        };
        var sequences = SequenceLayout.FromLengths([30, 50]);
        var model = DynamicalSystem.Fit(data, options, sequences);
        var again = model.Transform(data, sequences);
        using var team = new WorkTeam(1);
        var start = new DynamicalSystemStart<float>(model.Dictionary.Clone(), model.Transitions.Clone(), again.Clone());
        var solver = new DynamicalSystemSolver<float>(data, model.Options, sequences, start, team);
        Assert.True(
            solver.Objective() <= model.Report.Objective * 1.02,
            $"{solver.Objective()} against {model.Report.Objective}");

        // Scaling and sorting did not change the objective: shapes and transitions went with their components.
        var fitted = new DynamicalSystemStart<float>(
            model.Dictionary.Clone(), model.Transitions.Clone(), model.Activations.Clone());
        var atFit = new DynamicalSystemSolver<float>(data, model.Options, sequences, fitted, team);
        Assert.Equal(model.Report.Objective, atFit.Objective(), 1e-4 * model.Report.Objective);
        Assert.Equal(1, model.Contributions.Sum(), 1e-6);
    }

    [Fact]
    public void Fixed_components_keep_their_columns_and_their_rows_of_transitions()
    {
        var data = TestData.Dense<double>(TestData.Positive(Samples, Features, 4, 3), Samples, Features);
        var factors = TestData.Start<double>(Samples, Features, 4, 5);
        var transitions = new Matrix<double>(4, 4);
        for (var i = 0; i < 4; i++)
            (transitions[i, 0], transitions[i, 1]) = i < 2 ? (0.6, 0.3) : (0, 0);
        var start = new DynamicalSystemStart<double>(factors.Dictionary, transitions, factors.Activations);
        var known = KnownComponents.FromDictionary(
            Components.Select(factors.Dictionary, [0, 1]), Matrix<double>.FromRowMajor([0.6, 0.3, 0.6, 0.3], 2, 2));
        var options = new DynamicalSystemOptions { Rank = 4, Shapes = [2, 2, 0,
            0], Known = known, Iterations = new() { MaximumIterations = 50, Tolerance = 0 } };
        var model = DynamicalSystem.Fit(data, options, start: start);
        Assert.Equal(transitions.ToRowMajor(), model.Transitions.ToRowMajor());
        for (var f = 0; f < Features; f++)
        {
            Assert.Equal(factors.Dictionary[f, 0], model.Dictionary[f, 0]);
            Assert.Equal(factors.Dictionary[f, 1], model.Dictionary[f, 1]);
            Assert.NotEqual(factors.Dictionary[f, 2], model.Dictionary[f, 2]);
        }

        Assert.True(model.Report.Objective < model.Report.History[0].Objective);
    }

    [Fact]
    public void The_filter_minimises_the_problem_of_its_frame()
    {
        var start = TestData.Start<double>(2, Features, 4, 11);
        var transitions = Matrix<double>.FromRowMajor(
            [0.9, 0.1, 0, 0, 0.2, 0.5, 0.3, 0, 0, 0, 1, 0.1, 0.3, 0.3, 0.3, 0.3], 4, 4);
        double[] shapes = [3, 0.5, 8, 0];
        var filter = new DynamicalSystemFilter<double>(start.Dictionary, transitions, shapes, updates: 5000);
        var values = TestData.Positive(2, Features, 4, 12);
        var (before, expected, h) = (new double[4], new double[4], new double[4]);
        filter.Push(values.AsSpan(0, Features), before);
        filter.Expect(expected);
        filter.Push(values.AsSpan(Features), h);
        for (var i = 0; i < 4; i++)
            Assert.Equal(Enumerable.Range(0, 4).Sum(j => transitions[i, j] * before[j]), expected[i], 1e-12);
        var best = Cost(h);
        for (var k = 0; k < 4; k++)
        {
            foreach (var factor in new[] { 0.99, 1.01 })
            {
                var moved = h.ToArray();
                moved[k] *= factor;
                Assert.True(Cost(moved) >= best - 1e-9, $"Component {k}, factor {factor}.");
            }
        }

        double Cost(double[] x)
        {
            double cost = 0;
            for (var f = 0; f < Features; f++)
                cost += BetaDivergence.Value(
                    values[Features + f], Enumerable.Range(0, 4).Sum(k => start.Dictionary[f, k] * x[k]), 0);
            for (var k = 0; k < 4; k++)
                cost += shapes[k] * BetaDivergence.Value(x[k], expected[k], 0);
            return cost;
        }
    }

    [Fact]
    public void Samples_have_the_moments_of_the_model_and_forecasts_iterate_the_transitions()
    {
        var data = TestData.Dense<double>(TestData.Positive(Samples, Features, 2, 2), Samples, Features);
        var model = DynamicalSystem.Fit(
            data,
            new DynamicalSystemOptions { Rank = 2, Shapes = [4, 0.5], Iterations = new() { MaximumIterations = 20 } });
        double[] before = [2, 3];
        var forecast = model.Forecast(before, 2);
        double[] first = [
            .. Enumerable.Range(0, 2).Select(i => (model.Transitions[i, 0] * 2) + (model.Transitions[i, 1] * 3))];
        Assert.Equal(first[0], forecast[0, 0], 1e-12);
        Assert.Equal(
            (model.Transitions[1, 0] * first[0]) + (model.Transitions[1, 1] * first[1]), forecast[1, 1], 1e-12);

        // Mean 1 and variance 1/α of the innovations, mean 1 and variance 1 of the data about W h.
        const int draws = 20_000;
        var (mean, square) = (new double[3], new double[3]);
        for (var i = 0; i < draws; i++)
        {
            var (values, activations) = model.Sample(before, 1, i);
            double[] ratios =
            [
                activations[0, 0] / first[0],
                activations[0, 1] / first[1],
                values[0, 5] / ((model.Dictionary[5, 0] * activations[0, 0])
                    + (model.Dictionary[5, 1] * activations[0, 1])),
            ];
            for (var r = 0; r < 3; r++)
                (mean[r], square[r]) = (mean[r] + (ratios[r] / draws), square[r] + (ratios[r] * ratios[r] / draws));
        }

        double[] variances = [1 / model.Options.Shapes![0], 1 / model.Options.Shapes[1], 1];
        for (var r = 0; r < 3; r++)
        {
            Assert.Equal(1, mean[r], 5 * Math.Sqrt(variances[r] / draws));
            Assert.Equal(variances[r], square[r] - (mean[r] * mean[r]), 0.15 * variances[r]);
        }
    }

    [Fact]
    public void Transitions_of_a_chain_are_found()
    {
        // Two spectra that alternate: each is followed by the other.
        var random = new Random(1);
        var values = new double[200 * 6];
        for (var n = 0; n < 200; n++)
            for (var f = 0; f < 6; f++)
                values[(n * 6) + f] = ((f < 3) == (n % 2 == 0) ? 10 : 0.01) * (0.5 + random.NextDouble());
        var data = TestData.Dense<double>(values, 200, 6);
        var model = DynamicalSystem.Fit(
            data, new DynamicalSystemOptions { Rank = 2, Shape = 1, Iterations = new() { MaximumIterations = 500 } });
        Assert.True(model.Transitions[0, 1] > 0.5 && model.Transitions[1, 0] > 0.5);
        Assert.True(model.Transitions[0, 0] < 0.05 && model.Transitions[1, 1] < 0.05);
    }

    [Fact]
    public void Bad_arguments_are_named()
    {
        var data = TestData.Dense<float>(TestData.Positive(8, 5, 2, 1), 8, 5);
        var options = new DynamicalSystemOptions { Rank = 2 };
        foreach (var (changed, text) in new[]
        {
            (options with { Shape = -1 }, "shape is -1"),
            (options with { Shapes = [1] }, "1 values of the shape, but the rank is 2"),
            (options with { Shapes = [1, double.NaN] }, "shape of component 1 is NaN"),
            (options with { Floor = 0 }, "floor is 0"),
            (options with { DictionaryPenalty = -2 }, "dictionary penalty is -2"),
            (options with { Known = KnownComponents.FromColumns([new float[5]]) },
                "transitions between the known components are missing"),
        })
        {
            Assert.Contains(
                text, Assert.Throws<ArgumentException>(() => DynamicalSystem.Fit(data, changed)).Message,
                StringComparison.Ordinal);
        }

        var dictionary = new Matrix<float>(5, 2);
        var wrong = new Matrix<float>(3, 3);
        Assert.Contains(
            "3 x 3", Assert.Throws<ArgumentException>(() => new DynamicalSystemStart<float>(dictionary, wrong)).Message,
            StringComparison.Ordinal);
    }
}

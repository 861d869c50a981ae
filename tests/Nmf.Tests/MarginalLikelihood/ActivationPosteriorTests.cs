using MathNet.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Distributions of activations: bounds of likelihoods that are known, moments, and errors.</summary>
public sealed class ActivationPosteriorTests
{
    private static readonly InferenceOptions Exact = new() { Tolerance = 1e-12, MaximumIterations = 100_000 };

    [Fact]
    public void The_bound_is_below_the_likelihood_and_near_it()
    {
        foreach (var problem in MarginalGoldens.Values.Exact)
        {
            var posterior = new PoissonPosterior(
                problem.Dictionary, [problem.Shape, problem.Shape], problem.Rates, Exact);
            var bound = Solve(posterior, problem.Values, out _, out _);
            Assert.True(bound <= problem.Log + 1e-10, $"{bound:R} is above {problem.Log:R}");
            Assert.True(bound > problem.Log - 1.5, $"{bound:R} is far below {problem.Log:R}");
        }
    }

    [Fact]
    public void The_bound_of_exponential_noise_is_below_the_likelihood_and_near_it()
    {
        foreach (var problem in MarginalGoldens.Values.ExactExponential)
        {
            var posterior = new ExponentialPosterior(
                problem.Dictionary, [problem.Shape, problem.Shape], problem.Rates, Exact);
            var bound = Solve(posterior, problem.Values, out var mean, out var deviation);
            Assert.True(bound <= problem.Log + 1e-10, $"{bound:R} is above {problem.Log:R}");
            Assert.True(bound > problem.Log - 1.5, $"{bound:R} is far below {problem.Log:R}");
            Assert.All(mean.Concat(deviation), value => Assert.True(value > 0));
        }
    }

    [Fact]
    public void One_component_is_solved_exactly()
    {
        double[] w = [0.2, 1.5, 0.7], values = [1, 4, 0];
        const double shape = 1.7, rate = 0.4;
        var posterior = new PoissonPosterior(w, [shape], [rate], Exact);
        var bound = Solve(posterior, values, out var mean, out var deviation);
        var (count, total) = (values.Sum(), w.Sum() + rate);
        Assert.Equal((shape + count) / total, mean[0], 1e-12);
        Assert.Equal(Math.Sqrt(shape + count) / total, deviation[0], 1e-12);
        var exact = SpecialFunctions.GammaLn(shape + count) - SpecialFunctions.GammaLn(shape)
            + (shape * Math.Log(rate / total)) - (count * Math.Log(total));
        for (var f = 0; f < 3; f++)
            exact += (values[f] * Math.Log(w[f])) - SpecialFunctions.GammaLn(values[f] + 1);
        Assert.Equal(exact, bound, 1e-12);
    }

    [Fact]
    public void A_sample_without_counts_has_the_prior_of_a_sample_without_counts()
    {
        var posterior = new PoissonPosterior([1, 0.5, 0.25, 2], [2, 2], [1, 0.5], Exact);
        var bound = Solve(posterior, [0, 0], out var mean, out _);
        Assert.Equal([2 / 2.25, 2 / 3.0], mean);
        Assert.Equal((2 * Math.Log(1 / 2.25)) + (2 * Math.Log(0.5 / 3)), bound, 1e-12);
    }

    [Fact]
    public void Activations_of_the_fit_are_those_of_its_data_and_its_bound_is_theirs()
    {
        var data = PlantedCounts.Create(120, 30, 3, 2);
        var model = MarginalLikelihood.Fit(data, new MarginalLikelihoodOptions { Rank = 3, Seed = 1 });
        var again = model.Infer(data);
        Assert.Equal(model.Activations!.Mean.ToRowMajor(), again.Mean.ToRowMajor());
        Assert.Equal(model.Activations.Deviation.ToRowMajor(), again.Deviation.ToRowMajor());
        Assert.Equal(model.Activations.LogLikelihood, again.LogLikelihood);
        Assert.Equal(-model.Report!.Objective, again.TotalLogLikelihood, 1e-4 * model.Report.Objective);
        Assert.Equal(
            Math.Exp(-again.TotalLogLikelihood / data.Sum), model.Perplexity(data), 1e-12);
        Assert.All(again.Deviation.ToRowMajor(), value => Assert.True(value > 0));
    }

    [Fact]
    public void A_likelihood_tells_strange_samples_and_good_models()
    {
        var data = PlantedCounts.Create(200, 30, 3, 2);
        var model = MarginalLikelihood.Fit(data, new MarginalLikelihoodOptions { Rank = 6, Seed = 1 });
        var poor = MarginalLikelihood.Fit(data, new MarginalLikelihoodOptions { Rank = 1, Seed = 1 });
        var unseen = PlantedCounts.Create(50, 30, 3, 2);
        Assert.True(model.Perplexity(unseen) < poor.Perplexity(unseen));
        var row = new double[30];
        row[3] = row[17] = row[28] = 25;
        var strange = model.Infer(NmfData<double>.FromDense(row, 1, 30)).LogLikelihood[0];
        Assert.True(strange < model.Infer(unseen).LogLikelihood.Min());
    }

    [Fact]
    public void Other_features_and_no_counts_are_refused()
    {
        var data = PlantedCounts.Create(20, 10, 2, 2);
        var model = MarginalLikelihood.Fit(
            data, new MarginalLikelihoodOptions { Rank = 2, Iterations = new() { MaximumIterations = 5 } });
        var error = Assert.Throws<ArgumentException>(() => model.Infer(PlantedCounts.Create(3, 9, 2, 2)));
        Assert.Contains("9 features", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(
            () => model.Perplexity(NmfData<double>.FromDense(new double[10], 1, 10, isBatch: true)));
    }

    private static double Solve(RowPosterior posterior, double[] values, out double[] mean, out double[] deviation)
    {
        (mean, deviation) = (new double[posterior.Rank], new double[posterior.Rank]);
        var scratch = new double[posterior.ScratchLength];
        Array.Fill(scratch, double.NaN);
        return posterior.Solve([], values, mean, deviation, scratch);
    }
}

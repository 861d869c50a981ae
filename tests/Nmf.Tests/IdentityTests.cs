using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Exact identities of β-NMF that hold for any correct implementation.</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData(-1, 5.6926928029)]
    [InlineData(0, 6.8375194350)]
    [InlineData(0.5, 7.3975122857)]
    [InlineData(1, 7.9210526316)]
    [InlineData(2, 8.8056074766)]
    [InlineData(3, 9.4499144882)]
    [InlineData(1.5, double.NaN)]
    public void With_one_component_exponent_one_reaches_the_closed_form_in_one_step(double beta, double golden)
    {
        var data = Fixture.Data<double>();
        var full = Fixture.Start<double>();
        var w = Column(full.Dictionary, 0);
        var h = Column(full.Activations!, 0);
        using var team = new WorkTeam(1);
        var pass = data.CreatePass(1, beta, team);
        var negative = new Matrix<double>(Fixture.Samples, 1);
        var positive = new Matrix<double>(Fixture.Samples, 1);
        pass.ActivationGradient(w, h, negative, positive, withObjective: false);
        FactorKernels.MultiplicativeUpdate(h, negative, positive, 1, team);
        var values = Fixture.Values<double>();
        for (var n = 0; n < Fixture.Samples; n++)
        {
            double above = 0, below = 0;
            for (var f = 0; f < Fixture.Features; f++)
            {
                above += values[(n * Fixture.Features) + f] * Math.Pow(w[f, 0], beta - 1);
                below += Math.Pow(w[f, 0], beta);
            }

            Assert.Equal(above / below, h[n, 0], 1e-12 * above / below);
        }

        if (!double.IsNaN(golden))
            Assert.Equal(golden, h[0, 0], 1e-9);
    }

    [Fact]
    public void A_kullback_leibler_step_preserves_the_margins()
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        using var team = new WorkTeam(1);
        var solver = Solver<double>.Create(
            data, new NmfOptions { Rank = Fixture.Rank, Problem = 1, Solver = NmfSolver.MultiplicativeUpdate }, start,
            team);
        solver.Step();
        var values = Fixture.Values<double>();
        for (var f = 0; f < Fixture.Features; f++)
        {
            double expected = 0, actual = 0;
            for (var n = 0; n < Fixture.Samples; n++)
            {
                expected += values[(n * Fixture.Features) + f];
                for (var k = 0; k < Fixture.Rank; k++)
                    actual += solver.W[f, k] * solver.H[n, k];
            }

            Assert.Equal(expected, actual, 1e-11 * expected);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0.5)]
    public void Scaling_a_component_between_the_factors_does_not_change_the_path(double beta)
    {
        double[] scale = [0.1, 7, 30];
        var data = Fixture.Data<double>();
        var startA = Fixture.Start<double>();
        var startB = Fixture.Start<double>();
        FactorKernels.ScaleColumns<double>(startB.Dictionary, scale);
        FactorKernels.ScaleColumns<double>(startB.Activations!, Array.ConvertAll(scale, s => 1 / s));
        using var team = new WorkTeam(1);
        var options = new NmfOptions { Rank = Fixture.Rank, Problem = beta, Solver = NmfSolver.MultiplicativeUpdate };
        var a = Solver<double>.Create(data, options, startA, team);
        var b = Solver<double>.Create(data, options, startB, team);
        for (var i = 0; i < 20; i++)
        {
            a.Step();
            b.Step();
            Assert.Equal(a.Objective(), b.Objective(), 1e-11 * a.Objective());
        }
    }

    [Theory]
    [InlineData(-0.5)]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.3)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_gradient_pair_is_the_gradient_of_the_objective(double beta)
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        var (w, h) = (start.Dictionary, start.Activations!);
        using var team = new WorkTeam(1);
        var pass = data.CreatePass(Fixture.Rank, beta, team);
        var negativeH = new Matrix<double>(Fixture.Samples, Fixture.Rank);
        var positiveH = new Matrix<double>(Fixture.Samples, Fixture.Rank);
        var negativeW = new Matrix<double>(Fixture.Features, Fixture.Rank);
        var positiveW = new Matrix<double>(Fixture.Features, Fixture.Rank);
        pass.ActivationGradient(w, h, negativeH, positiveH, withObjective: false);
        pass.DictionaryGradient(w, h, negativeW, positiveW);
        AssertGradient(h, negativeH, positiveH);
        AssertGradient(w, negativeW, positiveW);

        void AssertGradient(Matrix<double> factor, Matrix<double> negative, Matrix<double> positive)
        {
            const double step = 1e-5;
            for (var i = 0; i < factor.Rows; i++)
            {
                for (var k = 0; k < factor.Columns; k++)
                {
                    var value = factor[i, k];
                    factor[i, k] = value + step;
                    var above = pass.Objective(w, h);
                    factor[i, k] = value - step;
                    var below = pass.Objective(w, h);
                    factor[i, k] = value;
                    var expected = (above - below) / (2 * step);
                    Assert.Equal(expected, positive[i, k] - negative[i, k], 1e-6 * (positive[i, k] + negative[i, k]));
                }
            }
        }
    }

    [Fact]
    public void An_itakura_saito_fit_of_exponential_noise_sits_at_the_noise_floor()
    {
        // E[d_IS] of exponential noise around its mean is Euler's constant; fitted parameters take their share of it.
        const int samples = 400, features = 60;
        var random = new Random(5);
        var values = TestData.Positive(samples, features, 1, 12);
        for (var i = 0; i < values.Length; i++)
            values[i] = (1 + (i % features % 7)) * -Math.Log(1 - random.NextDouble());
        var data = TestData.Dense<double>(values, samples, features);
        var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 1, Problem = 0 });
        Assert.Equal(0.577216, model.Objective / values.Length, 0.015);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_problem_with_a_unique_solution_is_solved(double beta)
    {
        // Laurberg et al. (2008): with W = H = all permutations of (a, 1, 0), a < 1/2, the
        // factorisation of W Hᵀ is unique.
        const double a = 0.3;
        double[] part = [a, 1, 0, a, 0, 1, 1, a, 0, 0, a, 1, 1, 0, a, 0, 1, a];
        var values = new double[36];
        for (var i = 0; i < 6; i++)
            for (var j = 0; j < 6; j++)
                for (var k = 0; k < 3; k++)
                    values[(i * 6) + j] += part[(i * 3) + k] * part[(j * 3) + k];
        var data = TestData.Dense<double>(values, 6, 6);
        var options = new NmfOptions
        {
            Rank = 3, Problem = beta,
            Iterations = new() { Tolerance = 0, MaximumIterations = 20_000, CheckInterval = 1000 }, Starts = 3,
            Initialization = NmfInitialization.Random, Seed = 8,
        };
        var model = NmfFactorizer.Fit(data, options);
        var found = Enumerable.Range(0, 3)
            .Select(k => Enumerable.Range(0, 6).Select(f => model.Dictionary[f, k]).ToArray()).ToArray();
        var expected = Enumerable.Range(0, 3)
            .Select(k => Enumerable.Range(0, 6).Select(f => part[(f * 3) + k] / (2 * (1 + a))).ToArray()).ToArray();
        foreach (var column in expected)
            Assert.True(found.Min(c => c.Zip(column, (x, y) => Math.Abs(x - y)).Max()) < 2e-3);
    }

    private static Matrix<double> Column(Matrix<double> matrix, int k)
        => Matrix<double>.FromRowMajor(
            Enumerable.Range(0, matrix.Rows).Select(i => matrix[i, k]).ToArray(), matrix.Rows, 1);
}

using System.Numerics;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels.Tests;

/// <summary>The passes of other measures of fit and of the outlier term, in every vector width, against
/// their definitions.</summary>
public sealed class MeasurePassTests
{
    private static readonly (int Features, int Samples, int Rank)[] Shapes = [
        (13, 9, 3), (97, 49, 17), (5, 60, 4), (40, 1, 1)];

    private static readonly MeasureKernel[] All =
    [
        new AlphaKernel(-1), new AlphaKernel(0), new AlphaKernel(0.5), new AlphaKernel(2), new AlphaKernel(2.7),
        new BregmanKernel(new EuclideanGenerator()), new BregmanKernel(new KullbackLeiblerGenerator()),
        new BregmanKernel(new ItakuraSaitoGenerator()), new BregmanKernel(new LogisticGenerator()),
    ];

    public static TheoryData<int> Measures => [.. Enumerable.Range(0, All.Length)];

    [Theory]
    [MemberData(nameof(Measures))]
    public void The_objective_is_the_sum_over_entries_and_the_gradient_its_slope(int number)
    {
        var measure = All[number];
        using var team = new WorkTeam(1);
        foreach (var bits in VectorWidths.Accelerated)
        {
            foreach (var (features, samples, rank) in Shapes)
            {
                var problem = new DenseProblem<double>(features, samples, rank, 0, team, edit: p => Shrink(p));
                var pass = MeasurePass.Create<double>(problem.V, null, rank, measure, team, maximumBits: bits);
                var value = Definition(problem, (v, y) => ValueOf(measure, v, y));
                Assert.Equal(value, pass.Objective(problem.W, problem.H), 1e-11 * value);
                Assert.Equal(
                    value, pass.ActivationGradient(problem.W, problem.H, problem.NegativeH, problem.PositiveH, true),
                    1e-11 * value);
                pass.DictionaryGradient(problem.W, problem.H, problem.NegativeW, problem.PositiveW);
                // The derivative of an α-divergence is (pos - neg)/α, and -neg for α = 0.
                var (weight, positive) =
                    measure is AlphaKernel { Alpha: var alpha } ? alpha == 0 ? (1, 0) : (1 / alpha, 1.0) : (1, 1);
                AssertSlope(problem.H, problem.NegativeH, problem.PositiveH);
                AssertSlope(problem.W, problem.NegativeW, problem.PositiveW);

                void AssertSlope(Matrix<double> factor, Matrix<double> negative, Matrix<double> positivePart)
                {
                    foreach (var (i, k) in new[] { (0, 0), (factor.Rows - 1, rank - 1), (factor.Rows / 2, rank / 2) })
                    {
                        var (before, step) = (factor[i, k], 1e-6 * factor[i, k]);
                        factor[i, k] = before + step;
                        var above = Definition(problem, (v, y) => ValueOf(measure, v, y));
                        factor[i, k] = before - step;
                        var below = Definition(problem, (v, y) => ValueOf(measure, v, y));
                        factor[i, k] = before;
                        var slope = weight * ((positive * positivePart[i, k]) - negative[i, k]);
                        Assert.Equal(
                            (above - below) / (2 * step), slope,
                            1e-3 * (Math.Abs(negative[i, k]) + Math.Abs(positivePart[i, k])));
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Measures))]
    public void Sparse_data_give_what_dense_data_give(int number)
    {
        var measure = All[number];
        using var team = new WorkTeam(2);
        var problem = new DenseProblem<double>(
            121, 70, 5, ValueOf(measure, 0, 1) < double.PositiveInfinity ? 1 : 0, team, edit: p => Shrink(p));
        var sparse = Compress(problem.V);
        var transposed = sparse.Transpose();
        var a = DivergencePass<double>.Create(problem.V, 5, measure, team);
        var b = DivergencePass<double>.Create(sparse, transposed, 5, measure, team);
        var negativeH = problem.NegativeH.Clone();
        var positiveH = problem.PositiveH.Clone();
        var negativeW = problem.NegativeW.Clone();
        var positiveW = problem.PositiveW.Clone();
        var expected = a.ActivationGradient(problem.W, problem.H, problem.NegativeH, problem.PositiveH, true);
        a.DictionaryGradient(problem.W, problem.H, problem.NegativeW, problem.PositiveW);
        Assert.Equal(
            expected, b.ActivationGradient(problem.W, problem.H, negativeH, positiveH, true), 1e-11 * expected);
        Assert.Equal(expected, b.Objective(problem.W, problem.H), 1e-11 * expected);
        b.DictionaryGradient(problem.W, problem.H, negativeW, positiveW);
        AssertClose(problem.NegativeH, negativeH);
        AssertClose(problem.PositiveH, positiveH);
        AssertClose(problem.NegativeW, negativeW);
        AssertClose(problem.PositiveW, positiveW);
    }

    [Fact]
    public void The_two_halves_of_the_bernoulli_likelihood_add_up_to_it()
    {
        using var team = new WorkTeam(1);
        foreach (var bits in VectorWidths.Accelerated)
        {
            var problem = new DenseProblem<double>(35, 20, 4, 1, team, edit: p => Shrink(p));
            Normalize(problem);
            var rest = new Matrix<double>(20, 4);
            for (var n = 0; n < 20; n++)
                for (var k = 0; k < 4; k++)
                    rest[n, k] = 1 - problem.H[n, k];
            var measure = new BernoulliKernel();
            var ones = DensePass.Create(problem.V, 4, 1, team, bits);
            var zeros = MeasurePass.Create<double>(
                problem.V, null, 4, new ComplementKernel(), team, maximumBits: bits);
            var expected = Definition(problem, (v, y) => ValueOf(measure, v, y));
            Assert.Equal(
                expected, ones.Objective(problem.W, problem.H) + zeros.Objective(problem.W, rest), 1e-11 * expected);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.7)]
    [InlineData(1)]
    [InlineData(1.3)]
    [InlineData(1.5)]
    [InlineData(1.8)]
    [InlineData(2)]
    public void The_outlier_part_of_an_entry_is_a_minimum(double beta)
    {
        using var team = new WorkTeam(1);
        foreach (var ofSamples in new[] { true, false })
        {
            foreach (var bits in VectorWidths.Accelerated)
            {
                // One entry, one component: the norm of the row is the size of the entry, so both kinds
                // have penalty λ r in the end.
                foreach (var (v, m, lambda) in
                    new[] { (5.0, 2.0, 0.3), (5.0, 2.0, 0.01), (400.0, 0.5, 0.2), (1.0, 3.0, 0.5), (0.7, 0.6, 2.0) })
                {
                    var data = Matrix<double>.FromRowMajor([v], 1, 1);
                    var w = Matrix<double>.FromRowMajor([m], 1, 1);
                    var h = Matrix<double>.FromRowMajor([1.0], 1, 1);
                    var term = OutlierTerm<double>.Create(data, beta, new OutlierKernel(lambda, ofSamples));
                    var pass = MeasurePass.Create(data, null, 1, beta, term, team, bits);
                    var (objective, previous) = (pass.Objective(w, h), double.PositiveInfinity);
                    for (var i = 0; i < 3000; i++)
                    {
                        Assert.True(objective <= previous * (1 + 1e-12), $"{previous:R} -> {objective:R}");
                        (previous, objective) = (objective, pass.Objective(w, h));
                    }

                    var r = pass.OutlierNorms[0];
                    double At(double x) => Beta(v, m + x, beta) + (lambda * x);
                    var best = Enumerable.Range(0, 20_001).Min(i => At(v * i / 20_000.0));
                    Assert.Equal(best, objective, 1e-5 * (1 + best));
                    Assert.Equal(At(r), objective, 1e-9 * (1 + best));
                }
            }
        }
    }

    private static double Beta(double x, double y, double beta) => beta switch
    {
        1 => (x * Math.Log(x / y)) - x + y,
        0 => (x / y) - Math.Log(x / y) - 1,
        _ => (Math.Pow(x, beta) + ((beta - 1) * Math.Pow(y, beta))
            - (beta * x * Math.Pow(y, beta - 1))) / (beta * (beta - 1)),
    };

    // Once more, from the definitions.
    private static double ValueOf(MeasureKernel measure, double v, double y)
    {
        if (measure is BregmanKernel { Generator: var generator })
        {
            var value = 0.0;
            generator.Divergence([v], [y], new Span<double>(ref value));
            return value;
        }

        return measure switch
        {
            AlphaKernel { Alpha: 0 } => v == 0 ? double.PositiveInfinity : (y * Math.Log(y / v)) - y + v,
            AlphaKernel { Alpha: var a }
                => ((Math.Pow(v, a) * Math.Pow(y, 1 - a)) - (a * v) + ((a - 1) * y)) / (a * (a - 1)),
            _ => (v == 0 ? 0 : v * Math.Log(v / y)) + (v == 1 ? 0 : (1 - v) * Math.Log((1 - v) / (1 - y))),
        };
    }

    private static double Definition(DenseProblem<double> problem, Func<double, double, double> value)
    {
        double sum = 0;
        for (var n = 0; n < problem.V.Rows; n++)
        {
            for (var f = 0; f < problem.V.Columns; f++)
            {
                double y = 0;
                for (var k = 0; k < problem.W.Columns; k++)
                    y += problem.W[f, k] * problem.H[n, k];
                sum += value(problem.V[n, f], y);
            }
        }

        return sum;
    }

    // Inside the domain of every measure: data below 1, models below 1, nothing zero in the factors.
    private static void Shrink(DenseProblem<double> problem)
    {
        var largest = problem.V.ToRowMajor().Max();
        Map(problem.V, v => 0.9 * v / largest);
        Map(problem.W, w => 0.05 + w);
        Map(problem.H, h => 0.05 + h);
        double top = 0;
        Definition(problem, (_, y) => top = Math.Max(top, y));
        Map(problem.H, h => 0.8 * h / top);
    }

    private static void Normalize(DenseProblem<double> problem)
    {
        for (var f = 0; f < problem.W.Rows; f++)
        {
            var sum = problem.W.Row(f).ToArray().Sum();
            foreach (ref var w in problem.W.Row(f))
                w /= sum;
        }

        Map(problem.H, h => 0.1 + (0.8 * h / problem.H.ToRowMajor().Max()));
    }

    private static void Map(Matrix<double> matrix, Func<double, double> map)
    {
        var values = Array.ConvertAll(matrix.ToRowMajor(), v => map(v));
        for (var i = 0; i < matrix.Rows; i++)
            values.AsSpan(i * matrix.Columns, matrix.Columns).CopyTo(matrix.Row(i));
    }

    private static SparseMatrix<double> Compress(Matrix<double> dense)
    {
        var (starts, indices, values) = (new List<long> { 0 }, new List<int>(), new List<double>());
        for (var i = 0; i < dense.Rows; i++)
        {
            for (var j = 0; j < dense.Columns; j++)
            {
                if (dense[i, j] == 0)
                    continue;
                indices.Add(j);
                values.Add(dense[i, j]);
            }

            starts.Add(indices.Count);
        }

        return SparseMatrix<double>.FromCsr(dense.Rows, dense.Columns, [.. starts], [.. indices], [.. values]);
    }

    private static void AssertClose(Matrix<double> expected, Matrix<double> actual)
    {
        var largest = expected.ToRowMajor().Max(Math.Abs);
        Assert.All(
            expected.ToRowMajor().Zip(actual.ToRowMajor()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-11 * largest));
    }
}

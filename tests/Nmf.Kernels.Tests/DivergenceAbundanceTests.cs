using System.Text.Json;

namespace Nmf.Kernels.Tests;

/// <summary>Abundances of single rows for other measures of fit than least squares: scipy's numbers, and the conditions
/// of Karush, Kuhn and Tucker.</summary>
public sealed class DivergenceAbundanceTests
{
    private sealed record Case(double Beta, int Problem, bool AtMost, double[] V, double[] H, double Divergence);

    private sealed record Goldens(double[][] W, Case[] Cases);

    private static readonly Goldens s_goldens = JsonSerializer.Deserialize<Goldens>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "abundances.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<double> Betas => [-1, 0, 0.5, 1, 1.3, 1.5, 1.9, 2.5, 3];

    [Fact]
    public void The_minimum_is_that_of_scipy()
    {
        Assert.Equal(48, s_goldens.Cases.Length);
        var w = Matrix<double>.FromRowMajor(
            [.. s_goldens.W.SelectMany(row => row)], s_goldens.W.Length, s_goldens.W[0].Length);
        var single = Narrow(w);
        foreach (var golden in s_goldens.Cases)
        {
            var h = Solve(w, golden.V, Options(golden.Beta, golden.AtMost) with { Tolerance = 1e-9 });
            var narrow = Solve(
                single, Array.ConvertAll(golden.V, v => (float)v),
                Options(golden.Beta, golden.AtMost) with { Tolerance = 1e-7 });
            for (var k = 0; k < h.Length; k++)
            {
                Assert.Equal(golden.H[k], h[k], 1e-8);
                Assert.Equal(golden.H[k], narrow[k], 1e-5);
            }

            Assert.Equal(golden.Divergence, Divergence(golden.V, w, h, golden.Beta), 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void Every_result_is_stationary_on_the_simplex(double beta)
    {
        const int features = 30, rank = 7;
        var random = new Random(3);
        var w = RandomMatrix(features, rank, random);
        for (var f = 0; f < features; f++)
            w[f, 6] = w[f, 2];
        for (var problem = 0; problem < 60; problem++)
        {
            // Rows on the simplex, far brighter, far darker, spiky, and with zeros where they may have them.
            var scale = Math.Pow(10, (problem % 5) - 2);
            var v = Enumerable.Range(0, features).Select(
                f => scale * (problem % 3 == 0 ? w[f, problem % rank] : Math.Pow(random.NextDouble(), 3) + 1e-3))
                .ToArray();
            for (var f = 0; f < features && beta > 0 && problem % 4 == 0; f += 2)
                v[f] = 0;
            foreach (var atMost in new[] { false, true })
            {
                var h = Solve(w, v, Options(beta, atMost) with { Tolerance = beta is >= 1 and <= 2 ? 1e-8 : 1e-6 });
                AssertStationary(v, w, h, beta, atMost);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    [InlineData(3)]
    public void A_row_of_zeros_goes_to_the_darkest_endmember_or_into_the_shade(double beta)
    {
        var w = Matrix<double>.FromRowMajor([0.5, 0.2, 0.9, 0.5, 0.1, 0.9, 0.4, 0.2, 0.8], 3, 3);
        var shade = Solve(w, new double[3], Options(beta, true));
        Assert.All(shade, value => Assert.Equal(0, value, 1e-3));
        var one = Solve(w, new double[3], Options(beta, false));
        Assert.Equal([0, 1, 0], one, (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1.3)]
    public void Features_that_no_endmember_has_do_not_matter(double beta)
    {
        double[] w = [1, 4, 2, 1, 3, 0.5, 4, 2], v = [2, 2, 2, 3];
        var dictionary = Matrix<double>.FromRowMajor(w, 4, 2);
        var longer = Matrix<double>.FromRowMajor([.. w, 0, 0], 5, 2);
        Assert.Equal(Solve(dictionary, v, Options(beta, false)), Solve(longer, [.. v, 7], Options(beta, false)));
    }

    [Fact]
    public void Rows_allocate_nothing()
    {
        var w = RandomMatrix(20, 4, new Random(1));
        var solver = new RowSolver<double>(w, Options(1, false));
        var scratch = solver.CreateScratch();
        var (v, h) = (Enumerable.Range(1, 20).Select(f => (double)f).ToArray(), new double[4]);
        Allocation.AssertNone(() => solver.Solve(v, h, scratch));
    }

    private static void AssertStationary(double[] v, Matrix<double> w, double[] h, double beta, bool atMost)
    {
        Assert.All(h, value => Assert.True(value >= 0));
        Assert.True(atMost ? h.Sum() <= 1 + 1e-9 : Math.Abs(h.Sum() - 1) < 1e-9);

        // What the best vertex promises: an upper bound of what is left where the problem is convex. Where it is not,
        // convergence is linear and stops earlier.
        var gradient = Gradient(v, w, h, beta);
        var gap = h.Zip(gradient).Sum(pair => pair.First * pair.Second) - Math.Min(
            gradient.Min(), atMost ? 0 : double.PositiveInfinity);
        var size = Size(v, w, h, beta);
        Assert.True(
            gap <= (beta is >= 1 and <= 2 ? 1e-7 : 3e-3) * size, $"β = {beta}: {gap} of {size}; {string.Join(" ", h)}");
    }

    private static double[] Gradient(double[] v, Matrix<double> w, double[] h, double beta)
    {
        var gradient = new double[h.Length];
        for (var f = 0; f < v.Length; f++)
        {
            var y = Enumerable.Range(0, h.Length).Sum(k => w[f, k] * h[k]);
            if (y == 0 && v[f] == 0)
                continue;
            for (var k = 0; k < h.Length; k++)
                gradient[k] += w[f, k] * (Math.Pow(y, beta - 1) - (v[f] * Math.Pow(y, beta - 2)));
        }

        return gradient;
    }

    private static double Size(double[] v, Matrix<double> w, double[] h, double beta)
    {
        double size = 0;
        for (var f = 0; f < v.Length; f++)
        {
            var y = Enumerable.Range(0, h.Length).Sum(k => w[f, k] * h[k]);
            size += Math.Pow(y, beta) + (v[f] * Math.Pow(y, beta - 1));
        }

        return size;
    }

    private static double Divergence(double[] v, Matrix<double> w, double[] h, double beta)
    {
        double sum = 0;
        for (var f = 0; f < v.Length; f++)
        {
            var (x, y) = (v[f], Enumerable.Range(0, h.Length).Sum(k => w[f, k] * h[k]));
            sum += beta == 1
                ? (x > 0 ? x * Math.Log(x / y) : 0) - x + y
                : (Math.Pow(x, beta) + ((beta - 1) * Math.Pow(y, beta))
                    - (beta * x * Math.Pow(y, beta - 1))) / (beta * (beta - 1));
        }

        return sum;
    }

    private static RowSolverOptions Options(double beta, bool atMost)
        => new() { Beta = beta, Abundances = atMost ? SumConstraint.SumToAtMostOne : SumConstraint.SumToOne };

    private static T[] Solve<T>(Matrix<T> w, T[] v, RowSolverOptions options)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var solver = new RowSolver<T>(w, options);
        var scratch = solver.CreateScratch();
        var h = new T[w.Columns];
        solver.Solve(v, h, scratch);
        Assert.True(scratch.Converged);
        return h;
    }

    private static Matrix<double> RandomMatrix(int rows, int columns, Random random)
        => Matrix<double>.FromRowMajor(
            [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble())], rows, columns);

    private static Matrix<float> Narrow(Matrix<double> matrix)
        => Matrix<float>.FromRowMajor(
            Array.ConvertAll(matrix.ToRowMajor(), v => (float)v), matrix.Rows, matrix.Columns);
}

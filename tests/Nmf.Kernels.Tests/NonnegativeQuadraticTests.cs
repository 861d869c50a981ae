namespace Nmf.Kernels.Tests;

public sealed unsafe class NonnegativeQuadraticTests
{
    [Fact]
    public void The_minimum_is_that_of_the_best_support()
    {
        // ½ (x - h)ᵀ WᵀW (x - h) + gᵀ (x - h) is least squares for the target t = W h - r with Wᵀ r = g.
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var (rank, features) = (1 + (seed % 9), 12);
            var w = SparseSamples.Factor(features, rank, seed);
            var h = Enumerable.Range(0, rank)
                .Select(_ => random.NextDouble() < 0.5 ? 0 : random.NextDouble()).ToArray();
            var residual = Enumerable.Range(0, features).Select(_ => random.NextDouble() - 0.5).ToArray();
            var target = Enumerable.Range(0, features)
                .Select(f => Enumerable.Range(0, rank).Sum(k => w[f, k] * h[k]) - residual[f]).ToArray();
            var gradient = Enumerable.Range(0, rank)
                .Select(k => Enumerable.Range(0, features).Sum(f => w[f, k] * residual[f])).ToArray();
            var expected = RowSolverReference.LeastSquares(target, w);
            var actual = Minimize(Gram(w), gradient, h);
            for (var k = 0; k < rank; k++)
                SparseSamples.AssertClose(expected[k], actual[k], 1e-8, Math.Max(1, expected.Max()));
        }
    }

    [Theory]
    [InlineData(49, 60)]
    [InlineData(64, 70)]
    [InlineData(5, 2)]
    public void The_conditions_of_optimality_hold_also_where_the_matrix_is_singular_but_for_a_ridge(
        int rank, int features)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            var a = Gram(SparseSamples.Factor(features, rank, seed));
            for (var k = 0; k < rank; k++)
                a[k, k] *= 1 + 1e-6;
            var h = Enumerable.Range(0, rank).Select(_ => random.NextDouble()).ToArray();
            var gradient = Enumerable.Range(0, rank).Select(_ => 3 * (random.NextDouble() - 0.5)).ToArray();
            var x = Minimize(a, gradient, h);
            for (var k = 0; k < rank; k++)
            {
                Assert.True(x[k] >= 0);
                var derivative = gradient[k] + Enumerable.Range(0, rank).Sum(j => a[k, j] * (x[j] - h[j]));
                Assert.InRange(derivative, x[k] > 0 ? -1e-6 : -1e-9, x[k] > 0 ? 1e-6 : double.PositiveInfinity);
            }
        }
    }

    [Fact]
    public void A_singular_matrix_still_gives_something_better_than_the_start()
    {
        var a = new double[,] { { 1, 1 }, { 1, 1 } };
        var x = Minimize(a, [-2, -1], [0.5, 0.5]);
        var (p, q) = (x[0] - 0.5, x[1] - 0.5);
        Assert.True(x[0] >= 0 && x[1] >= 0);
        Assert.True((0.5 * (p + q) * (p + q)) - (2 * p) - q < -1.5);
    }

    private static double[,] Gram(double[,] w)
    {
        var rank = w.GetLength(1);
        var gram = new double[rank, rank];
        for (var i = 0; i < rank; i++)
            for (var j = 0; j < rank; j++)
                gram[i, j] = Enumerable.Range(0, w.GetLength(0)).Sum(f => w[f, i] * w[f, j]);
        return gram;
    }

    private static double[] Minimize(double[,] a, double[] gradient, double[] h)
    {
        // Memory full of NaN: what is not written must not be read.
        var n = h.Length;
        var memory = GC.AllocateArray<double>((int)NonnegativeQuadratic.Size(n), pinned: true);
        memory.AsSpan().Fill(double.NaN);
        fixed (double* pointer = memory)
        {
            var quadratic = new NonnegativeQuadratic(n, pointer);
            for (var i = 0; i < n; i++)
            {
                quadratic.Gradient[i] = gradient[i];
                quadratic.Current[i] = h[i];
                for (var j = 0; j < n; j++)
                    quadratic.Matrix[(i * quadratic.Stride) + j] = a[i, j];
            }

            quadratic.Minimize();
            return [.. Enumerable.Range(0, n).Select(i => quadratic.Solution[i])];
        }
    }
}

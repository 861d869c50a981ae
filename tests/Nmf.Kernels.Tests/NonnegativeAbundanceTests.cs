namespace Nmf.Kernels.Tests;

/// <summary>Abundances that sum to nothing: nonnegative least squares by active sets, with ℓ1.</summary>
public sealed class NonnegativeAbundanceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Every_set_of_positive_entries_tried_gives_the_same(int rank)
    {
        const int Features = 12;
        var random = new Random(rank);
        for (var problem = 0; problem < 60; problem++)
        {
            var w = Random(Features, rank, random);
            var v = Enumerable.Range(0, Features).Select(_ => random.NextDouble()).ToArray();
            var penalty = Enumerable.Range(0, rank).Select(_ => problem % 2 == 0 ? 0 : random.NextDouble()).ToArray();
            var h = Solve(w, v, penalty);
            AssertOptimal(w, v, penalty, h);

            // A sum of at most one that does not matter says the same.
            if (problem % 2 == 0 && h.Sum() < 1)
            {
                var expected = AbundanceReference.BestFace(v, w, atMost: true);
                for (var k = 0; k < rank; k++)
                    Assert.Equal(expected[k], h[k], 1e-8);
            }
        }
    }

    [Theory]
    [InlineData(40, 300, 0)]
    [InlineData(60, 300, 0.05)]
    [InlineData(200, 120, 0)]
    [InlineData(30, 65, 0.5)]
    public void Hundreds_of_columns_that_are_alike_or_the_same_satisfy_the_conditions(
        int features, int rank, double weight)
    {
        var random = new Random(rank);
        var w = Random(features, rank, random);
        for (var f = 0; f < features; f++)
        {
            for (var k = 0; k < rank; k++)
                w[f, k] = 1 + (1e-2 * w[f, k]);
            w[f, 1] = w[f, 0];
            w[f, 3] = 0;
        }

        var penalty = Enumerable.Repeat(weight, rank).ToArray();
        for (var problem = 0; problem < 20; problem++)
        {
            var v = Enumerable.Range(0, features)
                .Select(f => w[f, 5] + (0.5 * w[f, rank - 1]) + (1e-3 * random.NextDouble())).ToArray();
            var h = Solve(w, v, penalty);
            Assert.Equal(0, h[3]);
            AssertOptimal(w, v, penalty, h);
        }
    }

    [Fact]
    public void A_row_without_light_or_with_too_much_penalty_has_no_abundance()
    {
        var w = Random(6, 3, new Random(1));
        Assert.Equal([0, 0, 0], Solve(w, new double[6], [0, 0, 0]));
        Assert.Equal([0, 0, 0], Solve(w, [1, 1, 1, 1, 1, 1], [100, 100, 100]));
    }

    [Fact]
    public void Sparse_rows_give_the_bits_of_dense_ones_and_the_unit_does_not_matter()
    {
        var random = new Random(2);
        var w = Random(30, 80, random);
        var v = Enumerable.Range(0, 30).Select(f => f % 3 == 0 ? 0 : random.NextDouble()).ToArray();
        var penalty = Enumerable.Repeat(0.1, 80).ToArray();
        var expected = Solve(w, v, penalty);
        int[] indices = [.. Enumerable.Range(0, 30).Where(f => v[f] != 0)];
        var solver = Solver(w, penalty);
        var h = new double[80];
        solver.Solve(indices, [.. indices.Select(f => v[f])], h, solver.CreateScratch());
        Assert.Equal(expected, h);

        var scaled = w.Clone();
        for (var f = 0; f < 30; f++)
        {
            for (var k = 0; k < 80; k++)
                scaled[f, k] = Math.ScaleB(w[f, k], -50);
        }

        Assert.Equal(expected, Solve(
            scaled, Array.ConvertAll(v, x => Math.ScaleB(x, -50)),
            Array.ConvertAll(penalty, x => Math.ScaleB(x, -100))));
    }

    [Fact]
    public void What_does_not_go_is_refused()
    {
        var w = Random(4, 2, new Random(1));
        Assert.Throws<ArgumentException>(() => new RowSolver<double>(
            w, new RowSolverOptions { Beta = 1, Abundances = SumConstraint.Nonnegative }));
        Assert.Throws<ArgumentException>(() => new RowSolver<double>(w, new RowSolverOptions
        {
            Beta = 2, Abundances = SumConstraint.Nonnegative, Penalty = new RowPenalty { Quadratic = [1, 1] },
        }));
        Assert.Throws<ArgumentException>(() => new RowSolver<double>(w, new RowSolverOptions
        {
            Beta = 2, Abundances = SumConstraint.SumToOne, Penalty = new RowPenalty { Linear = [1, 1] },
        }));
    }

    private static void AssertOptimal(Matrix<double> w, double[] v, double[] penalty, double[] h)
    {
        var gradient = AbundanceReference.Gradient(v, w, h);
        for (var k = 0; k < h.Length; k++)
        {
            var slope = gradient[k] + penalty[k];
            Assert.True(h[k] >= 0 && slope >= -1e-8 && (h[k] == 0 || slope <= 1e-8), $"{k}: {h[k]}, {slope}");
        }
    }

    private static RowSolver<double> Solver(Matrix<double> w, double[] penalty) => new(w, new RowSolverOptions
    {
        Beta = 2, Abundances = SumConstraint.Nonnegative, Penalty = new RowPenalty { Linear = penalty },
    });

    private static double[] Solve(Matrix<double> w, double[] v, double[] penalty)
    {
        var solver = Solver(w, penalty);
        var scratch = solver.CreateScratch();
        var h = new double[w.Columns];
        solver.Solve(v, h, scratch);
        Assert.True(scratch.Converged);
        return h;
    }

    private static Matrix<double> Random(int rows, int columns, Random random) => Matrix<double>.FromRowMajor(
        [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble())], rows, columns);
}

namespace Nmf.Kernels.Tests;

public sealed class AbundanceTests
{
    [Fact]
    public void Two_endmembers_follow_the_closed_form()
    {
        var w = Matrix<double>.FromRowMajor([1, 4, 2, 1, 3, 0, 4, 2], 4, 2);
        double[] v = [2, 2, 2, 3];
        var h = Solve(w, v, SumConstraint.SumToOne);
        Assert.Equal(15.0 / 23, h[0], 1e-12);
        Assert.Equal(8.0 / 23, h[1], 1e-12);
        var residual = Enumerable.Range(0, 4).Sum(f => Math.Pow(v[f] - (w[f, 0] * h[0]) - (w[f, 1] * h[1]), 2));
        Assert.Equal(0.466252, Math.Sqrt(residual), 1e-6);
    }

    [Fact]
    public void With_unit_vectors_it_is_the_projection_onto_the_simplex()
    {
        // The projection of (0.5, 1.2, -0.3, 0.4), shifted along (1, 1, 1, 1), to which the projection is blind, so
        // that all entries are nonnegative.
        var w = Matrix<double>.FromRowMajor([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], 4, 4);
        var h = Solve(w, [0.8, 1.5, 0, 0.7], SumConstraint.SumToOne);
        Assert.Equal([2 / 15.0, 5 / 6.0, 0, 1 / 30.0], h, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(6, false)]
    [InlineData(9, false)]
    [InlineData(1, true)]
    [InlineData(6, true)]
    [InlineData(8, true)]
    public void Every_face_of_the_simplex_tried_gives_the_same(int rank, bool atMostOne)
    {
        var constraint = atMostOne ? SumConstraint.SumToAtMostOne : SumConstraint.SumToOne;
        const int features = 12;
        var random = new Random(rank);
        for (var problem = 0; problem < 60; problem++)
        {
            var w = Random(features, rank, random);
            var v = Enumerable.Range(0, features)
                .Select(_ => problem % 3 == 0 ? 0.1 * random.NextDouble() : 2 * random.NextDouble()).ToArray();
            var expected = AbundanceReference.BestFace(v, w, constraint == SumConstraint.SumToAtMostOne);
            var h = Solve(w, v, constraint);
            for (var k = 0; k < rank; k++)
                Assert.Equal(expected[k], h[k], 1e-8);
        }
    }

    [Theory]
    [InlineData(32, false)]
    [InlineData(40, true)]
    [InlineData(120, false)]
    [InlineData(90, true)]
    public void Many_endmembers_satisfy_the_optimality_conditions_even_when_they_are_dependent(int rank, bool atMostOne)
    {
        var constraint = atMostOne ? SumConstraint.SumToAtMostOne : SumConstraint.SumToOne;
        // More endmembers than features, and two that are equal.
        const int features = 20;
        var random = new Random(rank);
        var w = Random(features, rank, random);
        for (var f = 0; f < features; f++)
            w[f, 1] = w[f, 0];
        for (var problem = 0; problem < 50; problem++)
        {
            var v = Enumerable.Range(0, features).Select(_ => 1.2 * random.NextDouble()).ToArray();
            var h = Solve(w, v, constraint);
            Assert.All(h, value => Assert.True(value >= 0));
            var gradient = AbundanceReference.Gradient(v, w, h);
            // The multiplier: the gradient is the same where abundances are positive, and nowhere smaller.
            var level = Enumerable.Range(0, rank).Sum(k => h[k] * gradient[k]) / Math.Max(h.Sum(), 1e-300);
            if (constraint == SumConstraint.SumToAtMostOne)
            {
                Assert.True(h.Sum() <= 1 + 1e-9);
                Assert.True(level <= 1e-8);
                if (h.Sum() < 1 - 1e-6)
                    Assert.Equal(0, level, 1e-8);
            }
            else
            {
                Assert.Equal(1, h.Sum(), 1e-9);
            }

            for (var k = 0; k < rank; k++)
                Assert.True(
                    gradient[k] >= level - 1e-8 && (h[k] == 0 || gradient[k] <= level + 1e-8),
                    $"{k}: {h[k]}, {gradient[k]} against {level}");
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    [InlineData(2, 6)]
    [InlineData(2, 13)]
    [InlineData(1, 5)]
    [InlineData(0.5, 5)]
    public void Sparse_rows_and_batches_give_the_bits_of_single_dense_rows(double beta, int rank)
    {
        const int features = 27, samples = 70;
        var random = new Random(rank);
        var exact = Random(features, rank, random);
        var w = Matrix<float>.FromRowMajor(Array.ConvertAll(exact.ToRowMajor(), v => (float)v), features, rank);
        var data = new Matrix<float>(samples, features);
        for (var n = 0; n < samples; n++)
        {
            for (var f = 0; f < features; f++)
                data[n, f] = random.NextDouble() < 0.4 || n == 5 ? 0 : random.NextSingle();
        }

        var solver = new RowSolver<float>(w, new RowSolverOptions { Beta = beta, Abundances = SumConstraint.SumToOne });
        var scratch = solver.CreateScratch();
        foreach (var threads in new[] { 1, 3 })
        {
            using var team = new WorkTeam(threads);
            var h = new Matrix<float>(samples, rank);
            Assert.Equal(0, solver.SolveAll(data, h, team));
            var (single, sparse) = (new float[rank], new float[rank]);
            for (var n = 0; n < samples; n++)
            {
                solver.Solve(data.Row(n), single, scratch);
                var indices = Enumerable.Range(0, features).Where(f => data[n, f] != 0).ToArray();
                solver.Solve(indices, [.. indices.Select(f => data[n, f])], sparse, scratch);
                Assert.Equal(single, h.Row(n).ToArray());
                Assert.Equal(single, sparse);
                Assert.Equal(1, single.Sum(), 1e-6f);
            }
        }
    }

    [Fact]
    public void Single_precision_is_within_a_ten_thousandth_of_the_exact_solution_for_similar_spectra()
    {
        const int features = 200, rank = 6;
        var random = new Random(4);
        var exact = new Matrix<double>(features, rank);
        for (var k = 0; k < rank; k++)
        {
            for (var f = 0; f < features; f++)
                exact[f, k] = (float)(0.4 + (0.2 * Math.Sin((f / 40.0) + (0.4 * k))) + (0.05 * random.NextDouble()));
        }

        var w = Matrix<float>.FromRowMajor(Array.ConvertAll(exact.ToRowMajor(), v => (float)v), features, rank);
        var solver = new RowSolver<float>(w, new RowSolverOptions { Beta = 2, Abundances = SumConstraint.SumToOne });
        var scratch = solver.CreateScratch();
        var h = new float[rank];
        for (var problem = 0; problem < 40; problem++)
        {
            var v = Enumerable.Range(0, features).Select(f => (float)(exact[f, problem % rank]
                * 0.7 + (exact[f, (problem / 2) % rank] * 0.3) + (0.02 * random.NextDouble()))).ToArray();
            solver.Solve(v, h, scratch);
            var expected = AbundanceReference.BestFace(Array.ConvertAll(v, x => (double)x), exact, atMost: false);
            for (var k = 0; k < rank; k++)
                Assert.Equal(expected[k], h[k], 1e-6);
        }
    }

    [Fact]
    public void The_pass_gives_the_bits_of_single_rows_and_allocates_nothing()
    {
        const int features = 15, rank = 5, samples = 90;
        var random = new Random(2);
        var w = Random(features, rank, random);
        var data = Random(samples, features, random);
        var h = new Matrix<double>(samples, rank);
        using var team = new WorkTeam(1);
        foreach (var constraint in new[] { SumConstraint.SumToOne, SumConstraint.SumToAtMostOne })
        {
            var pass = new AbundancePass<double>(features, rank, constraint, team);
            Allocation.AssertNone(() => pass.Solve(w, data, h));
            for (var n = 0; n < samples; n++)
                Assert.Equal(Solve(w, data.Row(n).ToArray(), constraint), h.Row(n).ToArray());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Products_alone_give_the_same_abundances_and_the_distance(int rank)
    {
        const int features = 12;
        var random = new Random(rank);
        var w = Random(features, rank, random);

        // Vertex 0 is the origin; one more row than is needed shows that the first ones count.
        var gram = new Matrix<double>(rank + 2, rank + 2);
        for (var k = 0; k < rank; k++)
        {
            for (var j = 0; j < rank; j++)
                gram[k + 1, j + 1] = Enumerable.Range(0, features).Sum(f => w[f, k] * w[f, j]);
        }

        var (shares, scratch) = (new double[rank + 1], new double[AbundanceQuadratic.ScratchLength(rank + 1)]);
        for (var problem = 0; problem < 20; problem++)
        {
            var v = Enumerable.Range(0, features).Select(_ => 1.5 * random.NextDouble()).ToArray();
            double[] products = [
                0, .. Enumerable.Range(0, rank).Select(k => Enumerable.Range(0, features).Sum(f => w[f, k] * v[f]))];
            var difference = AbundanceQuadratic.Solve(gram, products, shares, scratch);
            var expected = Solve(w, v, SumConstraint.SumToAtMostOne);
            for (var k = 0; k < rank; k++)
                Assert.Equal(expected[k], shares[k + 1], 1e-9);
            var squares = Enumerable.Range(0, features).Sum(
                f => Math.Pow(v[f] - Enumerable.Range(0, rank).Sum(k => w[f, k] * expected[k]), 2));
            Assert.Equal(squares - v.Sum(value => value * value), difference, 1e-9);
        }

        Assert.Throws<ArgumentException>(() => AbundanceQuadratic.Solve(gram, [], [], scratch));
        Assert.Throws<ArgumentException>(
            () => AbundanceQuadratic.Solve(gram, new double[rank + 3], new double[rank + 3], new double[1000]));
        Assert.Throws<ArgumentException>(
            () => AbundanceQuadratic.Solve(gram, new double[rank + 1], shares, new double[1]));
    }

    [Fact]
    public void What_does_not_go_with_abundances_is_refused()
    {
        var w = new Matrix<double>(2, 1);
        Assert.Throws<ArgumentException>(() => new RowSolver<double>(
            w,
            new RowSolverOptions { Beta = 1, Abundances = SumConstraint.SumToOne, Outliers = new OutlierKernel(1) }));
        Assert.Throws<ArgumentException>(() => new RowSolver<double>(
            w, new RowSolverOptions { Beta = 2, NaNIsMissing = true, Abundances = SumConstraint.SumToOne }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new RowSolver<double>(w, new RowSolverOptions { Beta = 2, Abundances = (SumConstraint)9 }));
    }

    private static double[] Solve(Matrix<double> w, double[] v, SumConstraint constraint)
    {
        var solver = new RowSolver<double>(w, new RowSolverOptions { Beta = 2, Abundances = constraint });
        var scratch = solver.CreateScratch();
        var h = new double[w.Columns];
        solver.Solve(v, h, scratch);
        Assert.True(scratch.Converged);
        return h;
    }

    private static Matrix<double> Random(int rows, int columns, Random random)
        => Matrix<double>.FromRowMajor(
            Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble()).ToArray(), rows, columns);
}

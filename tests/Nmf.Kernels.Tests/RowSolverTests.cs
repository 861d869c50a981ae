using System.Numerics;

namespace Nmf.Kernels.Tests;

public sealed class RowSolverTests
{
    public static TheoryData<double> Betas => [-1, 0, 0.5, 1, 1.5, 2, 3];

    [Fact]
    public void Least_squares_equals_the_best_of_all_supports()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var rank = 1 + (seed % 8);
            var (v, w) = Problem(12, rank, seed, sparse: seed % 2 == 0);
            var expected = RowSolverReference.LeastSquares(v, w);
            AssertSolution(expected, Solve<double>(v, w, 2, 1e-9), 1e-7);
            AssertSolution(expected, Solve<float>(v, w, 2, 1e-5), 1e-3);
        }
    }

    [Fact]
    public void Least_squares_with_nearly_parallel_columns_converges()
    {
        // Two columns 1e-3 apart: coordinate descent alone would need a million sweeps.
        var (v, w) = Problem(40, 6, 5, sparse: false);
        for (var f = 0; f < 40; f++)
            w[f, 3] = w[f, 2] + (1e-3 * w[f, 4]);
        var expected = RowSolverReference.LeastSquares(v, w);
        var actual = Solve<double>(v, w, 2, 1e-8, maximumIterations: 200);
        SparseSamples.AssertClose(
            RowSolverReference.Objective(v, w, expected, 2), RowSolverReference.Objective(v, w, actual, 2), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void Rows_reach_the_objective_of_a_very_long_run(double beta)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var (v, w) = Problem(25, 3 + seed, 100 + seed, sparse: beta > 0 && seed % 2 == 0);
            var reference = RowSolverReference.Multiplicative(v, w, beta, 20_000);
            var expected = RowSolverReference.Objective(v, w, reference, beta);
            var scale = RowSolverReference.Objective(v, w, [.. reference.Select(x => 2 * x)], beta);

            // Outside 1 ≤ β ≤ 2 the problem is not convex: the way to the minimum may be much flatter than the
            // curvature that the stopping rule uses.
            var flatness = beta is < 1 or > 2 ? 100 : 1;
            Assert.InRange(
                RowSolverReference.Objective(v, w, Solve<double>(v, w, beta, 1e-6), beta), double.NegativeInfinity,
                expected + (flatness * 1e-6 * scale));
            Assert.InRange(
                RowSolverReference.Objective(v, w, Solve<float>(v, w, beta, 1e-4), beta), double.NegativeInfinity,
                expected + (flatness * 1e-5 * scale));
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Solutions_meet_the_conditions_of_optimality(double beta)
    {
        foreach (var (features, rank) in
            new[] { (361, 49), (100, 20), (60, 70), (10, 10), (7, 30), (3, 1), (1, 1), (1, 5) })
        {
            for (var seed = 0; seed < 3; seed++)
            {
                var (v, w) = Problem(features, rank, 7 + seed, sparse: seed == 1);
                Assert.InRange(RowSolverReference.Violation(v, w, Solve<double>(v, w, beta, 1e-8), beta), 0, 1e-5);
                Assert.InRange(RowSolverReference.Violation(v, w, Solve<float>(v, w, beta, 1e-5), beta), 0, 2e-3);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void One_component_has_a_closed_form(double beta)
    {
        var (v, w) = Problem(20, 1, 3, sparse: false);
        double above = 0, below = 0;
        for (var f = 0; f < 20; f++)
        {
            above += v[f] * Math.Pow(w[f, 0], beta - 1);
            below += Math.Pow(w[f, 0], beta);
        }

        SparseSamples.AssertClose(above / below, Solve<double>(v, w, beta, 1e-9)[0], 1e-7);
        SparseSamples.AssertClose(above / below, Solve<float>(v, w, beta, 1e-5)[0], 1e-4);
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void The_scale_of_the_row_and_of_the_dictionary_does_not_matter(double beta)
    {
        var (v, w) = Problem(30, 5, 12, sparse: false);
        var expected = Solve<float>(v, w, beta, 1e-5);
        foreach (var exponent in new[] { -33, 33 })
        {
            // Powers of two: the bits must be those of the unscaled problem.
            var scaledRow = v.Select(x => Math.ScaleB(x, exponent)).ToArray();
            Assert.Equal(expected.Select(x => Math.ScaleB(x, exponent)), Solve<float>(scaledRow, w, beta, 1e-5));
            var scaledColumns = Scale(w, k => Math.ScaleB(1, k % 2 == 0 ? exponent : -exponent));
            Assert.Equal(
                expected.Select((x, k) => Math.ScaleB(x, k % 2 == 0 ? -exponent : exponent)),
                Solve<float>(v, scaledColumns, beta, 1e-5));
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_row_of_zeros_has_no_activation(double beta)
    {
        var (_, w) = Problem(9, 4, 1, sparse: false);
        var solver = new RowSolver<float>(SparseSamples.Dense<float>(w), beta, 1e-4, 100);
        var scratch = solver.CreateScratch();
        var h = new float[] { 1, 2, 3, 4 };
        Assert.Equal(0, solver.Solve(new float[9], h, scratch));
        Assert.Equal(new float[4], h);
        Assert.True(scratch.Converged);
        h.AsSpan().Fill(5);
        Assert.Equal(0, solver.Solve([], [], h, scratch));
        Assert.Equal(new float[4], h);
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_dictionary_column_of_zeros_has_no_activation(double beta)
    {
        var (v, w) = Problem(15, 4, 1, sparse: false);
        for (var f = 0; f < 15; f++)
            w[f, 2] = 0;
        var h = Solve<float>(v, w, beta, 1e-4);
        Assert.Equal(0, h[2]);
        Assert.True(h.Sum() > 0);
        Assert.Equal(new double[4], Solve<float>(v, new double[15, 4], beta, 1e-4));
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void Dense_rows_sparse_rows_and_batches_give_the_same_bits(double beta)
    {
        const int Samples = 53, Features = 40, Rank = 11;
        var data = SparseSamples.Counts(Samples, Features, beta > 0 ? 0.4 : 1, 4);
        var w = SparseSamples.Dense<float>(SparseSamples.Factor(Features, Rank, 9));
        var solver = new RowSolver<float>(w, beta, 1e-4, 300);
        var dense = SparseSamples.Dense<float>(data);
        var sparse = SparseSamples.Sparse<float>(data);
        var expected = new Matrix<float>(Samples, Rank);
        var unconverged = 0;
        for (var n = Samples - 1; n >= 0; n--)
        {
            var scratch = solver.CreateScratch();
            solver.Solve(dense.Row(n), expected.Row(n), scratch);
            unconverged += scratch.Converged ? 0 : 1;
            var other = new float[Rank];
            solver.Solve(sparse.RowIndices(n), sparse.RowValues(n), other, scratch);
            Assert.Equal(expected.Row(n).ToArray(), other);
        }

        foreach (var threads in new[] { 1, 2, 3, 5 })
        {
            using var team = new WorkTeam(threads);
            var h = new Matrix<float>(Samples, Rank);
            Assert.Equal(unconverged, solver.SolveAll(dense, h, team, TestContext.Current.CancellationToken));
            Assert.Equal(expected.ToRowMajor(), h.ToRowMajor());
            h.Clear();
            Assert.Equal(unconverged, solver.SolveAll(sparse, h, team, TestContext.Current.CancellationToken));
            Assert.Equal(expected.ToRowMajor(), h.ToRowMajor());
        }
    }

    [Fact]
    public void Rows_that_do_not_reach_the_tolerance_are_counted()
    {
        using var team = new WorkTeam(1);
        var w = SparseSamples.Dense<double>(SparseSamples.Factor(30, 8, 9));
        var data = SparseSamples.Dense<double>(SparseSamples.Counts(21, 30, 0.8, 4));
        var solver = new RowSolver<double>(w, 0.5, 1e-9, 2);
        var h = new Matrix<double>(21, 8);
        Assert.Equal(18, solver.SolveAll(data, h, team, TestContext.Current.CancellationToken));
        var scratch = solver.CreateScratch();
        Assert.Equal(2, solver.Solve(data.Row(0), h.Row(0), scratch));
        Assert.False(scratch.Converged);
    }

    [Fact]
    public void A_batch_can_be_cancelled()
    {
        using var team = new WorkTeam(2);
        var w = SparseSamples.Dense<float>(SparseSamples.Factor(30, 8, 9));
        var data = SparseSamples.Dense<float>(SparseSamples.Counts(100, 30, 0.8, 4));
        var solver = new RowSolver<float>(w, 1, 1e-4, 100);
        var h = new Matrix<float>(100, 8);
        Assert.Throws<OperationCanceledException>(
            () => solver.SolveAll(data, h, team, new CancellationToken(canceled: true)));
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_row_allocates_nothing(double beta)
    {
        var (v, w) = Problem(60, 12, 8, sparse: beta > 0);
        var row = v.Select(x => (float)x).ToArray();
        var indices = Enumerable.Range(0, 60).ToArray();
        var solver = new RowSolver<float>(SparseSamples.Dense<float>(w), beta, 1e-4, 100);
        var scratch = solver.CreateScratch();
        var h = new float[12];
        Allocation.AssertNone(() =>
        {
            solver.Solve(row, h, scratch);
            solver.Solve(indices, row, h, scratch);
        });
    }

    [Fact]
    public void Arguments_that_do_not_fit_are_refused()
    {
        var w = SparseSamples.Dense<float>(SparseSamples.Factor(5, 2, 9));
        var empty = new Matrix<float>(5, 0);
        Assert.Throws<ArgumentException>("w", () => new RowSolver<float>(empty, 1, 1e-4, 10));
        Assert.Throws<ArgumentOutOfRangeException>("Beta", () => new RowSolver<float>(w, double.NaN, 1e-4, 10));
        Assert.Throws<ArgumentOutOfRangeException>("Tolerance", () => new RowSolver<float>(w, 1, 0, 10));
        Assert.Throws<ArgumentOutOfRangeException>("MaximumIterations", () => new RowSolver<float>(w, 1, 1e-4, 0));
        var solver = new RowSolver<float>(w, 1, 1e-4, 10);
        var other = new RowSolver<float>(w.Clone(), 2, 1e-4, 10);
        var scratch = solver.CreateScratch();
        Assert.Throws<ArgumentException>("values", () => solver.Solve(new float[4], new float[2], scratch));
        Assert.Throws<ArgumentException>("h", () => solver.Solve(new float[5], new float[3], scratch));
        Assert.Throws<ArgumentException>("values", () => solver.Solve([1, 2], new float[3], new float[2], scratch));
        Assert.Throws<ArgumentException>("indices", () => solver.Solve([1, 1], new float[2], new float[2], scratch));
        Assert.Throws<ArgumentException>("indices", () => solver.Solve([1, 5], new float[2], new float[2], scratch));
        Assert.Throws<ArgumentException>("indices", () => solver.Solve([-1, 2], new float[2], new float[2], scratch));
    }

    private static (double[] V, double[,] W) Problem(int features, int rank, int seed, bool sparse)
    {
        var random = new Random(seed);
        var w = new double[features, rank];
        for (var f = 0; f < features; f++)
            for (var k = 0; k < rank; k++)
                w[f, k] = random.NextDouble() < 0.5 ? 0.01f : random.NextSingle();
        var v = new double[features];
        for (var f = 0; f < features; f++)
            v[f] = sparse && random.NextDouble() < 0.5 ? 0 : (float)(0.05 + (3 * random.NextDouble()));
        if (v.Sum() == 0)
            v[0] = 1;
        return (v, w);
    }

    private static double[] Solve<T>(
        double[] v, double[,] w, double beta, double tolerance, int maximumIterations = 20_000)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var dictionary = SparseSamples.Dense<T>(w);
        var solver = new RowSolver<T>(dictionary, beta, tolerance, maximumIterations);
        var scratch = solver.CreateScratch();
        var h = new T[w.GetLength(1)];
        solver.Solve(v.Select(T.CreateChecked).ToArray(), h, scratch);
        Assert.True(
            scratch.Converged,
            $"β = {beta}, {w.GetLength(0)} x {w.GetLength(1)}: no convergence in {maximumIterations} iterations.");
        return [.. h.Select(double.CreateChecked)];
    }

    private static double[,] Scale(double[,] w, Func<int, double> scale)
    {
        var scaled = new double[w.GetLength(0), w.GetLength(1)];
        for (var f = 0; f < w.GetLength(0); f++)
            for (var k = 0; k < w.GetLength(1); k++)
                scaled[f, k] = w[f, k] * scale(k);
        return scaled;
    }

    private static void AssertSolution(double[] expected, double[] actual, double relative)
    {
        for (var k = 0; k < expected.Length; k++)
            SparseSamples.AssertClose(expected[k], actual[k], relative, expected.Max());
    }
}

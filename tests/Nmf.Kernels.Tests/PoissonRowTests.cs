using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Tests;

/// <summary>What the Kullback-Leibler rows promise beyond the properties of all rows: descent, and answers to problems
/// that are badly conditioned.</summary>
public sealed class PoissonRowTests
{
    public static TheoryData<int, int, double> Shapes => new()
    {
        { 361, 49, 1 }, { 100, 20, 0.5 }, { 40, 64, 1 }, { 300, 100, 0.3 }, { 20, 90, 1 }, { 7, 1, 1 },
        { 500, 65, 0.1 }, { 33, 12, 0.9 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void No_iteration_increases_the_objective(int features, int rank, double density)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            // Values over eight orders of magnitude, where undamped Newton steps fly off.
            var (v, w) = Problem(features, rank, density, seed, seed % 2 == 0 ? 4 : 0.5);
            var previous = double.PositiveInfinity;
            for (var iterations = 1; iterations < 9; iterations++)
            {
                var (h, _) = Solve<double>(v, w, double.Epsilon, iterations);
                var objective = RowSolverReference.Objective(v, w, h, 1);
                Assert.True(
                    objective <= previous + (1e-10 * Math.Abs(previous == double.PositiveInfinity ? 0 : previous)),
                    $"{previous} became {objective} in iteration {iterations}, seed {seed}.");
                previous = objective;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Rows_converge_in_few_iterations_to_the_same_minimum_in_both_precisions(
        int features, int rank, double density)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var (v, w) = Problem(features, rank, density, seed, seed % 2 == 0 ? 2 : 0.5);
            var (exact, converged) = Solve<double>(v, w, 1e-10, 200);
            Assert.True(converged);
            Assert.InRange(RowSolverReference.Violation(v, w, exact, 1), 0, 1e-6);
            var (h, reached) = Solve<float>(v, w, 1e-4, 60);
            Assert.True(reached);
            var best = RowSolverReference.Objective(v, w, exact, 1);
            Assert.InRange(RowSolverReference.Objective(v, w, h, 1), best - (1e-9 * v.Sum()), best + (1e-5 * v.Sum()));
        }
    }

    [Fact]
    public void Nearly_parallel_columns_do_not_stop_a_row()
    {
        var (v, w) = Problem(80, 10, 1, 3, 0.5);
        for (var f = 0; f < 80; f++)
            (w[f, 3], w[f, 7]) = (w[f, 2] * (1 + (1e-4 * w[f, 4])), w[f, 6]);
        var (exact, _) = Solve<double>(v, w, 1e-10, 500);
        var (h, converged) = Solve<float>(v, w, 1e-4, 100);
        Assert.True(converged);
        var best = RowSolverReference.Objective(v, w, exact, 1);
        Assert.InRange(RowSolverReference.Objective(v, w, h, 1), best - (1e-9 * v.Sum()), best + (1e-5 * v.Sum()));
    }

    [Fact]
    public void A_value_that_no_component_sees_does_not_matter()
    {
        var (v, w) = Problem(30, 5, 1, 3, 0.5);
        for (var k = 0; k < 5; k++)
            w[11, k] = 0;
        var (expected, _) = Solve<float>([.. v.Select((x, f) => f == 11 ? 0 : x)], w, 1e-5, 100);
        var (h, converged) = Solve<float>(v, w, 1e-5, 100);
        Assert.True(converged);
        for (var k = 0; k < 5; k++)
            SparseSamples.AssertClose(expected[k], h[k], 1e-3, expected.Max());
    }

    [Fact]
    public void The_weighted_gram_matrix_is_the_sum_over_cells_on_every_width()
    {
        foreach (var bits in VectorWidths.Accelerated)
        {
            foreach (var count in new[] { 1, 2, 3, 4, 5, 8, 13 })
            {
                Assert.InRange(
                    SimdWidth.Dispatch<float, GramError<float>, double>(new GramError<float>(count), bits), 0, 1e-5);
                Assert.InRange(
                    SimdWidth.Dispatch<double, GramError<double>, double>(new GramError<double>(count), bits), 0,
                    1e-13);
            }
        }
    }

    private static (double[] V, double[,] W) Problem(int features, int rank, double density, int seed, double decades)
    {
        var random = new Random(seed);
        var w = new double[features, rank];
        for (var f = 0; f < features; f++)
            for (var k = 0; k < rank; k++)
                w[f, k] = random.NextDouble() < 0.3 ? 0 : (float)Math.Pow(10, -decades * random.NextDouble());
        for (var f = 0; f < features; f++)
            w[f, f % rank] = 1;
        var v = new double[features];
        for (var f = 0; f < features; f++)
            v[f] = random.NextDouble() < density ? (float)Math.Pow(10, decades * (random.NextDouble() - 0.5)) : 0;
        v[0] = 1;
        return (v, w);
    }

    private static (double[] H, bool Converged) Solve<T>(
        double[] v, double[,] w, double tolerance, int maximumIterations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var dictionary = SparseSamples.Dense<T>(w);
        var solver = new RowSolver<T>(dictionary, 1, tolerance, maximumIterations);
        var scratch = solver.CreateScratch();
        var h = new T[w.GetLength(1)];
        solver.Solve(v.Select(T.CreateChecked).ToArray(), h, scratch);
        return ([.. h.Select(double.CreateChecked)], scratch.Converged);
    }

    /// <summary>Largest relative error of the weighted Gram matrix of some columns.</summary>
    private readonly unsafe struct GramError<T>(int count) : ISimdVisitor<T, double>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int Length = 48;

        public double Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
        {
            var columns = SparseSamples.Dense<T>(SparseSamples.Factor(count, Length, 4));
            var weights = SparseSamples.Dense<T>(SparseSamples.Factor(1, Length, 5));
            var weighted = new Matrix<T>(WeightedGram<TVector, TSimd, T>.Block, Length);
            var result = new Matrix<double>(count, count);
            var list = stackalloc T*[count + WeightedGram<TVector, TSimd, T>.Block];
            for (var k = 0; k < count; k++)
                list[k] = columns.Data + (k * columns.Stride);
            WeightedGram<TVector, TSimd, T>.Compute(
                weights.Data, list, count, Length, weighted.Data, result.Data, (int)result.Stride);
            GC.KeepAlive(weighted);
            double worst = 0;
            for (var i = 0; i < count; i++)
            {
                for (var k = 0; k < count; k++)
                {
                    double expected = 0;
                    for (var j = 0; j < Length; j++)
                        expected += double.CreateChecked(weights[0, j]) * double.CreateChecked(columns[i, j])
                            * double.CreateChecked(columns[k, j]);
                    worst = Math.Max(worst, Math.Abs(result[i, k] - expected) / expected);
                }
            }

            return worst;
        }
    }
}

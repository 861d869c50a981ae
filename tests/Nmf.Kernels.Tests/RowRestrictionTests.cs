using System.Numerics;

namespace Nmf.Kernels.Tests;

/// <summary>Rows of which features are missing: the same problem for a smaller dictionary.</summary>
public sealed class RowRestrictionTests
{
    private const int Features = 40;
    private const int Rank = 5;

    public static TheoryData<double> Betas => [2, 1, 1.5, 1.3, 0, 3];

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_row_with_holes_is_solved_for_the_observed_features(double beta)
    {
        Solves<float>(beta, 2e-3);
        Solves<double>(beta, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void Dense_rows_with_NaN_and_sparse_rows_of_what_is_observed_give_the_same_bits(double beta)
    {
        var w = Dictionary<float>(beta);
        var dense = Solver(w, beta, nan: true, absent: false);
        var sparse = Solver(w, beta, nan: false, absent: true);
        var (a, b) = (dense.CreateScratch(), sparse.CreateScratch());
        foreach (var missing in new[] { 0, 0.1, 0.5, 0.9, 1 })
        {
            for (var seed = 0; seed < 5; seed++)
            {
                var row = Row<float>(beta, missing, seed);
                var observed = Enumerable.Range(0, Features).Where(f => !float.IsNaN(row[f])).ToArray();
                var (h, g) = (new float[Rank], new float[Rank]);
                dense.Solve(row, h, a);
                sparse.Solve(observed, observed.Select(f => row[f]).ToArray(), g, b);
                Assert.Equal(h, g);
                Assert.Equal(observed.Length == 0, h.All(x => x == 0));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void Without_a_hole_the_options_change_nothing(double beta)
    {
        var w = Dictionary<float>(beta);
        var plain = Solver(w, beta, nan: false, absent: false);
        var allowing = Solver(w, beta, nan: true, absent: true);
        var row = Row<float>(beta, 0, 1);
        var (h, g) = (new float[Rank], new float[Rank]);
        plain.Solve(row, h, plain.CreateScratch());
        allowing.Solve(row, g, allowing.CreateScratch());
        Assert.Equal(h, g);
        allowing.Solve(Enumerable.Range(0, Features).ToArray(), row, g, allowing.CreateScratch());
        Assert.Equal(h, g);
    }

    [Fact]
    public void NaN_in_a_sparse_row_whose_absent_entries_are_zeros_is_missing()
    {
        var w = Dictionary<float>(1);
        var solver = Solver(w, 1, nan: true, absent: false);
        var row = Row<float>(1, 0.3, 3);
        var stored = Enumerable.Range(0, Features).Where(f => row[f] != 0).ToArray();
        var (h, g) = (new float[Rank], new float[Rank]);
        solver.Solve(row, h, solver.CreateScratch());
        solver.Solve(stored, stored.Select(f => row[f]).ToArray(), g, solver.CreateScratch());
        Assert.Equal(h, g);
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_component_that_lives_in_missing_features_alone_is_not_used(double beta)
    {
        var w = Dictionary<double>(beta);
        for (var f = 8; f < Features; f++)
            w[f, 2] = 0;
        var solver = Solver(w, beta, nan: true, absent: false);
        var row = Row<double>(beta, 0, 2);
        for (var f = 0; f < 8; f++)
            row[f] = double.NaN;
        var h = new double[Rank];
        solver.Solve(row, h, solver.CreateScratch());
        Assert.Equal(0, h[2]);
        Assert.All(h, x => Assert.True(x >= 0 && double.IsFinite(x)));
        Assert.Contains(h, x => x > 0);
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_row_does_not_depend_on_those_before_it_and_allocates_nothing(double beta)
    {
        var w = Dictionary<float>(beta);
        var solver = Solver(w, beta, nan: true, absent: false);
        var rows = Enumerable.Range(0, 6).Select(i => Row<float>(beta, 0.15 * i, i)).ToArray();
        var scratch = solver.CreateScratch();
        var h = new float[Rank];
        foreach (var row in rows.Concat(rows.Reverse()))
        {
            var fresh = new float[Rank];
            solver.Solve(row, fresh, solver.CreateScratch());
            solver.Solve(row, h, scratch);
            Assert.Equal(fresh, h);
        }

        Allocation.AssertNone(() =>
        {
            foreach (var row in rows)
                solver.Solve(row, h, scratch);
        });
    }

    [Fact]
    public void Scratch_memory_of_another_solver_of_the_same_shape_does_no_harm()
    {
        var w = Dictionary<float>(2);
        var other = w.Clone();
        other[0, 0] += 1;
        var first = Solver(w, 2, nan: true, absent: false);
        var second = Solver(other, 2, nan: true, absent: false);
        var scratch = first.CreateScratch();
        var row = Row<float>(2, 0.5, 1);
        var (h, g) = (new float[Rank], new float[Rank]);
        first.Solve(row, h, scratch);
        second.Solve(row, h, scratch);
        second.Solve(row, g, second.CreateScratch());
        Assert.Equal(g, h);
    }

    private static void Solves<T>(double beta, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var w = Dictionary<T>(beta);
        var solver = Solver(w, beta, nan: true, absent: false);
        var scratch = solver.CreateScratch();
        foreach (var missing in new[] { 0.05, 0.3, 0.7 })
        {
            for (var seed = 0; seed < 4; seed++)
            {
                var row = Row<T>(beta, missing, seed);
                var observed = Enumerable.Range(0, Features).Where(f => !T.IsNaN(row[f])).ToArray();
                var smaller = new Matrix<T>(observed.Length, Rank);
                for (var j = 0; j < observed.Length; j++)
                    w.Row(observed[j]).CopyTo(smaller.Row(j));
                var reference = Solver(smaller, beta, nan: false, absent: false);
                var (h, g) = (new T[Rank], new T[Rank]);
                var values = observed.Select(f => row[f]).ToArray();
                solver.Solve(row, h, scratch);
                reference.Solve(values, g, reference.CreateScratch());
                var largest = g.Select(double.CreateChecked).Max();
                for (var k = 0; k < Rank; k++)
                    Assert.Equal(double.CreateChecked(g[k]), double.CreateChecked(h[k]), tolerance * largest);
            }
        }
    }

    private static RowSolver<T> Solver<T>(Matrix<T> w, double beta, bool nan, bool absent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(
            w, new RowSolverOptions { Beta = beta, Tolerance = 1e-6, MaximumIterations = 20000, NaNIsMissing = nan,
                AbsentIsMissing = absent });

    private static Matrix<T> Dictionary<T>(double beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(17);
        var w = new Matrix<T>(Features, Rank);
        for (var f = 0; f < Features; f++)
            foreach (ref var x in w.Row(f))
                x = T.CreateChecked(random.NextDouble() < (beta > 0 ? 0.4 : 0) ? 0 : 0.05 + random.NextDouble());
        return w;
    }

    private static T[] Row<T>(double beta, double missing, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        return Enumerable.Range(0, Features).Select(_ => T.CreateChecked(random.NextDouble() < missing ? double.NaN
            : random.NextDouble() < (beta > 0 ? 0.2 : 0) ? 0 : 0.1 + random.NextDouble())).ToArray();
    }
}

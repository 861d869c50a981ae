using System.Numerics;

namespace Nmf.Kernels.Tests;

/// <summary>Newton steps with a curvature that the rows share, β = 1.</summary>
public sealed class SharedNewtonPassTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 2)]
    [InlineData(33, 50, 17)]
    [InlineData(70, 40, 64)]
    [InlineData(100, 200, 5)]
    [InlineData(31, 97, 49)]
    public void A_step_does_not_increase_the_objective(int samples, int features, int rank)
    {
        CheckDescent<double>(samples, features, rank, 1e-12);
        CheckDescent<float>(samples, features, rank, 1e-5);
    }

    [Fact]
    public void A_start_that_is_wrong_by_orders_of_magnitude_is_improved()
    {
        foreach (var spread in new[] { 1e-4, 1e4 })
        {
            using var team = new WorkTeam(2);
            var data = SparseSamples.Dense<double>(SparseSamples.Counts(40, 30, 0.8, 3));
            var w = SparseSamples.Dense<double>(SparseSamples.Factor(30, 6, 1));
            var h = SparseSamples.Dense<double>(SparseSamples.Factor(40, 6, 2));
            for (var n = 0; n < 40; n++)
                for (var k = 0; k < 6; k++)
                    h[n, k] *= k % 2 == 0 ? spread : 1 / spread;
            var newton = NewtonPass<double>.CreateShared(data, 6, team);
            var pass = DivergencePass<double>.Create(data, 6, 1, team);
            var previous = pass.Objective(w, h);
            for (var i = 0; i < 60; i++)
            {
                newton.SweepActivations(w, h, 2);
                newton.SweepDictionary(w, h, 2);
                var current = pass.Objective(w, h);
                Assert.InRange(current, 0, previous * (1 + 1e-12));
                previous = current;
            }

            // The total of the model meets that of the data at a stationary point.
            Assert.InRange(previous, 0, 1200);
        }
    }

    [Fact]
    public void Steps_on_one_factor_converge_to_the_solutions_of_its_rows()
    {
        const int Samples = 45, Features = 70, Rank = 9;
        using var team = new WorkTeam(2);
        var data = SparseSamples.Dense<double>(SparseSamples.Counts(Samples, Features, 0.9, 5));
        var w = SparseSamples.Dense<double>(SparseSamples.Factor(Features, Rank, 6));
        var h = SparseSamples.Dense<double>(SparseSamples.Factor(Samples, Rank, 7));
        var expected = new Matrix<double>(Samples, Rank);
        var rows = new RowSolver<double>(w, 1, 1e-9, 500);
        Assert.Equal(0, rows.SolveAll(data, expected, team, TestContext.Current.CancellationToken));
        var newton = NewtonPass<double>.CreateShared(data, Rank, team);
        var pass = DivergencePass<double>.Create(data, Rank, 1, team);
        for (var i = 0; i < 200; i++)
            newton.SweepActivations(w, h, 3);
        SparseSamples.AssertClose(pass.Objective(w, expected), pass.Objective(w, h), 1e-9);

        // What is a solution stays one.
        expected.CopyTo(h);
        newton.SweepActivations(w, h, 3);
        SparseSamples.AssertClose(expected.ToRowMajor().Max(), h.ToRowMajor().Max(), 1e-6);
        SparseSamples.AssertClose(pass.Objective(w, expected), pass.Objective(w, h), 1e-12);
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit_and_a_step_allocates_nothing()
    {
        const int Samples = 203, Features = 161, Rank = 13;
        float[]? expected = null;
        foreach (var threads in new[] { 1, 2, 3, 5 })
        {
            using var team = new WorkTeam(threads);
            var data = SparseSamples.Dense<float>(SparseSamples.Counts(Samples, Features, 0.9, 7));
            var newton = NewtonPass<float>.CreateShared(data, Rank, team);
            var w = SparseSamples.Dense<float>(SparseSamples.Factor(Features, Rank, 3));
            var h = SparseSamples.Dense<float>(SparseSamples.Factor(Samples, Rank, 4));
            newton.SweepActivations(w, h, 2);
            newton.SweepDictionary(w, h, 1);
            float[] factors = [.. w.ToRowMajor(), .. h.ToRowMajor()];
            expected ??= factors;
            Assert.Equal(expected, factors);
            if (threads > 1)
                continue;
            Allocation.AssertNone(() =>
            {
                newton.SweepActivations(w, h, 1);
                newton.SweepDictionary(w, h, 1);
            });
        }
    }

    [Fact]
    public void Rows_and_columns_of_zeros_get_zeros()
    {
        var v = SparseSamples.Counts(12, 9, 0.6, 9);
        for (var n = 0; n < 12; n++)
            v[n, 2] = 0;
        for (var f = 0; f < 9; f++)
            v[4, f] = 0;
        using var team = new WorkTeam(1);
        var data = SparseSamples.Dense<double>(v);
        var newton = NewtonPass<double>.CreateShared(data, 3, team);
        var w = SparseSamples.Dense<double>(SparseSamples.Factor(9, 3, 5));
        var h = SparseSamples.Dense<double>(SparseSamples.Factor(12, 3, 6));
        newton.SweepActivations(w, h, 1);
        newton.SweepDictionary(w, h, 1);
        Assert.All(h.Row(4).ToArray(), x => Assert.Equal(0, x));
        Assert.All(w.Row(2).ToArray(), x => Assert.Equal(0, x));
        Assert.Contains(h.ToRowMajor(), x => x > 0);
    }

    [Fact]
    public void For_one_falling_term_the_safe_part_is_its_minimum_and_a_whole_step_is_safe_where_it_does_not_rise()
    {
        // One term whose model value falls by the part ρ: f(a) = s a - v log(1 - a ρ), for which the bound is exact.
        var random = new Random(2);
        var (whole, parts) = (0, 0);
        for (var i = 0; i < 10_000; i++)
        {
            var (v, fall) = (0.1 + random.NextDouble(), 1e-3 + (0.99 * random.NextDouble()));
            var s = -v * fall * Math.Exp(3 * random.NextDouble());
            var (slope, bend) = (s + (v * fall), v * fall * fall);
            var after = s - (v * Math.Log(1 - fall));
            var minimum = (1 + (v * fall / s)) / fall;
            if (Math.Abs(after) < 1e-9)
                continue;
            Assert.Equal(after <= 0, SelfConcordance.IsWholeStepSafe(slope, bend, fall));
            Assert.Equal(after <= 0 ? 1 : minimum, SelfConcordance.SafePart(slope, bend, fall), 1e-9);
            (whole, parts) = after <= 0 ? (whole + 1, parts) : (whole, parts + 1);
        }

        Assert.True(whole > 1000 && parts > 1000);

        // Small falls: the factor of the bend is a half and a little more.
        foreach (var fall in new[] { 0, 1e-6, 9e-4 })
        {
            Assert.True(SelfConcordance.IsWholeStepSafe(-1, 2 / (1 + fall), fall));
            Assert.False(SelfConcordance.IsWholeStepSafe(-1, 2.001 / (1 + fall), fall));
        }

        // A model value that would fall to zero, and a step that leads nowhere.
        Assert.False(SelfConcordance.IsWholeStepSafe(-1, 1e-9, 1));
        Assert.Equal(0, SelfConcordance.SafePart(0, 1, 0.5));
        Assert.Equal(0, SelfConcordance.SafePart(-1, double.PositiveInfinity, 0.5));
    }

    [Fact]
    public void A_safe_part_of_a_step_lowers_the_objective_of_every_term()
    {
        // One term: f(a) = s a - v log(y + a z), for steps both ways and far too long.
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var (v, y, s) = (random.NextDouble(), random.NextDouble(), 2 * (random.NextDouble() - 0.5));
            var z = (random.NextDouble() - 0.5) * Math.Pow(10, 4 * (random.NextDouble() - 0.5));
            var slope = s - (v * z / y);
            var part = SelfConcordance.SafePart(slope, v * z * z / (y * y), Math.Max(0, -z / y));
            Assert.InRange(part, 0, 1);
            Assert.Equal(slope < 0, part > 0);
            Assert.True((s * part) - (v * Math.Log((y + (part * z)) / y)) <= 1e-12);
        }
    }

    private static void CheckDescent<T>(int samples, int features, int rank, double rounding)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(2);
        var data = SparseSamples.Dense<T>(SparseSamples.Counts(samples, features, 0.7, 11));
        var w = SparseSamples.Dense<T>(SparseSamples.Factor(features, rank, 12));
        var h = SparseSamples.Dense<T>(SparseSamples.Factor(samples, rank, 13));
        var newton = NewtonPass<T>.CreateShared(data, rank, team);
        var pass = DivergencePass<T>.Create(data, rank, 1, team);
        var start = pass.Objective(w, h);
        var previous = start;
        for (var i = 0; i < 30; i++)
        {
            if (i % 2 == 0)
                newton.SweepActivations(w, h, 1 + (i % 3));
            else
                newton.SweepDictionary(w, h, 1 + (i % 3));
            var current = pass.Objective(w, h);
            Assert.True(current <= previous + (rounding * start), $"Step {i}: {previous:R} -> {current:R}");
            previous = current;
        }
    }
}

using System.Numerics;

namespace Nmf.Kernels.Tests;

/// <summary>Damped scalar Newton sweeps, β = 1.</summary>
public sealed class NewtonPassTests
{
    [Fact]
    public void Sweeps_follow_the_golden_objectives()
    {
        // The deterministic 6 x 8, K = 3 problem; one sweep over H, one over W; objectives by an
        // independent numpy program.
        var v = new double[8, 6];
        var w = new double[6, 3];
        var h = new double[8, 3];
        for (var n = 0; n < 8; n++)
            for (var f = 0; f < 6; f++)
                v[n, f] = 1 + (((7 * f) + (13 * n) + (3 * f * n)) % 17);
        for (var k = 0; k < 3; k++)
        {
            for (var f = 0; f < 6; f++)
                w[f, k] = 0.5 + ((((3 * f) + (5 * k) + (f * k)) % 7) / 7.0);
            for (var n = 0; n < 8; n++)
                h[n, k] = 0.5 + ((((2 * k) + (3 * n) + (k * n)) % 5) / 5.0);
        }

        using var team = new WorkTeam(1);
        var data = SparseSamples.Dense<double>(v);
        var dictionary = SparseSamples.Dense<double>(w);
        var activations = SparseSamples.Dense<double>(h);
        var newton = NewtonPass<double>.Create(data, 3, team);
        var pass = DivergencePass<double>.Create(data, 3, 1, team);
        var golden = new Dictionary<int, double>
        {
            [1] = 58.8371527804, [2] = 50.7443873120, [10] = 18.6186806885, [100] = 18.1924181805
        };
        for (var i = 1; i <= 100; i++)
        {
            newton.SweepActivations(dictionary, activations, 1);
            newton.SweepDictionary(dictionary, activations, 1);
            if (golden.TryGetValue(i, out var objective))
                Assert.Equal(objective, pass.Objective(dictionary, activations), 1e-9 * objective);
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 2)]
    [InlineData(19, 23, 7)]
    [InlineData(33, 50, 17)]
    [InlineData(70, 40, 64)]
    public void A_sweep_does_not_increase_the_objective(int samples, int features, int rank)
    {
        CheckDescent<double>(samples, features, rank, 1e-12);
        CheckDescent<float>(samples, features, rank, 1e-5);
    }

    [Fact]
    public void A_step_without_damping_would_increase_the_objective_where_a_damped_one_does_not()
    {
        // One component beside a fixed rest: the undamped step goes from 13.949 to 0 and the
        // objective from -319 to 993.
        double[,] v = { { 77.269, 76.947, 0.204 } };
        double[,] w = { { 0.00085, 19.387 }, { 0.00305, 2.319 }, { 0.07559, 5.657 } };
        double[,] h = { { 1, 13.949 } };
        using var team = new WorkTeam(1);
        var data = SparseSamples.Dense<double>(v);
        var dictionary = SparseSamples.Dense<double>(w);
        var activations = SparseSamples.Dense<double>(h);
        var newton = NewtonPass<double>.Create(data, 2, team);
        var pass = DivergencePass<double>.Create(data, 2, 1, team);
        var previous = pass.Objective(dictionary, activations);
        for (var i = 0; i < 50; i++)
        {
            newton.SweepActivations(dictionary, activations, 1);
            var current = pass.Objective(dictionary, activations);
            Assert.True(current <= previous + (1e-12 * Math.Abs(previous)), $"Sweep {i}: {previous:R} -> {current:R}");
            previous = current;
        }
    }

    [Fact]
    public void Sparse_equals_dense()
    {
        const int rank = 9;
        var v = SparseSamples.Counts(41, 37, 0.3, 5);
        using var team = new WorkTeam(2);
        var dense = SparseSamples.Dense<double>(v);
        var sparse = SparseSamples.Sparse<double>(v);
        var transposed = sparse.Transpose();
        var a = NewtonPass<double>.Create(dense, rank, team);
        var b = NewtonPass<double>.Create(sparse, transposed, rank, team);
        var (w, h) = (SparseSamples.Factor(37, rank, 1), SparseSamples.Factor(41, rank, 2));
        Matrix<double> w1 = SparseSamples.Dense<double>(w), w2 = SparseSamples.Dense<double>(w);
        Matrix<double> h1 = SparseSamples.Dense<double>(h), h2 = SparseSamples.Dense<double>(h);
        for (var i = 0; i < 4; i++)
        {
            a.SweepActivations(w1, h1, 2);
            a.SweepDictionary(w1, h1, 2);
            b.SweepActivations(w2, h2, 2);
            b.SweepDictionary(w2, h2, 2);
        }

        AssertClose(h1.ToRowMajor(), h2.ToRowMajor());
        AssertClose(w1.ToRowMajor(), w2.ToRowMajor());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_number_of_threads_does_not_change_a_bit_and_a_sweep_allocates_nothing(bool isSparse)
    {
        const int samples = 203, features = 61, rank = 13;
        var v = SparseSamples.Counts(samples, features, isSparse ? 0.2 : 0.9, 7);
        float[]? expected = null;
        foreach (var threads in new[] { 1, 2, 3, 5 })
        {
            using var team = new WorkTeam(threads);
            var dense = SparseSamples.Dense<float>(v);
            var sparse = SparseSamples.Sparse<float>(v);
            var transposed = sparse.Transpose();
            var newton = isSparse
                ? NewtonPass<float>.Create(sparse, transposed, rank, team)
                : NewtonPass<float>.Create(dense, rank, team);
            var w = SparseSamples.Dense<float>(SparseSamples.Factor(features, rank, 3));
            var h = SparseSamples.Dense<float>(SparseSamples.Factor(samples, rank, 4));
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
    public void Rows_of_zeros_get_zeros()
    {
        var v = SparseSamples.Counts(12, 9, 0.6, 9);
        for (var f = 0; f < 9; f++)
            v[4, f] = 0;
        using var team = new WorkTeam(1);
        var data = SparseSamples.Dense<double>(v);
        var sparse = SparseSamples.Sparse<double>(v);
        var transposed = sparse.Transpose();
        foreach (var newton in new[] { NewtonPass<double>.Create(data, 3, team), NewtonPass<double>.Create(
            sparse, transposed, 3, team) })
        {
            var w = SparseSamples.Dense<double>(SparseSamples.Factor(9, 3, 5));
            var h = SparseSamples.Dense<double>(SparseSamples.Factor(12, 3, 6));
            newton.SweepActivations(w, h, 1);
            Assert.All(h.Row(4).ToArray(), x => Assert.Equal(0, x));
            Assert.Contains(h.ToRowMajor(), x => x > 0);
        }
    }

    private static void CheckDescent<T>(int samples, int features, int rank, double rounding)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(2);
        var data = SparseSamples.Dense<T>(SparseSamples.Counts(samples, features, 0.7, 11));
        var w = SparseSamples.Dense<T>(SparseSamples.Factor(features, rank, 12));
        var h = SparseSamples.Dense<T>(SparseSamples.Factor(samples, rank, 13));
        var newton = NewtonPass<T>.Create(data, rank, team);
        var pass = DivergencePass<T>.Create(data, rank, 1, team);
        var start = pass.Objective(w, h);
        var previous = start;
        for (var i = 0; i < 20; i++)
        {
            if (i % 2 == 0)
                newton.SweepActivations(w, h, 1 + (i % 3));
            else
                newton.SweepDictionary(w, h, 1 + (i % 3));
            var current = pass.Objective(w, h);
            Assert.True(current <= previous + (rounding * start), $"Sweep {i}: {previous:R} -> {current:R}");
            previous = current;
        }
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        var largest = expected.Max();
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-8 * largest);
    }
}

using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels.Tests;

/// <summary>Rows under measures that are no β-divergence: where they end no activation moves the objective.</summary>
public sealed class MeasureRowTests
{
    private const int Features = 20;
    private const int Rank = 4;

    [Theory]
    [InlineData(-1.0)]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(2.0)]
    public void Alpha_divergences(double alpha)
        => Rests(new AlphaKernel(alpha), (v, y) => alpha switch
        {
            0 => (y * Math.Log(y / v)) - y + v,
            _ => ((Math.Pow(v, alpha) * Math.Pow(y, 1 - alpha)) - (alpha * v) + ((alpha - 1) * y))
                / (alpha * (alpha - 1)),
        });

    [Theory]
    [InlineData(-2)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Bregman_divergences_of_powers(int power)
        => Rests(new BregmanKernel(new Power(power)), (v, y) => Power.Of(power, v, y));

    [Fact]
    public void Updates_that_would_jump_over_the_minimum_are_shortened()
    {
        // Σ w (y - v)/(y (1 - y)) = 0 is where the last feature holds the others back; there an update goes several
        // times too far.
        double[] w = [0.5, 0.5, 0.5, 0.5, 0.5, 0.95], v = [0.99, 0.99, 0.99, 0.99, 0.99, 0.7];
        var (below, above) = (0.1, 1.05);
        for (var i = 0; i < 60; i++)
        {
            var middle = (below + above) / 2;
            var slope = w.Zip(v).Sum(
                pair => pair.First * ((pair.First * middle) - pair.Second)
                    / (pair.First * middle * (1 - (pair.First * middle))));
            (below, above) = slope < 0 ? (middle, above) : (below, middle);
        }

        var dictionary = new Matrix<double>(w.Length, 1);
        for (var f = 0; f < w.Length; f++)
            dictionary[f, 0] = w[f];
        var solver = new RowSolver<double>(dictionary, new RowSolverOptions
            { Beta = 1, Measure = new BregmanKernel(new LogisticGenerator()), Tolerance = 1e-6 });
        var h = new double[1];
        solver.Solve(v, h, solver.CreateScratch());
        Assert.Equal(below, h[0], 1e-4);

        // However early it ends, what has not been compared is not taken.
        var before = double.PositiveInfinity;
        for (var most = 1; most <= 30; most++)
        {
            solver = new RowSolver<double>(dictionary, new RowSolverOptions
                { Beta = 1, Measure = new BregmanKernel(new LogisticGenerator()), MaximumIterations = most });
            solver.Solve(v, h, solver.CreateScratch());
            var objective = v.Zip(w).Sum(pair => Logistic(pair.First, pair.Second * h[0]));
            Assert.True(objective <= before + 1e-12, $"{most} iterations: {before:R} -> {objective:R}");
            before = objective;
        }

        static double Logistic(double v, double y) => (v * Math.Log(v / y)) + ((1 - v) * Math.Log((1 - v) / (1 - y)));
    }

    private static void Rests(MeasureKernel measure, Func<double, double, double> divergence)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var w = new Matrix<double>(Features, Rank);
            var v = new double[Features];
            for (var f = 0; f < Features; f++)
            {
                foreach (ref var entry in w.Row(f))
                    entry = Math.Pow(random.NextDouble(), 3) + 0.01;
                v[f] = 0.05 + (2 * random.NextDouble() * random.NextDouble());
            }

            var solver = new RowSolver<double>(w, new RowSolverOptions
                { Beta = 1, Measure = measure, Tolerance = 1e-9, MaximumIterations = 20_000 });
            var h = new double[Rank];
            solver.Solve(v, h, solver.CreateScratch());
            var rest = Objective(h);
            Assert.True(double.IsFinite(rest));
            for (var k = 0; k < Rank; k++)
            {
                foreach (var factor in new[] { 0.999, 1.001 })
                {
                    var moved = (double[])h.Clone();
                    moved[k] *= factor;
                    Assert.True(Objective(moved) >= rest - (1e-9 * Math.Abs(rest)), $"Seed {seed}, component {k}");
                }
            }

            double Objective(double[] activations) => Enumerable.Range(0, Features).Sum(
                f => divergence(v[f], TensorPrimitives.Dot<double>(w.Row(f), activations)));
        }
    }

    /// <summary>φ'' = y^p.</summary>
    private sealed class Power(int power) : IBregmanGenerator
    {
        public static double Of(int power, double v, double y) => power switch
        {
            -2 => (v / y) - Math.Log(v / y) - 1,
            _ => (Math.Pow(v, power + 2) - Math.Pow(y, power + 2) - ((power + 2) * Math.Pow(y, power + 1) * (v - y)))
                / ((power + 1) * (power + 2)),
        };

        public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            for (var i = 0; i < model.Length; i++)
                curvature[i] = T.Pow(model[i], T.CreateChecked(power));
        }

        public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            for (var i = 0; i < data.Length; i++)
                divergence[i] = T.CreateChecked(
                    Of(power, double.CreateChecked(data[i]), double.CreateChecked(model[i])));
        }
    }
}

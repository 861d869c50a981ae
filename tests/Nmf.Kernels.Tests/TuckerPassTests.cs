using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Tensors;

namespace Nmf.Kernels.Tests;

/// <summary>Passes of the Tucker model against sums entry by entry.</summary>
public sealed class TuckerPassTests
{
    private static readonly (int[] Shape, int[] Ranks)[] Cases =
    [
        ([7, 6, 5], [3, 2, 4]), ([1, 9, 50], [1, 3, 2]), ([60, 1, 3], [5, 1, 9]), ([3, 4, 5, 6], [2, 3, 1, 3]),
        ([5, 70], [3, 2]), ([11, 13, 40], [1, 1, 1]),
    ];

    public static TheoryData<int, double> Numbers
    {
        get
        {
            var numbers = new TheoryData<int, double>();
            for (var at = 0; at < Cases.Length; at++)
            {
                foreach (var beta in new[] { 2.0, 1, 0, 1.5, -0.4 })
                    numbers.Add(at, beta);
            }

            return numbers;
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Gradients_and_objectives_are_the_sums_over_entries(int at, double beta)
    {
        var (shape, ranks) = Cases[at];
        var random = new Random(at);
        Matrix<double>[] factors =
        [
            .. shape.Select((length, n) => Draw(length, ranks[n], random)),
            Draw(ranks[..^1].Aggregate(1, (a, b) => a * b), ranks[^1], random),
        ];
        var size = shape.Aggregate(1, (a, b) => a * b);
        double[] values = [.. Enumerable.Range(0, size).Select(_ => 0.1 + random.NextDouble())];
        double[] weights = [.. Enumerable.Range(0, size).Select(
            _ => random.Next(4) == 0 ? 0 : 0.5 + random.NextDouble())];
        var rows = size / shape[^1];
        using var team = new WorkTeam(2);
        foreach (var weighted in new[] { false, true })
        {
            var observed = weighted
                ? new ObservedEntries<double>(
                    rows, shape[^1], Matrix<double>.FromRowMajor(weights, rows, shape[^1]), [], 0)
                : null;
            var pass = TensorPassBuilder.CreateTucker(
                Matrix<double>.FromRowMajor(values, rows, shape[^1]), observed, shape, ranks, beta, team);
            var (objective, negative, positive) = Reference(
                shape, ranks, factors, values, weighted ? weights : null, beta);
            Assert.Equal(objective, pass.Objective(factors), 1e-10 * Math.Abs(objective));
            for (var target = 0; target < factors.Length; target++)
            {
                var (neg, pos) = (factors[target].Clone(), factors[target].Clone());
                pass.Gradient(factors, target, neg, pos);
                Close(negative[target], neg.ToRowMajor());
                Close(positive[target], pos.ToRowMajor());
            }
        }
    }

    [Fact]
    public void Threads_change_no_bit_and_a_pass_allocates_nothing()
    {
        var random = new Random(1);
        int[] shape = [30, 20, 60], ranks = [4, 3, 5];
        Matrix<double>[] factors =
            [.. shape.Select((length, n) => Draw(length, ranks[n], random)), Draw(12, 5, random)];
        var data = Draw(600, 60, random);
        var results = new List<double[]>();
        foreach (var threads in new[] { 1, 2, 5 })
        {
            using var team = new WorkTeam(threads);
            var pass = TensorPassBuilder.CreateTucker(data, null, shape, ranks, 1, team);
            var numbers = new List<double>();
            for (var target = 0; target < 4; target++)
            {
                var (neg, pos) = (factors[target].Clone(), factors[target].Clone());
                pass.Gradient(factors, target, neg, pos);
                numbers.AddRange([.. neg.ToRowMajor(), .. pos.ToRowMajor()]);
                if (threads == 1)
                    Allocation.AssertNone(() => pass.Gradient(factors, target, neg, pos));
            }

            results.Add([.. numbers]);
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    private static Matrix<double> Draw(int rows, int columns, Random random)
        => Matrix<double>.FromRowMajor(
            [.. Enumerable.Range(0, rows * columns).Select(_ => 0.2 + random.NextDouble())], rows, columns);

    private static (double Objective, double[][] Negative, double[][] Positive) Reference(
        int[] shape, int[] ranks, Matrix<double>[] factors, double[] values, double[]? weights, double beta)
    {
        double[][] negative = [.. factors.Select(f => new double[f.Rows * f.Columns])],
            positive = [.. factors.Select(f => new double[f.Rows * f.Columns])];
        double objective = 0;
        var cells = ranks.Aggregate(1, (a, b) => a * b);
        for (var e = 0; e < values.Length; e++)
        {
            var (place, m) = (Unfold(e, shape), weights?[e] ?? 1);
            var terms = Enumerable.Range(0, cells).Select(c => Term(c, -1)).ToArray();
            var y = terms.Sum();
            if (m == 0)
                continue;
            objective += m * Divergence(values[e], y, beta);
            for (var c = 0; c < cells; c++)
            {
                var cell = Unfold(c, ranks);
                for (var target = 0; target < factors.Length; target++)
                {
                    var at = target < shape.Length ? (place[target] * ranks[target]) + cell[target] : c;
                    var slope = Term(c, target);
                    negative[target][at] += m * values[e] * Math.Pow(y, beta - 2) * slope;
                    positive[target][at] += m * Math.Pow(y, beta - 1) * slope;
                }
            }

            double Term(int c, int except)
            {
                var cell = Unfold(c, ranks);
                var product = except == shape.Length ? 1 : factors[^1].Row(c / ranks[^1])[c % ranks[^1]];
                for (var n = 0; n < shape.Length; n++)
                    product *= n == except ? 1 : factors[n][place[n], cell[n]];
                return product;
            }
        }

        return (objective, negative, positive);
    }

    private static int[] Unfold(int entry, int[] shape)
    {
        var indices = new int[shape.Length];
        for (var n = shape.Length - 1; n >= 0; n--)
            (entry, indices[n]) = Math.DivRem(entry, shape[n]);
        return indices;
    }

    private static double Divergence(double v, double y, double beta) => beta switch
    {
        0 => (v / y) - Math.Log(v / y) - 1,
        1 => (v * Math.Log(v / y)) - v + y,
        _ => (Math.Pow(v, beta) + ((beta - 1) * Math.Pow(y, beta)) - (beta * v * Math.Pow(y, beta - 1)))
            / (beta * (beta - 1)),
    };

    private static void Close(double[] expected, double[] actual)
    {
        var scale = expected.Max(Math.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-11 * scale));
    }
}

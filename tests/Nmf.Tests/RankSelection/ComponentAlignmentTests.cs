using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class ComponentAlignmentTests
{
    private const int Features = 30;
    private const int Rank = 4;

    [Fact]
    public void Permuted_and_scaled_runs_are_brought_into_the_order_of_the_reference()
    {
        var runs = Runs(6, noise: 0, out var orders);
        var alignment = ComponentAlignment.Of(runs, reference: 2);
        for (var run = 0; run < runs.Length; run++)
            for (var k = 0; k < Rank; k++)
                Assert.Equal(orders[2][k], orders[run][alignment.ComponentOf[run][k]]);
        Assert.Equal(Enumerable.Range(0, Rank), alignment.ComponentOf[2]);
        Assert.All(alignment.Stability, s => Assert.Equal(1, s, 1e-12));
        Assert.Equal(1, alignment.MeanSilhouette, 1e-12);
    }

    [Fact]
    public void Stability_and_silhouettes_are_what_all_pairs_give()
    {
        var runs = Runs(5, noise: 0.7, out _);
        var alignment = ComponentAlignment.Of(runs);
        // All components with their groups, and every cosine by hand.
        var items = (from run in Enumerable.Range(0, runs.Length)
                     from k in Enumerable.Range(0, Rank)
                     select (Run: run, Group: k, Column: Column(runs[run], alignment.ComponentOf[run][k]))).ToArray();
        double Cosine(double[] a, double[] b)
            => a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x));
        var silhouettes = Silhouette.Values(
            [.. items.Select(i => i.Group)], (i, j) => 1 - Cosine(items[i].Column, items[j].Column));
        for (var k = 0; k < Rank; k++)
        {
            var members = items.Where(i => i.Group == k).ToArray();
            var pairs = (from a in members from b in members where a.Run < b.Run select Cosine(a.Column, b.Column))
                .ToArray();
            Assert.Equal(pairs.Average(), alignment.Stability[k], 1e-12);
            Assert.Equal(silhouettes.Where((_, i) => items[i].Group == k).Average(), alignment.Silhouettes[k], 1e-12);
            Assert.InRange(alignment.Stability[k], 0.2, 0.999);
        }
    }

    [Fact]
    public void One_component_has_a_stability_but_no_silhouette()
    {
        var a = Matrix<double>.FromRowMajor([1, 2, 0], 3, 1);
        var b = Matrix<double>.FromRowMajor([2, 1, 0], 3, 1);
        var alignment = ComponentAlignment.Of([a, b]);
        Assert.Equal(0.8, alignment.MeanStability, 1e-12);
        Assert.Empty(alignment.Silhouettes);
        Assert.True(double.IsNaN(alignment.MeanSilhouette));
    }

    [Fact]
    public void Components_of_zeros_are_like_nothing()
    {
        var a = Matrix<double>.FromRowMajor([1, 0, 0, 0], 2, 2);
        var b = Matrix<double>.FromRowMajor([0, 2, 0, 0], 2, 2);
        var alignment = ComponentAlignment.Of([a, b]);
        Assert.Equal([1.0, 0.0], alignment.Stability);
        Assert.Equal([1, 0], alignment.ComponentOf[1]);
    }

    [Fact]
    public void Runs_that_do_not_match_are_refused()
    {
        var a = new Matrix<float>(3, 2);
        var b = new Matrix<float>(3, 3);
        Assert.Throws<ArgumentException>(() => ComponentAlignment.Of([a]));
        Assert.Throws<ArgumentException>(() => ComponentAlignment.Of([a, b]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ComponentAlignment.Of([a, a], reference: 2));
        Assert.Throws<OperationCanceledException>(
            () => ComponentAlignment.Of([a, a], cancellationToken: new CancellationToken(true)));
    }

    private static Matrix<double>[] Runs(int count, double noise, out int[][] orders)
    {
        var random = new Random(5);
        var planted = Enumerable.Range(0, Rank).Select(
            _ => Enumerable.Range(0, Features).Select(_ => Math.Pow(random.NextDouble(), 4)).ToArray()).ToArray();
        var runs = new Matrix<double>[count];
        orders = new int[count][];
        for (var run = 0; run < count; run++)
        {
            orders[run] = [.. Enumerable.Range(0, Rank)];
            random.Shuffle(orders[run]);
            runs[run] = new Matrix<double>(Features, Rank);
            for (var k = 0; k < Rank; k++)
            {
                var scale = 0.1 + (10 * random.NextDouble());
                for (var f = 0; f < Features; f++)
                    runs[run][f, k] = scale * (planted[orders[run][k]][f] + (noise * random.NextDouble()));
            }
        }

        return runs;
    }

    private static double[] Column(Matrix<double> matrix, int k)
        => [.. Enumerable.Range(0, matrix.Rows).Select(i => matrix[i, k])];
}

namespace Nmf.Kernels.Tests;

public sealed class OverrelaxationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(1e4)]
    public void An_overrelaxed_update_never_increases_the_divergence(double spread)
    {
        const int Samples = 23, Features = 31, Rank = 5;
        using var team = new WorkTeam(2);
        for (var seed = 0; seed < 20; seed++)
        {
            // Starts that are wrong by the spread, up and down: ratios far beyond the limit of the exponent.
            var data =
                SparseSamples.Dense<double>(SparseSamples.Counts(Samples, Features, seed % 2 == 0 ? 1 : 0.3, seed));
            var w = SparseSamples.Dense<double>(Spread(SparseSamples.Factor(Features, Rank, seed), spread, seed));
            var h =
                SparseSamples.Dense<double>(Spread(SparseSamples.Factor(Samples, Rank, seed + 1), spread, seed + 1));
            var pass = DivergencePass<double>.Create(data, Rank, 1, team);
            var negative = new Matrix<double>(Samples, Rank);
            var positive = new Matrix<double>(Samples, Rank);
            var objective = pass.ActivationGradient(w, h, negative, positive, withObjective: true);
            for (var update = 0; update < 10; update++)
            {
                FactorKernels.MultiplicativeUpdate(h, negative, positive, FactorKernels.OverrelaxedExponent, team);
                var next = pass.ActivationGradient(w, h, negative, positive, withObjective: true);
                Assert.InRange(next, 0, objective * (1 + 1e-12));
                objective = next;
            }
        }
    }

    [Fact]
    public void The_majoriser_falls_by_more_than_the_bound()
    {
        for (var i = 0; i < 100_000; i++)
        {
            // Ratios from 1e-6 to 1e6; at 1 both sides are 0.
            var r = Math.Pow(10, -6 + (12 * i / 99_999.0));
            var x = Multiplier(r);
            var fall = 1 - x + (r * Math.Log(x));
            Assert.True(fall >= ((x - 1) * (x - 1) / (6 * Math.Max(1, x))) - 1e-14, $"r = {r}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(257)]
    public void The_update_multiplies_by_the_ratio_and_its_limited_root(int rows)
    {
        using var team = new WorkTeam(1);
        var factor = SparseSamples.Dense<double>(SparseSamples.Factor(rows, 3, 1));
        var before = factor.Clone();
        var negative = SparseSamples.Dense<double>(Spread(SparseSamples.Factor(rows, 3, 2), 100, 2));
        var positive = SparseSamples.Dense<double>(SparseSamples.Factor(rows, 3, 3));
        FactorKernels.MultiplicativeUpdate(factor, negative, positive, FactorKernels.OverrelaxedExponent, team);
        for (var i = 0; i < rows; i++)
            for (var k = 0; k < 3; k++)
                SparseSamples.AssertClose(
                    before[i, k] * Multiplier(negative[i, k] / positive[i, k]), factor[i, k], 1e-14);
    }

    private static double Multiplier(double ratio) => ratio * Math.Min(Math.Sqrt(ratio), 2.5);

    private static double[,] Spread(double[,] factor, double spread, int seed)
    {
        var random = new Random(seed);
        var result = (double[,])factor.Clone();
        for (var i = 0; i < result.GetLength(0); i++)
            for (var k = 0; k < result.GetLength(1); k++)
                result[i, k] *= Math.Pow(spread, (2 * random.NextDouble()) - 1);
        return result;
    }
}

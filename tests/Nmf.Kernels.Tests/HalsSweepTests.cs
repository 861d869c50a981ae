using System.Numerics;

namespace Nmf.Kernels.Tests;

public sealed class HalsSweepTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 2)]
    [InlineData(31, 3)]
    [InlineData(32, 4)]
    [InlineData(33, 5)]
    [InlineData(255, 7)]
    [InlineData(257, 20)]
    [InlineData(600, 49)]
    [InlineData(40, 70)]
    [InlineData(20, 200)]
    public void Sweeps_follow_the_plain_loop(int rows, int rank)
    {
        foreach (var sweeps in new[] { 1, 2, 3 })
        {
            Check<float>(rows, rank, sweeps, 1e-4);
            Check<double>(rows, rank, sweeps, 1e-11);
        }
    }

    [Fact]
    public void A_component_without_norm_is_left_as_it_is()
    {
        using var team = new WorkTeam(1);
        for (var dead = 0; dead < 6; dead++)
        {
            var factor = SparseSamples.Dense<float>(SparseSamples.Factor(9, 6, 1));
            var product = SparseSamples.Dense<float>(SparseSamples.Factor(9, 6, 2));
            var gram = new Matrix<float>(6, 6);
            for (var k = 0; k < 6; k++)
                gram[k, k] = k == dead ? 0 : 2;
            FactorKernels.HalsSweep(factor, product, gram, team);
            for (var i = 0; i < 9; i++)
            {
                for (var k = 0; k < 6; k++)
                {
                    var expected = k == dead ? SparseSamples.Factor(9, 6, 1)[i, k] : product[i, k] / 2;
                    SparseSamples.AssertClose(expected, factor[i, k], 1e-6);
                }
            }
        }
    }

    [Fact]
    public void Many_sweeps_reach_a_point_that_no_coordinate_improves()
    {
        using var team = new WorkTeam(2);
        var w = SparseSamples.Factor(40, 6, 1);
        var v = SparseReference.Product(SparseSamples.Factor(30, 6, 2), SparseReference.Transpose(w));
        var factor = new Matrix<double>(30, 6);
        var product = SparseSamples.Dense<double>(SparseReference.Product(v, w));
        var gram = SparseSamples.Dense<double>(SparseReference.Product(SparseReference.Transpose(w), w));
        double change = 1;
        for (var sweep = 0; sweep < 20_000 && change > 1e-28; sweep++)
            change = FactorKernels.HalsSweep(factor, product, gram, team);
        Assert.InRange(change, 0, 1e-28);
        for (var i = 0; i < 30; i++)
        {
            for (var k = 0; k < 6; k++)
            {
                var gradient = -product[i, k];
                for (var j = 0; j < 6; j++)
                    gradient += factor[i, j] * gram[j, k];
                Assert.InRange(Math.Min(factor[i, k], gradient), -1e-10, 1e-10);
            }
        }
    }

    private static void Check<T>(int rows, int rank, int sweeps, double relative)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = SparseSamples.Factor(rows, rank, 1);

        // An extrapolated start may be negative.
        for (var i = 0; i < rows; i += 3)
            x[i, i % rank] = -0.5;
        var basis = SparseSamples.Factor(2 * rank, rank, 2);
        var gram = SparseReference.Product(SparseReference.Transpose(basis), basis);
        var product = SparseReference.Product(SparseSamples.Factor(rows, 2 * rank, 3), basis);
        using var team = new WorkTeam(1);
        var factor = SparseSamples.Dense<T>(x);
        var productMatrix = SparseSamples.Dense<T>(product);
        var gramMatrix = SparseSamples.Dense<T>(gram);
        var change = FactorKernels.HalsSweep(factor, productMatrix, gramMatrix, team, sweeps);
        double expectedChange = 0;
        for (var sweep = 0; sweep < sweeps; sweep++)
            expectedChange = PlainSweep(x, product, gram);
        SparseSamples.AssertClose(expectedChange, change, relative * 50, 1e-3);
        double scale = 0;
        foreach (var value in x)
            scale = Math.Max(scale, value);
        for (var i = 0; i < rows; i++)
            for (var k = 0; k < rank; k++)
                SparseSamples.AssertClose(x[i, k], double.CreateChecked(factor[i, k]), relative, scale);
        SparseSamples.AssertPaddingIsZero(factor);
    }

    private static double PlainSweep(double[,] x, double[,] product, double[,] gram)
    {
        double change = 0;
        for (var i = 0; i < x.GetLength(0); i++)
        {
            for (var k = 0; k < x.GetLength(1); k++)
            {
                var gradient = product[i, k];
                for (var j = 0; j < x.GetLength(1); j++)
                    gradient -= x[i, j] * gram[j, k];
                var updated = Math.Max(0, x[i, k] + (gradient / gram[k, k]));
                change += (updated - x[i, k]) * (updated - x[i, k]);
                x[i, k] = updated;
            }
        }

        return change;
    }
}

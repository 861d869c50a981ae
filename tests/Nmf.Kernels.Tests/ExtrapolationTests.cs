namespace Nmf.Kernels.Tests;

public sealed class ExtrapolationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(128)]
    [InlineData(300)]
    public void Extrapolation_goes_on_along_the_line_and_is_clipped_where_asked(int rank)
    {
        var (newest, older) = (SparseSamples.Factor(5, rank, 1), SparseSamples.Factor(5, rank, 2));
        var free = SparseSamples.Dense<double>(newest);
        var clipped = SparseSamples.Dense<double>(newest);
        var previous = SparseSamples.Dense<double>(older);
        Extrapolation.MoveOn(free, previous, 3, nonnegative: false);
        Extrapolation.MoveOnAndRemember(clipped, previous, 3, nonnegative: true);
        for (var i = 0; i < 5; i++)
        {
            for (var k = 0; k < rank; k++)
            {
                var expected = newest[i, k] + (3 * (newest[i, k] - older[i, k]));
                Assert.Equal(expected, free[i, k], 1e-12);
                Assert.Equal(Math.Max(0, expected), clipped[i, k], 1e-12);
                Assert.Equal(newest[i, k], previous[i, k]);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(128)]
    [InlineData(300)]
    public void Moving_beyond_keeps_what_shrinks_and_remembers_the_newest(int rank)
    {
        var (newest, older) = (SparseSamples.Factor(5, rank, 3), SparseSamples.Factor(5, rank, 4));
        var factor = SparseSamples.Dense<double>(newest);
        var previous = SparseSamples.Dense<double>(older);
        Extrapolation.MoveBeyond(factor, previous, 0.75);
        for (var i = 0; i < 5; i++)
        {
            for (var k = 0; k < rank; k++)
            {
                Assert.Equal(newest[i, k] + (0.75 * Math.Max(0, newest[i, k] - older[i, k])), factor[i, k], 1e-12);
                Assert.Equal(newest[i, k], previous[i, k]);
            }
        }
    }

    [Fact]
    public void Momentum_follows_a_change_of_scale_of_the_columns()
    {
        var momentum = new Momentum<float>(2, 3);
        float[] growth = [0.5f, 0, 3, 1, 1.5f, 0.25f];
        for (var i = 0; i < growth.Length; i++)
            momentum.Growth(i / 3)[i % 3] = Momentum<float>.Pack(growth[i]);
        momentum.ScaleColumns([4, 8, 0.5]);
        Assert.Equal(
            [2, 0, 1.5f, 4, 12, 0.125f],
            Enumerable.Range(0, growth.Length).Select(i => Momentum<float>.Unpack(momentum.Growth(i / 3)[i % 3])));
    }
}

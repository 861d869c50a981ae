using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>The penalty of the volume against its definition.</summary>
public sealed class VolumeTermTests
{
    private static readonly double[][] Rows = [[0.5, 1], [2, 0.25], [1.5, 3], [0, 0.75]];

    [Fact]
    public void The_offset_is_a_part_of_the_mean_square_of_the_columns_and_the_weight_that_of_the_start()
    {
        var term = VolumeTerm.Create(new VolumePenalty { Weight = 0.3, Delta = 0.02 }, Dictionary(), divergence: 7);
        Assert.Equal(0.02 * Rows.Sum(row => (row[0] * row[0]) + (row[1] * row[1])) / 2, term.Epsilon, 1e-14);
        Assert.Equal(0.3 * 7, term.Value(Dictionary()), 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    public void It_is_the_logarithm_of_a_determinant(double offsetSquare)
    {
        var (a, b, c) = (offsetSquare + Rows.Sum(row => row[0] * row[0]),
            offsetSquare + Rows.Sum(row => row[0] * row[1]), offsetSquare + Rows.Sum(row => row[1] * row[1]));
        const double epsilon = 0.4;
        var expected = 0.5 * 3 * Math.Log((((a + epsilon) * (c + epsilon)) - (b * b)) / (epsilon * epsilon));
        Assert.Equal(expected, new VolumeTerm(2, epsilon, offsetSquare) { Lambda = 3 }.Value(Dictionary()), 1e-12);
    }

    [Fact]
    public void Numbers_out_of_range_are_named()
    {
        foreach (var bad in new[] { -1, double.NaN, double.PositiveInfinity })
            Refuse(new VolumePenalty { Weight = bad }, nameof(VolumePenalty.Weight));
        foreach (var bad in new[] { 0, -1, double.NaN, double.PositiveInfinity })
            Refuse(new VolumePenalty { Delta = bad }, nameof(VolumePenalty.Delta));

        static void Refuse(VolumePenalty volume, string option)
            => Assert.Equal(option, Assert.Throws<ArgumentException>(new NmfOptions
                { Rank = 2, Problem = new AbundanceNmf(2) { Volume = volume } }.Validate).ParamName);
    }

    private static Matrix<double> Dictionary()
    {
        var w = new Matrix<double>(Rows.Length, 2);
        for (var f = 0; f < Rows.Length; f++)
            Rows[f].CopyTo(w.Row(f));
        return w;
    }
}

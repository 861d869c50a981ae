namespace Nmf.Kernels.Tests;

/// <summary>The roots of penalised updates satisfy their equations, for awkward sizes and for
/// numbers far apart.</summary>
public sealed class RegularizedUpdateTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1.5)]
    [InlineData(3)]
    public void Roots_solve_their_equations_in_double_precision(double beta) => Check<double>(beta, 1e-12);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0.5)]
    public void Roots_solve_their_equations_in_single_precision(double beta) => Check<float>(beta, 2e-5);

    [Fact]
    public void Zero_over_zero_keeps_and_zero_over_something_clears()
    {
        foreach (var beta in new[] { 0.0, 1, 2 })
        {
            var factor = Matrix<double>.FromRowMajor([3, 3, 3], 1, 3);
            var negative = Matrix<double>.FromRowMajor([0, 0, 0], 1, 3);
            var positive = Matrix<double>.FromRowMajor([0, 2, 0], 1, 3);
            var curvature = Matrix<double>.FromRowMajor([0, 1, 5], 1, 3);
            using var team = new WorkTeam(1);
            FactorKernels.RegularizedUpdate(factor, negative, positive, curvature, beta, team);
            Assert.Equal([3, 0, 0], factor.Row(0).ToArray());
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(1300, 13)]
    public void Column_terms_and_sums_of_squares_are_what_they_say(int rows, int rank)
    {
        var random = new Random(3);
        var target = Random<double>(rows, rank, random, 1);
        var factor = Random<double>(rows, rank, random, 1);
        var before = target.ToRowMajor();
        var constant = Enumerable.Range(0, rank).Select(k => k + 0.5).ToArray();
        var slope = Enumerable.Range(0, rank).Select(k => 2.0 - k).ToArray();
        using var team = new WorkTeam(2);
        FactorKernels.AddColumnTerms(target, factor, constant, slope, team);
        var squares = new double[rank];
        FactorKernels.ColumnSumsOfSquares(factor, squares, team);
        for (var k = 0; k < rank; k++)
        {
            double sum = 0;
            for (var i = 0; i < rows; i++)
            {
                Assert.Equal(before[(i * rank) + k] + constant[k] + (slope[k] * factor[i, k]), target[i, k], 1e-12);
                sum += factor[i, k] * factor[i, k];
            }

            Assert.Equal(sum, squares[k], 1e-12 * sum);
        }
    }

    private static void Check<T>(double beta, double relative)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(5);
        using var team = new WorkTeam(2);
        foreach (var (rows, rank) in new[] { (1, 1), (3, 5), (700, 11) })
        {
            var factor = Random<T>(rows, rank, random, 4);
            var negative = Random<T>(rows, rank, random, 8);
            var positive = Random<T>(rows, rank, random, 8);
            var curvature = Random<T>(rows, rank, random, 8);
            var before = factor.ToRowMajor();
            FactorKernels.RegularizedUpdate(factor, negative, positive, curvature, beta, team);
            for (var i = 0; i < rows; i++)
            {
                for (var k = 0; k < rank; k++)
                {
                    var x = double.CreateChecked(factor[i, k]) / double.CreateChecked(before[(i * rank) + k]);
                    var (p, q, c) = (double.CreateChecked(negative[i, k]), double.CreateChecked(positive[i, k]),
                        double.CreateChecked(curvature[i, k]));
                    var left = beta switch
                    {
                        0 => (c * x * x * x) + (q * x * x),
                        1 => (c * x * x) + (q * x),
                        2 => (c + q) * x,
                        < 2 => (c + q) * Math.Pow(x, 3 - beta),
                        _ => (c + q) * Math.Pow(x, beta - 1),
                    };
                    Assert.Equal(p, left, 3 * relative * p);
                }
            }
        }
    }

    // Numbers whose logarithms are spread over some decades.
    private static Matrix<T> Random<T>(int rows, int rank, Random random, int decades)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var matrix = new Matrix<T>(rows, rank);
        for (var i = 0; i < rows; i++)
        {
            for (var k = 0; k < rank; k++)
                matrix[i, k] = T.CreateChecked(Math.Pow(10, decades * (random.NextDouble() - 0.5)));
        }

        return matrix;
    }
}
